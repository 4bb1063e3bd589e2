namespace ZeptAdmin.Memory;

/// <summary>A memory slot and the module in it.</summary>
/// <remarks>
/// From SMBIOS type 17 (field.md C1 to C5), or from the kernel's EDAC driver, which everybody may read but which knows neither empty slots nor
/// speeds. Serial numbers are not given.
/// </remarks>
public sealed record MemoryModule
{
    /// <summary>Label of the slot, as printed on the board.</summary>
    public string Locator { get; internal init; } = "";

    /// <summary>Label of the bank, which many boards use for node, channel and slot; null when there is none.</summary>
    public string? BankLocator { get; internal init; }

    /// <summary>Processor package that the slot belongs to, from 0 in the order of the labels; null when it cannot be told.</summary>
    public int? Package { get; internal init; }

    /// <summary>Memory channel within the package, from 0; null when it cannot be told.</summary>
    public int? Channel { get; internal init; }

    /// <summary>Slot within the channel, from 0; null when it cannot be told.</summary>
    public int? Slot { get; internal init; }

    /// <summary>True when a module is in the slot.</summary>
    public bool IsPopulated { get; internal init; }

    /// <summary>Size of the module in bytes; 0 for an empty slot, null when the firmware does not know.</summary>
    public long? SizeBytes { get; internal init; }

    /// <summary>Kind of memory: DDR4, DDR5; null when unknown.</summary>
    public string? Type { get; internal init; }

    /// <summary>Form factor: DIMM, SODIMM; null when unknown.</summary>
    public string? FormFactor { get; internal init; }

    /// <summary>Ranks of the module; null when unknown.</summary>
    public int? Ranks { get; internal init; }

    /// <summary>Speed that the module is made for, in MT/s; null when unknown.</summary>
    public int? RatedSpeed { get; internal init; }

    /// <summary>Speed that the memory controller runs it at, in MT/s; null when unknown.</summary>
    public int? ConfiguredSpeed { get; internal init; }

    /// <summary>Maker of the module; null when unknown.</summary>
    public string? Manufacturer { get; internal init; }

    /// <summary>The maker's name for the module; null when unknown.</summary>
    public string? PartNumber { get; internal init; }

    /// <summary>Which labels the package, channel and slot were read by, or EDAC; null when they cannot be told.</summary>
    public string? LocatedBy { get; internal init; }

    /// <summary>Who told: Smbios or Edac.</summary>
    public MemorySource Source { get; internal init; }
}

/// <summary>Who told about a memory module.</summary>
public enum MemorySource
{
    /// <summary>The firmware's table; for root.</summary>
    Smbios,

    /// <summary>The kernel's driver of the memory controller; for everybody.</summary>
    Edac,
}
