using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Topology;

/// <summary>Finds physical NICs and their nodes (field.md A2).</summary>
internal static class NicLocalities
{
    /// <summary>Physical NICs of a machine, by interface name.</summary>
    public static NicLocality[] Find(Sensor sensor, CpuMask online) =>
        [.. sensor.InterfaceNames.Select(name => Find(sensor.Files, name, online)).OfType<NicLocality>()];

    private static NicLocality? Find(FileTree files, string name, CpuMask online)
    {
        // bridge, bond, VLAN, veth and tun have no device behind them.
        string folder = $"/sys/class/net/{name}";
        string path = files.Resolve(folder + "/device") ?? files.ReadLink(folder) ?? "";
        string[] addresses = PciAddresses.In(path);
        if (addresses.Length == 0 && !files.Exists(folder + "/device"))
        {
            return null;
        }

        // A virtio device has neither node nor CPUs; the PCI device above it has.
        string device = addresses.Length == 0 ? folder + "/device" : "/sys/bus/pci/devices/" + addresses[^1];
        CpuMask? local = files.ReadMask(device + "/local_cpus") ?? files.ReadListAsMask(device + "/local_cpulist");
        return new NicLocality
        {
            InterfaceName = name,
            PciAddress = addresses.Length == 0 ? null : addresses[^1],
            Node = files.ReadId(device + "/numa_node"),
            LocalCpus = local?.And(online).ToCpuList(),
        };
    }
}
