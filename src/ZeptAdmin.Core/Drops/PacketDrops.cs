using System.Globalization;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Drops;

/// <summary>Tells where packets die, from counters of one interface, of the softirq, and from the logs of Zeek and Suricata.</summary>
/// <remarks>
/// The loss is (missed + errors) / (received + missed + errors): a known script leaves the parentheses out (field.md K7). Failures to
/// get memory are no losses, since the packet is tried again (K5), and rx_dropped of the interface is not added, since it also counts
/// packets that nobody wanted and those of the backlog (K11).
/// </remarks>
public static class PacketDrops
{
    private const long MostClockSteps = 30;

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
        CardDrops.Add(rows, before, now, detail, warnings);
        OfSoftirq(rows, before, now, detail);
        WorkerDrops[] mine = [.. workers.Where(worker => worker.InterfaceName is null || worker.InterfaceName == now.InterfaceName)];
        OfSockets(rows, mine, before, now, detail);
        OfUpstream(rows, gaps, now);
        rows.Add(DropVerdict.Of([.. rows.Where(row => row is { Queue: null, Cpu: null, Worker: null })], before, now, warnings));
        return [.. rows];
    }

    /// <summary>The verdict of an interface that only one of two readings has: nothing can be told of the time between them.</summary>
    /// <param name="reading">The reading that has it.</param>
    /// <param name="other">Time of the reading that does not have it.</param>
    public static PacketDrop TellUnpaired(DropReading reading, DateTime other)
    {
        bool isNew = other <= reading.Time;
        return new PacketDrop
        {
            InterfaceName = reading.InterfaceName,
            Layer = DropLayer.Verdict,
            Since = isNew ? other : reading.Time,
            Until = isNew ? reading.Time : other,
            Confidence = DropConfidence.None,
            Note = isNew
                ? "the interface was not there at the first reading; its figures since its driver was loaded come without -Since and -Interval"
                : "the interface went away between the readings; what it lost until then is not known",
            NextCommand = isNew ? $"Get-PacketDrops {CommandWord.Quote(reading.InterfaceName)}" : null,
        };
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

    // Why nothing can be said of the time between two readings; null when it can.
    internal static string? Restart(DropReading? before, DropReading now) =>
        before is null ? null
        : IsAnotherBoot(before, now) ? "the machine was started again between the readings"
        : before.InterfaceIndex != now.InterfaceIndex || before.Driver != now.Driver ? "the interface went away between the readings and came back as another"
        : null;

    // A clock that is set moves the time of the start a little.
    internal static bool IsAnotherBoot(DropReading before, DropReading now) =>
        before.BootId is not null && now.BootId is not null ? before.BootId != now.BootId
        : before.BootTime is long first && now.BootTime is long last && Math.Abs(last - first) > MostClockSteps;

    internal static PacketDrop Row(DropReading? before, DropReading now, DropLayer layer) =>
        new() { InterfaceName = now.InterfaceName, Layer = layer, Since = before?.Time, Until = now.Time };

    internal static double? Ratio(long? dropped, long? packets) => dropped is null || packets is null ? null : packets == 0 ? 0 : (double)dropped / packets;

    internal static double? PerSecond(long? dropped, DropReading? before, DropReading now) =>
        dropped is long count && before is not null && now.Time > before.Time ? count / (now.Time - before.Time).TotalSeconds : null;
}
