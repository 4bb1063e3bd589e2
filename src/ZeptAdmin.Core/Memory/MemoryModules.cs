using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Memory;

/// <summary>Reads memory slots and the modules in them.</summary>
public static class MemoryModules
{
    /// <summary>The memory slots of a machine, in the firmware's order; where its table cannot be read, the modules that EDAC knows.</summary>
    /// <remarks>
    /// SMBIOS needs CAP_DAC_READ_SEARCH. Slots of flash, video and cache memory are left out.
    /// </remarks>
    /// <exception cref="KernelFormatException">The entry point of the table is none.</exception>
    public static Answer<MemoryModule[]> Get(Sensor sensor)
    {
        Answer<SmbiosTable> table = Smbios.Read(sensor.Files);
        if (table.Try(out SmbiosTable? smbios))
        {
            return Of(smbios, MemoryLocations.Find(SystemMemory(smbios), smbios.Processors));
        }

        MemoryModule[] edac = EdacModules.Read(sensor.Files, out _);
        return edac.Length > 0 ? edac : table.Refusal!;
    }

    /// <summary>Slots of main memory; all of them when no group says what it is for.</summary>
    internal static SmbiosMemoryDevice[] SystemMemory(SmbiosTable table)
    {
        HashSet<ushort> others = [.. table.MemoryArrays.Where(array => !array.IsSystemMemory).Select(array => array.Handle)];
        return [.. table.MemoryDevices.Where(device => device.ArrayHandle is not ushort handle || !others.Contains(handle))];
    }

    /// <summary>The records of slots whose places are told.</summary>
    internal static MemoryModule[] Of(SmbiosTable table, MemoryLocations locations) =>
        [.. SystemMemory(table).Select((device, i) => Of(device, locations.Places[i], locations.Pattern))];

    private static MemoryModule Of(SmbiosMemoryDevice device, MemoryLocation place, string? pattern)
    {
        bool isPopulated = device.SizeBytes is not 0;
        return new MemoryModule
        {
            Locator = device.Locator?.Trim() ?? "",
            BankLocator = Said(device.BankLocator),
            Package = place.Package,
            Channel = place.Channel,
            Slot = place.Slot,
            IsPopulated = isPopulated,
            SizeBytes = device.SizeBytes,
            Type = device.Type is "Unknown" or "Other" ? null : device.Type,
            FormFactor = device.FormFactor is "Unknown" or "Other" ? null : device.FormFactor,

            // What firmware says of the module in an empty slot are leftovers.
            Ranks = isPopulated ? device.Ranks : null,
            RatedSpeed = isPopulated ? device.RatedSpeed : null,
            ConfiguredSpeed = isPopulated ? device.ConfiguredSpeed : null,
            Manufacturer = isPopulated ? Said(device.Manufacturer) : null,
            PartNumber = isPopulated ? Said(device.PartNumber) : null,
            LocatedBy = place.Package is null ? null : pattern,
            Source = MemorySource.Smbios,
        };
    }

    private static string? Said(string? text) => MemoryLocators.IsPlaceholder(text) ? null : text!.Trim();
}
