using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Pcie;

/// <summary>Tests whether a card's slot, and every port above it, carries what the card's ports receive.</summary>
/// <remarks>
/// field.md A9: a slot of x8 may have four lanes wired, which shows at the port above the card, and a switch above may be narrower still;
/// so every device up to the root counts, and the narrowest decides. All functions of a card share its link, all cards below a port share
/// that port's. Made once for a run over several interfaces: what all ports can receive is asked of their drivers once.
/// </remarks>
public sealed class PcieLinks
{
    private const string Operation = "test the PCIe link";
    private const string VirtioVendor = "1af4";

    private readonly Sensor _sensor;
    private readonly Lazy<PcieCards> _cards;

    /// <summary>Tests the links of a machine.</summary>
    public PcieLinks(Sensor sensor)
    {
        _sensor = sensor;
        _cards = new Lazy<PcieCards>(() => PcieCards.Find(sensor));
    }

    /// <summary>The way of one interface's card to the CPU.</summary>
    /// <returns>EOPNOTSUPP for an interface that is not on PCI, ENODEV for one that is not there.</returns>
    public Answer<PcieLink> Get(string interfaceName)
    {
        FileTree files = _sensor.Files;
        if (!_sensor.HasInterface(interfaceName))
        {
            return new Refusal(Errno.ENODEV, Operation, interfaceName);
        }

        if (PciePath.AddressOf(files, interfaceName) is not string address)
        {
            return new Refusal(Errno.EOPNOTSUPP, Operation, interfaceName) { Detail = "It is not on PCI." };
        }

        PcieCards cards = _cards.Value;
        PcieHop[] hops = [.. PciePath.Hops(files, interfaceName).Select((hop, index) => hop with
        {
            NeededGbps = index == 0 ? cards.NeededBy(address) : cards.NeededBelow(hop.PciAddress),
        })];
        PcieHop? narrowest = Narrowest(hops);
        PcieLink link = new()
        {
            InterfaceName = interfaceName,
            PciAddress = address,
            Hops = hops,
            SharedBy = cards.SharedBy(address, interfaceName),
            PortGbps = PcieCards.PortGbps(_sensor, interfaceName),
            NeededGbps = cards.NeededBy(address),
            DataGbps = narrowest?.DataGbps,
            PayloadGbps = narrowest is null ? null : PcieRate.PayloadGbps(narrowest.SpeedGtps!.Value, narrowest.Width!.Value),
            BottleneckAddress = narrowest?.PciAddress,
            CorrectedErrors = CorrectedErrors(files, interfaceName),
        };
        return Judge(link, PcieCards.IsVirtualFunction(files, interfaceName));
    }

    /// <summary>
    /// The hop that falls shortest of what has to pass it; where all are as short, one that cannot do better is named before one that
    /// could: the slot of four lanes, not the card of eight in it.
    /// </summary>
    private static PcieHop? Narrowest(PcieHop[] hops)
    {
        PcieHop[] told = [.. hops.Where(hop => hop is { IsFictitious: false, DataGbps: not null })];
        bool isNeedKnown = Array.TrueForAll(told, hop => hop.NeededGbps > 0);
        return told.OrderBy(hop => isNeedKnown ? hop.DataGbps / hop.NeededGbps : hop.DataGbps)
            .ThenBy(hop => hop is { MaxSpeedGtps: double speed, MaxWidth: int width } ? PcieRate.DataGbps(speed, width) - hop.DataGbps : double.MaxValue)
            .FirstOrDefault();
    }

    private static long? CorrectedErrors(FileTree files, string interfaceName)
    {
        const string Total = "TOTAL_ERR_COR ";
        string? line = Array.Find(files.ReadLines($"/sys/class/net/{interfaceName}/device/aer_dev_correctable"), line => line.StartsWith(Total, StringComparison.Ordinal));
        return long.TryParse(line?[Total.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;
    }

    private static PcieLink Judge(PcieLink link, bool isVirtualFunction)
    {
        PcieHop card = link.Hops[0];
        if (isVirtualFunction)
        {
            return link with { Severity = CheckSeverity.NotApplicable, Actual = "A virtual function has no link of its own; test the card's physical function." };
        }

        if (card.VendorId == VirtioVendor)
        {
            return link with { Severity = CheckSeverity.NotApplicable, Actual = "A virtio device: the link that it may show is the hypervisor's invention." };
        }

        if (link is not { DataGbps: double data, PayloadGbps: double payload })
        {
            return link with { Severity = CheckSeverity.Unknown, Actual = "No device on the way tells the speed of its link." };
        }

        double? needed = Array.Find(link.Hops, hop => hop.PciAddress == link.BottleneckAddress)?.NeededGbps ?? link.NeededGbps;
        string expected = needed is double all ? Text($"{all:0.#} Gbit/s of packets") : "the best that card and slot can do";
        string actual = Text($"{payload:0.#} Gbit/s of packets ({data:0.#} of data) at {Array.Find(link.Hops, hop => hop.PciAddress == link.BottleneckAddress)}");
        PcieLink judged = link with { Expected = expected, Actual = actual, Severity = CheckSeverity.Pass };
        string bottleneck = link.BottleneckAddress == card.PciAddress ? "the card" : $"the port {link.BottleneckAddress}";
        if (payload < link.PortGbps)
        {
            return judged with { Severity = CheckSeverity.Fail, Remedy = $"Put the card into a slot with more lanes, or find out what holds {bottleneck} back." };
        }

        if (payload < needed)
        {
            string ports = needed > link.NeededGbps ? $"All cards below {bottleneck}" : "All ports of the card";
            return judged with { Severity = CheckSeverity.Warn, Remedy = $"{ports} at full rate do not fit; {bottleneck} is the narrowest. Use another slot, or one port less." };
        }

        return TrainedDown(link) is PcieHop slow
            ? judged with
            {
                Severity = CheckSeverity.Warn,
                Actual = Text($"{slow}, and it could be {PcieRate.Words(Best(link, slow).Speed, Best(link, slow).Width)}"),
                Remedy = "Seat the card anew, look at the slot's contacts and the firmware's setting for it; some cards slow down while idle.",
            }
            : judged;
    }

    /// <summary>The link of the card or of a port that runs below what both its ends can do; null when none does.</summary>
    private static PcieHop? TrainedDown(PcieLink link) => Array.Find(link.Hops, hop =>
        hop is { IsFictitious: false, DataGbps: double now }
        && Best(link, hop) is (double speed, int width)
        && now < PcieRate.DataGbps(speed, width) * 0.999);

    // A link can do what both ends can: the device and the one above it. A port wider than its card is no fault, so a port that
    // reports the link below it is held against that card as well.
    private static (double? Speed, int? Width) Best(PcieLink link, PcieHop hop)
    {
        int index = Array.IndexOf(link.Hops, hop);
        IEnumerable<PcieHop> ends = link.Hops.Skip(Math.Max(index - 1, 0)).Take(index == 0 ? 2 : 3).Where(end => !end.IsFictitious);
        return (ends.Min(end => end.MaxSpeedGtps), ends.Min(end => end.MaxWidth));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
