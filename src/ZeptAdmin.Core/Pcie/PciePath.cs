using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Pcie;

/// <summary>The devices between a card and the CPU, as sysfs nests them.</summary>
internal static class PciePath
{
    /// <summary>PCI address of the function behind an interface; null when it is not on PCI.</summary>
    public static string? AddressOf(FileTree files, string interfaceName) =>
        PciAddresses.In(files.Resolve($"/sys/class/net/{interfaceName}/device") ?? "") is { Length: > 0 } addresses ? addresses[^1] : null;

    /// <summary>Card first, root port last.</summary>
    public static PcieHop[] Hops(FileTree files, string interfaceName)
    {
        string path = files.Resolve($"/sys/class/net/{interfaceName}/device") ?? "";
        List<PcieHop> hops = [];
        for (; path.Length > 1; path = path[..Math.Max(path.LastIndexOf('/'), 0)])
        {
            string name = path[(path.LastIndexOf('/') + 1)..];
            if (PciAddresses.IsAddress(name))
            {
                hops.Add(Hop(files, path, name));
            }
        }

        return [.. hops];
    }

    private static PcieHop Hop(FileTree files, string path, string address)
    {
        string? vendor = PciAddresses.Id(files.ReadText($"{path}/vendor"));
        string? device = PciAddresses.Id(files.ReadText($"{path}/device"));
        return new PcieHop
        {
            PciAddress = address,
            VendorId = vendor,
            DeviceId = device,
            SpeedGtps = PcieRate.ParseSpeed(files.ReadText($"{path}/current_link_speed")),
            Width = Lanes(files.ReadInt32($"{path}/current_link_width")),
            MaxSpeedGtps = PcieRate.ParseSpeed(files.ReadText($"{path}/max_link_speed")),
            MaxWidth = Lanes(files.ReadInt32($"{path}/max_link_width")),
            IsFictitious = FictitiousLinks.Has(vendor, device),
        };
    }

    // 0 lanes: the port has no link; 255: the device does not know (drivers/pci/pci-sysfs.c prints the field as it is).
    private static int? Lanes(int? width) => width is > 0 and <= 32 ? width : null;
}
