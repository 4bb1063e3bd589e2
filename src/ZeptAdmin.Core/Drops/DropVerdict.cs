using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Drops;

/// <summary>The conclusion from the rows of all layers: which loses packets first, why, and what to do next.</summary>
internal static class DropVerdict
{
    private const double Negligible = 1e-6;
    private const double MostLocalShare = 0.01;

    /// <summary>The last row of an interface.</summary>
    public static PacketDrop Of(PacketDrop[] rows, DropReading? before, DropReading now, List<string> warnings)
    {
        // A log that ends before the first reading tells of another time.
        if (before is not null)
        {
            rows = Array.FindAll(rows, row => row.Layer is not (DropLayer.Socket or DropLayer.Upstream) || row.Dropped is null || row.Until > before.Time);
        }

        PacketDrop? lossy = Array.Find(rows, row => row is { Layer: not DropLayer.Upstream, Confidence: >= DropConfidence.Medium } && row.Dropped > 0 && (row.Ratio ?? 1) >= Negligible);
        PacketDrop? upstream = Array.Find(rows, row => row.Layer == DropLayer.Upstream);
        double local = rows.Where(row => row is { Layer: not DropLayer.Upstream, Confidence: >= DropConfidence.Medium }).Sum(row => row.Ratio ?? 0);
        bool isUpstream = upstream?.Ratio >= Negligible && local < upstream.Ratio * MostLocalShare;
        string name = CommandWord.Quote(now.InterfaceName);

        // What nobody counted may still be where they went.
        string[] blind =
        [
            .. Array.TrueForAll(rows, row => row.Layer is not (DropLayer.Fifo or DropLayer.Ring or DropLayer.Driver) || row.Dropped is null) ? (string[])["card"] : [],
            .. Array.Exists(rows, row => row is { Layer: DropLayer.Socket, Dropped: not null }) ? (string[])[] : ["socket"],
        ];
        (string cause, string? next) = (isUpstream ? DropLayer.Upstream : lossy?.Layer) switch
        {
            DropLayer.Upstream => (
                $"not dropped here{(blind.Length > 0 ? $", as far as it is counted (not counted: {string.Join(", ", blind)})" : "")}: Zeek misses {Percent(upstream?.Ratio)} while the layers of this machine lose {Percent(local)}; look at the switch, the tap, the packet broker, and for paths of which one direction does not come here",
                $"Measure-FlowSymmetry {name}"),
            DropLayer.Mac => ("frames arrive broken: cable, optics, or a sender with a larger MTU", $"Get-NicCounter {name} -Layer Mac -NonZero"),
            DropLayer.Fifo => ("the buffer of the card overflows before the host takes packets: PCIe, bursts, or CPUs that are late", $"Test-PcieLink {name}"),
            DropLayer.Classifier => ("the card's rules let no queue take the packets", $"Get-NicFlowRule {name}"),
            DropLayer.Ring => ("no descriptor was free: the CPU of the queue is late, or the ring is too short for bursts", $"Get-NicRing {name}"),
            DropLayer.Allocation => ("the driver got no memory for packets", "Test-NsmSensor -Category Memory"),
            DropLayer.Driver => ("the driver gives packets up", $"Get-NicCounter {name} -Layer Driver -NonZero"),
            DropLayer.Softirq => ("the backlog of a CPU is full: RPS or veth hands it more than it can do", "Get-SoftnetStat"),
            DropLayer.Socket => (
                "Zeek or Suricata is slower than its traffic: workers, pinning, or one flow too big for a worker",
                lossy!.Counters[0] switch
                {
                    "pkts_link" => "Get-ZeekStatistic -By Peer",
                    SocketDrops.Counter => $"Get-AfPacketSocket {name}",
                    _ => "Get-SuricataStatistic",
                }),
            _ => Array.Exists(rows, row => row.Dropped is not null)
                ? ($"no layer that can be counted loses a millionth of its packets (together {Percent(local)})", null)
                : ("nothing that counts losses could be read", (string?)null),
        };
        return PacketDrops.Row(before, now, DropLayer.Verdict) with
        {
            LossyLayer = isUpstream ? DropLayer.Upstream : lossy?.Layer,
            Packets = (isUpstream ? upstream : lossy)?.Packets,
            Dropped = (isUpstream ? upstream : lossy)?.Dropped,
            Ratio = isUpstream ? upstream?.Ratio : lossy?.Ratio,
            Confidence = isUpstream ? blind.Length > 0 ? DropConfidence.Low : DropConfidence.Medium : lossy?.Confidence ?? DropConfidence.Medium,
            Note = string.Join("; ", [cause, .. warnings]),
            NextCommand = next,
        };
    }

    private static string Percent(double? ratio) => string.Create(CultureInfo.InvariantCulture, $"{100 * (ratio ?? 0):0.######} %");
}
