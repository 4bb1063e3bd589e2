using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Pcie;

/// <summary>The network cards of a machine, and what their ports can receive together.</summary>
/// <remarks>Virtual functions have no wire of their own: what they receive came in through a port that is counted already.</remarks>
internal sealed class PcieCards
{
    private readonly Port[] _ports;

    private PcieCards(Port[] ports) => _ports = ports;

    /// <summary>Finds the ports that are on PCI.</summary>
    public static PcieCards Find(Sensor sensor)
    {
        List<Port> ports = [];
        foreach (string name in sensor.InterfaceNames)
        {
            string path = sensor.Files.Resolve($"/sys/class/net/{name}/device") ?? "";
            if (PciAddresses.In(path) is { Length: > 0 } addresses && !IsVirtualFunction(sensor.Files, name))
            {
                string folder = $"/sys/bus/pci/devices/{addresses[^1]}";
                ports.Add(new Port(name, addresses, PortGbps(sensor, name), Id(sensor.Files, path, folder, "vendor"), Id(sensor.Files, path, folder, "device")));
            }
        }

        return new PcieCards([.. ports]);
    }

    /// <summary>True for a virtual function of SR-IOV.</summary>
    public static bool IsVirtualFunction(FileTree files, string interfaceName) => files.Exists($"/sys/class/net/{interfaceName}/device/physfn");

    /// <summary>What a port can receive in Gbit/s: its speed, or without a link the best that it can do.</summary>
    public static double? PortGbps(Sensor sensor, string interfaceName)
    {
        Answer<EthtoolLink> asked = EthtoolLinkSettings.Get(sensor.Ethtool, interfaceName);
        long? speed = asked.Try(out EthtoolLink link) ? link.SpeedMbps ?? link.Supported.Max(EthtoolLinkModes.SpeedMbps) : null;
        speed ??= sensor.Files.ReadInt64($"/sys/class/net/{interfaceName}/speed") is long known and > 0 and < int.MaxValue ? known : null;
        return speed / 1000.0;
    }

    /// <summary>Interfaces of the card at an address, the one that was asked for included.</summary>
    public string[] SharedBy(string address, string interfaceName)
    {
        string[] names = [.. _ports.Where(port => CardOf(port.Address) == CardOf(address)).Select(port => port.InterfaceName)];
        return names.Contains(interfaceName) ? names : [interfaceName];
    }

    /// <summary>Gbit/s of all ports of the card at an address; null when one is not known.</summary>
    public double? NeededBy(string address) => Sum(_ports.Where(port => CardOf(port.Address) == CardOf(address)));

    /// <summary>Gbit/s of all ports of all cards below a port of a bridge; null when one is not known.</summary>
    public double? NeededBelow(string bridgeAddress)
    {
        double?[] cards = [.. _ports.Where(port => port.Path.Contains(bridgeAddress)).GroupBy(port => CardOf(port.Address)).Select(Sum)];
        return cards.Length > 0 && Array.TrueForAll(cards, card => card is not null) ? cards.Sum() : null;
    }

    // Functions of one card differ in the last digit only; a card with ARI may use the digits before it as well, for virtual functions.
    private static string CardOf(string address) => address[..address.LastIndexOf('.')];

    private static double? Sum(IEnumerable<Port> ports)
    {
        Port[] card = [.. ports];
        if (card.Length == 0 || Array.Exists(card, port => port.Gbps is null))
        {
            return null;
        }

        // "2x40 is 50": some controllers carry less than their ports add up to (field.md A10).
        double sum = card.Sum(port => port.Gbps!.Value);
        return NicCapacities.Find(card[0].VendorId, card[0].DeviceId)?.MaximumMbps is long limit ? Math.Min(sum, limit / 1000.0) : sum;
    }

    private static string? Id(FileTree files, string path, string folder, string name)
    {
        // The path of a virtio device is below its PCI function.
        return PciAddresses.Id(files.ReadText($"{folder}/{name}") ?? files.ReadText($"{path}/{name}"));
    }

    /// <param name="InterfaceName">Kernel name.</param>
    /// <param name="Path">PCI addresses from the root port to the function.</param>
    /// <param name="Gbps">What it can receive; null when not known.</param>
    /// <param name="VendorId">Vendor; null when not known.</param>
    /// <param name="DeviceId">Device; null when not known.</param>
    private sealed record Port(string InterfaceName, string[] Path, double? Gbps, string? VendorId, string? DeviceId)
    {
        public string Address => Path[^1];
    }
}
