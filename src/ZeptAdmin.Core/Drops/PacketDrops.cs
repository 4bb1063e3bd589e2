using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Drops;

/// <summary>Tells where packets die, from counters of one interface, of the softirq, and from the logs of Zeek and Suricata.</summary>
/// <remarks>
/// The loss is (missed + errors) / (received + missed + errors): a known script leaves the parentheses out (field.md K7). Failures to
/// get memory are no losses, since the packet is tried again (K5), and rx_dropped of the interface is not added, since it also counts
/// packets that nobody wanted and those of the backlog (K11).
/// </remarks>
public static class PacketDrops
{
    private const double Negligible = 1e-6;
    private const double MostLocalShare = 0.01;
    private const int QueueSumTolerance = 100;
    private const long MostClockSteps = 30;

    private static readonly (DropLayer Layer, CounterLayer Counters)[] CardLayers =
    [
        (DropLayer.Mac, CounterLayer.Mac), (DropLayer.Fifo, CounterLayer.Fifo), (DropLayer.Classifier, CounterLayer.FlowDirector),
        (DropLayer.Ring, CounterLayer.Ring), (DropLayer.Allocation, CounterLayer.Allocation), (DropLayer.Driver, CounterLayer.Driver),
    ];

    // Drivers that hand packets to the backlog of the softirq without RPS (field.md K9).
    private static readonly string[] BacklogDrivers = ["veth", "tun"];

    /// <summary>Rows of one interface, the verdict last.</summary>
    /// <param name="before">First reading; null for figures since the driver was loaded.</param>
    /// <param name="now">Last reading.</param>
    /// <param name="workers">What Zeek and Suricata say of their sockets; those of other interfaces are passed over.</param>
    /// <param name="gaps">What Zeek missed in connections.</param>
    /// <param name="detail">Adds a row for each queue, CPU and worker that lost something.</param>
    public static PacketDrop[] Tell(DropReading? before, DropReading now, IReadOnlyList<WorkerDrops> workers, IReadOnlyList<CaptureGap> gaps, bool detail)
    {
        List<PacketDrop> rows = [];
        List<string> warnings = [];
        OfCard(rows, before, now, detail, warnings);
        OfSoftirq(rows, before, now, detail);
        WorkerDrops[] mine = [.. workers.Where(worker => worker.InterfaceName is null || worker.InterfaceName == now.InterfaceName)];
        OfSockets(rows, mine, before, now, detail);
        OfUpstream(rows, gaps, now);
        rows.Add(Verdict([.. rows.Where(row => row is { Queue: null, Cpu: null, Worker: null })], before, now, warnings));
        return [.. rows];
    }

    private static void OfCard(List<PacketDrop> rows, DropReading? before, DropReading now, bool detail, List<string> warnings)
    {
        string? restart = Restart(before, now);
        if (restart is not null)
        {
            warnings.Add(restart);
        }

        List<string> fallen = [];
        Counted[] counted = restart is null ? Count(before, now, fallen) : [];
        if (fallen.Count > 0)
        {
            warnings.Add($"{string.Join(", ", fallen.Take(3))}{(fallen.Count > 3 ? " and more" : "")} started again between the readings (driver loaded anew, or card reset); what they counted is not known");
        }

        long? received = restart is null ? Received(before, now, counted) : null;
        if (QueueSum(counted) is string odd)
        {
            warnings.Add(odd);
        }

        // From the stack back to the wire: what came to a layer is what left it and what it lost.
        long? passed = received;
        List<PacketDrop> backwards = [];
        for (int i = CardLayers.Length - 1; i >= 0; i--)
        {
            (DropLayer layer, CounterLayer counters) = CardLayers[i];
            Counted[] here = Array.FindAll(counted, counter => counter.Counter.Layer == counters && counter.Counter.IsLoss == true && counter.Counter.Unit == CounterUnit.Packets && counter.Counter.Direction != CounterDirection.Transmit);
            long? dropped = here.Length == 0 ? null : Sum(here);
            Counted[] failures = layer == DropLayer.Allocation
                ? Array.FindAll(counted, counter => counter.Counter.CanonicalName is "rx_alloc_failed" or "rx_page_alloc_failed" && counter.Counter.IsLoss != true)
                : [];
            passed += dropped ?? 0;
            if (detail)
            {
                backwards.AddRange(here.Where(counter => counter.Counter.Queue is not null && counter.Value > 0).Reverse().Select(counter => Row(before, now, layer) with
                {
                    Queue = counter.Counter.Queue,
                    Dropped = counter.Value,
                    Counters = [counter.Counter.Name],
                    Confidence = DropConfidence.High,
                    Rate = PerSecond(counter.Value, before, now),
                }));
            }

            bool isKnown = dropped is not null || failures.Length > 0;
            backwards.Add(Row(before, now, layer) with
            {
                Packets = passed,
                Dropped = dropped,
                Errors = layer == DropLayer.Mac ? dropped : failures.Length > 0 ? Sum(failures) : null,
                Ratio = Ratio(dropped, passed),
                Rate = PerSecond(dropped, before, now),
                Counters = [.. here.Concat(failures).Select(counter => counter.Counter.Name).Distinct()],
                Formula = dropped is null ? "" : "dropped / (received + dropped here and in later layers of the card)",
                Confidence = isKnown ? DropConfidence.High : DropConfidence.None,
                Note = restart is not null ? restart
                    : layer == DropLayer.Allocation && failures.Length > 0 ? "errors are failures to get memory; the packet is tried again and not lost by them"
                    : isKnown ? "" : $"driver {now.Driver ?? "unknown"} counts nothing here",
            });
        }

        backwards.Reverse();
        rows.AddRange(backwards);
    }

    private static void OfSoftirq(List<PacketDrop> rows, DropReading? before, DropReading now, bool detail)
    {
        bool isOtherBoot = before is not null && IsAnotherBoot(before, now);
        if (now.Softnet.Length == 0 || isOtherBoot)
        {
            rows.Add(Row(before, now, DropLayer.Softirq) with
            {
                InterfaceName = null,
                Note = isOtherBoot ? "the machine was started again between the readings" : "/proc/net/softnet_stat cannot be read",
            });
            return;
        }

        SoftnetStat[] stats = before is null ? now.Softnet : SoftnetStats.Difference(before.Softnet, now.Softnet);
        bool isBacklogUsed = now.InterfaceName == "lo" || BacklogDrivers.Contains(now.Driver) || now.HasRps;
        long dropped = stats.Sum(stat => (long)stat.Dropped);
        long processed = stats.Sum(stat => (long)stat.Processed);
        long squeezed = stats.Sum(stat => (long)stat.TimeSqueeze);
        DropConfidence confidence = isBacklogUsed ? DropConfidence.High : DropConfidence.Low;
        if (detail)
        {
            rows.AddRange(stats.Where(stat => stat.Dropped > 0).Select(stat => Row(before, now, DropLayer.Softirq) with
            {
                InterfaceName = null,
                Cpu = stat.Cpu,
                Packets = stat.Processed + (long)stat.Dropped,
                Dropped = stat.Dropped,
                Ratio = Ratio(stat.Dropped, stat.Processed + (long)stat.Dropped),
                Rate = PerSecond(stat.Dropped, before, now),
                Counters = ["dropped"],
                Confidence = confidence,
            }));
        }

        rows.Add(Row(before, now, DropLayer.Softirq) with
        {
            InterfaceName = null,
            Packets = processed + dropped,
            Dropped = dropped,
            Ratio = Ratio(dropped, processed + dropped),
            Rate = PerSecond(dropped, before, now),
            Counters = ["processed", "dropped", "time_squeeze"],
            Formula = "dropped / (processed + dropped)",
            Confidence = confidence,
            Note = string.Create(CultureInfo.InvariantCulture, $"of the machine{(before is null ? ", 32-bit counters that may have wrapped since boot" : "")}; ended early {squeezed} times; ")
                + (isBacklogUsed ? "its packets go through the backlog (RPS, veth, tun)" : "no RPS here: its packets do not go through the backlog, so these are not its losses"),
        });
    }

    private static void OfSockets(List<PacketDrop> rows, WorkerDrops[] workers, DropReading? before, DropReading now, bool detail)
    {
        foreach (IGrouping<string, WorkerDrops> program in workers.Where(worker => worker.Dropped is not null).GroupBy(worker => worker.Program))
        {
            if (detail)
            {
                rows.AddRange(program.Where(worker => worker.Dropped > 0).Select(worker => OfSocket(now, [worker]) with { Worker = worker.Worker }));
            }

            rows.Add(OfSocket(now, [.. program]));
        }

        rows.AddRange(SocketDrops.Rows(before, now, detail));
        if (rows[^1].Layer != DropLayer.Socket)
        {
            string[] silent = SocketDrops.Silent(now);
            string who = silent.Length > 0 ? $"the kernel tells drops of a ring to its owner alone: {string.Join(", ", silent)}; " : now.Sockets is { Length: 0 } ? "nobody captures here now; " : "";
            rows.Add(Row(null, now, DropLayer.Socket) with { Note = $"{who}no log of Zeek (stats.log) or Suricata was found that tells it; name one with -ZeekLog or -SuricataLog" });
        }
    }

    private static PacketDrop OfSocket(DropReading now, WorkerDrops[] workers)
    {
        // Received has the dropped ones in it (field.md K12).
        long dropped = workers.Sum(worker => worker.Dropped ?? 0);
        long? received = Array.TrueForAll(workers, worker => worker.Received is not null) ? workers.Sum(worker => worker.Received) : null;
        DateTime? from = Array.TrueForAll(workers, worker => worker.From is not null) ? workers.Min(worker => worker.From) : null;
        DateTime to = workers.Max(worker => worker.To);
        return new PacketDrop
        {
            InterfaceName = Array.TrueForAll(workers, worker => worker.InterfaceName is not null) ? now.InterfaceName : null,
            Layer = DropLayer.Socket,
            Packets = received,
            Dropped = dropped,
            Ratio = Ratio(dropped, received),
            Rate = from is DateTime start && to > start ? dropped / (to - start).TotalSeconds : null,
            Since = from,
            Until = to,
            Counters = workers[0].Program == "Zeek" ? ["pkts_link", "pkts_dropped"] : ["capture.kernel_packets", "capture.kernel_drops"],
            Formula = "dropped / packets that came to the socket, dropped ones included",
            Confidence = DropConfidence.High,
            Note = $"{workers[0].Program} says so in {string.Join(", ", workers.Select(worker => worker.Source).Distinct())}; the time is the log's own",
        };
    }

    private static void OfUpstream(List<PacketDrop> rows, IReadOnlyList<CaptureGap> gaps, DropReading now)
    {
        if (gaps.Count == 0)
        {
            rows.Add(Row(null, now, DropLayer.Upstream) with { Note = "no capture_loss.log of Zeek was found; what never arrived cannot be counted here" });
            return;
        }

        long missed = gaps.Sum(gap => gap.Gaps);
        long acks = gaps.Sum(gap => gap.Acks);
        rows.Add(new PacketDrop
        {
            Layer = DropLayer.Upstream,
            Packets = acks,
            Dropped = missed,
            Ratio = Ratio(missed, acks),
            Since = gaps.All(gap => gap.From is not null) ? gaps.Min(gap => gap.From) : null,
            Until = gaps.Max(gap => gap.To),
            Counters = ["gaps", "acks"],
            Formula = "gaps / acks",
            Confidence = DropConfidence.Medium,
            Note = "acknowledgements of data that Zeek never saw, not packets; losses of this machine, asymmetric paths and reordering count as well",
        });
    }

    private static PacketDrop Verdict(PacketDrop[] rows, DropReading? before, DropReading now, List<string> warnings)
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
        return Row(before, now, DropLayer.Verdict) with
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

    // Why nothing can be said of the time between two readings; null when it can.
    private static string? Restart(DropReading? before, DropReading now) =>
        before is null ? null
        : IsAnotherBoot(before, now) ? "the machine was started again between the readings"
        : before.InterfaceIndex != now.InterfaceIndex || before.Driver != now.Driver ? "the interface went away between the readings and came back as another"
        : null;

    // A clock that is set moves the time of the start a little.
    private static bool IsAnotherBoot(DropReading before, DropReading now) =>
        before.BootId is not null && now.BootId is not null ? before.BootId != now.BootId
        : before.BootTime is long first && now.BootTime is long last && Math.Abs(last - first) > MostClockSteps;

    private static Counted[] Count(DropReading? before, DropReading now, List<string> fallen)
    {
        if (before is null)
        {
            return Array.ConvertAll(now.Counters, counter => new Counted(counter, (long)Math.Min(counter.Value, long.MaxValue)));
        }

        Dictionary<(string, int?), ulong> first = [];
        foreach (NicCounter counter in before.Counters)
        {
            first[(counter.Name, counter.Queue)] = counter.Value;
        }

        List<Counted> counted = [];
        foreach (NicCounter counter in now.Counters)
        {
            // A counter that came only now belongs to a queue that came only now: it started at 0.
            if (CounterStep.Between(first.GetValueOrDefault((counter.Name, counter.Queue)), counter.Value) is ulong step)
            {
                counted.Add(new Counted(counter, (long)Math.Min(step, long.MaxValue)));
            }
            else if (counter.Unit is CounterUnit.Packets or CounterUnit.Bytes)
            {
                fallen.Add(counter.Name);
            }
        }

        return [.. counted];
    }

    private static long? Received(DropReading? before, DropReading now, Counted[] counted)
    {
        Counted[] packets = Array.FindAll(counted, counter => counter.Counter is { CanonicalName: "rx_packets", Direction: CounterDirection.Receive });
        return packets.Length > 0 ? Sum(packets)
            : now.ReceivedPackets is not long last ? null
            : before is null ? last
            : before.ReceivedPackets is long first && CounterStep.Between((ulong)first, (ulong)last) is ulong step ? (long)step
            : null;
    }

    // The same loss may stand in a total and in its queues, and in a counter of the port beside the interface's: the total counts, and
    // the larger of two that mean the same; different causes under one name are added.
    private static long Sum(Counted[] counters)
    {
        bool hasTotalOfPriorities = Array.Exists(counters, counter => counter.Counter.CanonicalName == "rx_fifo_dropped");
        long sum = 0;
        foreach (IGrouping<string?, Counted> same in counters.GroupBy(counter => counter.Counter.CanonicalName))
        {
            if (same.Key == "rx_fifo_dropped_priority" && hasTotalOfPriorities)
            {
                continue;
            }

            Counted[] totals = [.. same.Where(counter => counter.Counter.Queue is null)];
            sum += totals.Length == 0
                ? same.Sum(counter => counter.Value)
                : totals.GroupBy(counter => Stem(counter.Counter.Name)).Sum(stem => stem.Max(counter => counter.Value));
        }

        return sum;
    }

    private static string Stem(string name)
    {
        string stem = name.StartsWith("port.", StringComparison.Ordinal) ? name[5..] : name;
        return stem.EndsWith(".nic", StringComparison.Ordinal) || stem.EndsWith("_phy", StringComparison.Ordinal) ? stem[..^4] : stem;
    }

    // Null when the queues agree with the total to a hundredth, or there is nothing to compare (field.md K18).
    private static string? QueueSum(Counted[] counted)
    {
        Counted[] packets = Array.FindAll(counted, counter => counter.Counter is { CanonicalName: "rx_packets", Direction: CounterDirection.Receive });
        Counted[] queues = Array.FindAll(packets, counter => counter.Counter.Queue is not null);
        if (queues.Length == 0 || queues.Length == packets.Length)
        {
            return null;
        }

        long sum = queues.Sum(counter => counter.Value);
        long total = packets.Where(counter => counter.Counter.Queue is null).Max(counter => counter.Value);
        return Math.Abs(sum - total) <= Math.Max(QueueSumTolerance, total / QueueSumTolerance)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"queues received {sum} packets together, the card says {total}: queues were changed, or a queue is not shown");
    }

    private static PacketDrop Row(DropReading? before, DropReading now, DropLayer layer) =>
        new() { InterfaceName = now.InterfaceName, Layer = layer, Since = before?.Time, Until = now.Time };

    private static double? Ratio(long? dropped, long? packets) => dropped is null || packets is null ? null : packets == 0 ? 0 : (double)dropped / packets;

    private static double? PerSecond(long? dropped, DropReading? before, DropReading now) =>
        dropped is long count && before is not null && now.Time > before.Time ? count / (now.Time - before.Time).TotalSeconds : null;

    private static string Percent(double? ratio) => string.Create(CultureInfo.InvariantCulture, $"{100 * (ratio ?? 0):0.######} %");

    private readonly record struct Counted(NicCounter Counter, long Value);
}
