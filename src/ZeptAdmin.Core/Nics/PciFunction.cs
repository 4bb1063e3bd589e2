using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Nics;

/// <summary>The PCI function behind an interface.</summary>
internal sealed record PciFunction(
    string Address, string? VendorId, string? DeviceId, string? SubsystemVendorId, string? SubsystemDeviceId, int? NumaNode, CpuList? LocalCpus)
{
    /// <summary>Finds the PCI function: the device of the interface, or the nearest device above it.</summary>
    /// <remarks>
    /// A virtio or auxiliary device (a sub-function of mlx5) is a child of the PCI function, and has neither a NUMA node nor ids of PCI.
    /// Behind USB the PCI function above is that of the host controller, not of the card: null then.
    /// </remarks>
    public static PciFunction? Behind(FileTree files, string interfaceFolder)
    {
        string? path = files.Resolve($"{interfaceFolder}/device");
        if (path is null || path.Contains("/usb", StringComparison.Ordinal))
        {
            return null;
        }

        for (; path.Length > 1; path = path[..Math.Max(path.LastIndexOf('/'), 1)])
        {
            string name = path[(path.LastIndexOf('/') + 1)..];
            if (PciAddresses.IsAddress(name))
            {
                return new PciFunction(
                    name,
                    PciAddresses.Id(files.ReadText($"{path}/vendor")),
                    PciAddresses.Id(files.ReadText($"{path}/device")),
                    PciAddresses.Id(files.ReadText($"{path}/subsystem_vendor")),
                    PciAddresses.Id(files.ReadText($"{path}/subsystem_device")),
                    files.ReadInt32($"{path}/numa_node"),
                    files.ReadCpuList($"{path}/local_cpulist"));
            }
        }

        return null;
    }
}
