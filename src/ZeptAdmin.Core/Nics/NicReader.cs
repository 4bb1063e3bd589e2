using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads network interfaces.</summary>
public static class NicReader
{
    // linux/if.h and linux/if_arp.h.
    private const long IFF_UP = 0x1;
    private const long IFF_PROMISC = 0x100;
    private const int ARPHRD_LOOPBACK = 772;

    /// <summary>True for the loopback interface.</summary>
    public static bool IsLoopback(Sensor sensor, string interfaceName) =>
        sensor.Files.ReadInt32($"/sys/class/net/{interfaceName}/type") == ARPHRD_LOOPBACK;

    /// <summary>One interface; what its driver does not tell is null.</summary>
    /// <returns>The interface; ENODEV when there is none of that name.</returns>
    /// <exception cref="KernelFormatException">An answer of the driver contradicts itself.</exception>
    public static Answer<Nic> Get(Sensor sensor, string interfaceName)
    {
        string folder = $"/sys/class/net/{interfaceName}";
        if (!sensor.HasInterface(interfaceName))
        {
            return new Refusal(Errno.ENODEV, "read the interface", interfaceName);
        }

        FileTree files = sensor.Files;
        EthtoolDriver? driver = EthtoolDriverInfo.Get(sensor.Ethtool, interfaceName).Try(out EthtoolDriver told) ? told : null;
        EthtoolLink? link = EthtoolLinkSettings.Get(sensor.Ethtool, interfaceName).Try(out EthtoolLink settings) ? settings : null;
        byte[] permanent = EthtoolPermanentAddress.Get(sensor.Ethtool, interfaceName).Try(out byte[]? address) ? address : [];
        PciFunction? pci = PciFunction.Behind(files, folder);
        long? flags = Hexadecimal(files.ReadText($"{folder}/flags"));
        string? driverName = Known(driver?.Driver) ?? files.ReadLinkName($"{folder}/device/driver");
        int[] modes = link?.Supported ?? [];

        Nic nic = new()
        {
            InterfaceName = interfaceName,
            Kind = NicKind.Of(files, folder, driver?.Driver),
            IsPhysical = files.Exists($"{folder}/device"),
            Driver = driverName,
            DriverVersion = Known(driver?.Version),
            IsInTree = IsInTree(files, folder, driverName),
            Firmware = Known(driver?.FirmwareVersion),
            BusInfo = Known(driver?.BusInfo),
            PciAddress = pci?.Address,
            VendorId = pci?.VendorId,
            DeviceId = pci?.DeviceId,
            SubsystemVendorId = pci?.SubsystemVendorId,
            SubsystemDeviceId = pci?.SubsystemDeviceId,
            NumaNode = pci?.NumaNode is int node and >= 0 ? node : null,
            LocalCpus = pci?.LocalCpus ?? CpuList.Empty,
            MacAddress = Known(files.ReadText($"{folder}/address")),
            PermanentMacAddress = permanent.Length > 0 ? Text(permanent) : null,
            SriovTotalVfs = files.ReadInt32($"{folder}/device/sriov_totalvfs"),
            SriovVfs = files.ReadInt32($"{folder}/device/sriov_numvfs"),
            RxQueues = CountQueues(files, folder, "rx-"),
            TxQueues = CountQueues(files, folder, "tx-"),
            State = files.ReadText($"{folder}/operstate"),
            IsUp = flags is null ? null : (flags & IFF_UP) != 0,
            HasCarrier = files.ReadInt32($"{folder}/carrier") is int carrier ? carrier != 0 : null,
            IsPromiscuous = flags is null ? null : (flags & IFF_PROMISC) != 0,
            SpeedMbps = link?.SpeedMbps,
            MaximumSpeedMbps = modes.Max(EthtoolLinkModes.SpeedMbps),
            Duplex = link?.Duplex ?? LinkDuplex.Unknown,
            SupportedLinkModes = Array.ConvertAll(modes, EthtoolLinkModes.Name),
            Mtu = files.ReadInt32($"{folder}/mtu"),
        };
        return nic with { Notes = [.. Notes(nic, pci)] };
    }

    private static IEnumerable<string> Notes(Nic nic, PciFunction? pci)
    {
        if (pci?.NumaNode is < 0)
        {
            yield return "The firmware does not say which NUMA node the card is on (numa_node is -1). [field.md A2]";
        }

        if (nic.IsInTree == false)
        {
            yield return $"The module {nic.Driver} is not the kernel's own. [field.md A14]";
        }

        if (NicCapacities.Find(nic.VendorId, nic.DeviceId) is NicCapacity capacity)
        {
            yield return $"{capacity.Family}: {capacity.Note} [{capacity.Source}]";
        }

        foreach (string note in NicDriverNotes.For(nic.Driver, nic.Firmware))
        {
            yield return note;
        }
    }

    // A module that is loaded has initstate and taint; one that is part of the kernel image has neither, and is the kernel's own.
    private static bool? IsInTree(FileTree files, string folder, string? driver)
    {
        string? module = files.ReadLinkName($"{folder}/device/driver/module") ?? driver?.Replace('-', '_');
        if (module is null || !files.Exists($"/sys/module/{module}"))
        {
            return null;
        }

        return files.ReadText($"/sys/module/{module}/taint") is string taint
            ? !taint.Contains('O', StringComparison.Ordinal)
            : files.Exists($"/sys/module/{module}/initstate") ? null : true;
    }

    private static int? CountQueues(FileTree files, string folder, string prefix)
    {
        IReadOnlyList<string> queues = files.List($"{folder}/queues");
        return queues.Count == 0 ? null : queues.Count(name => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    // Some drivers of the kernel's own tree write N/A for what they have not (net/bridge/br_device.c).
    // Some drivers leave a space at the end (netdevsim's firmware version).
    private static string? Known(string? text) => text?.Trim() is string known and not ("" or "N/A") ? known : null;

    private static string Text(byte[] address) => Convert.ToHexStringLower(address).Chunk(2).Aggregate("", (text, pair) => text + (text.Length > 0 ? ":" : "") + new string(pair));

    private static long? Hexadecimal(string? text) =>
        text is not null && text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}
