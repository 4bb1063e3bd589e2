using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Drops;

/// <summary>Losses of the card and its driver, by the driver's counters.</summary>
internal static class CardDrops
{
    private const int QueueSumTolerance = 100;

    private static readonly (DropLayer Layer, CounterLayer Counters)[] CardLayers =
    [
        (DropLayer.Mac, CounterLayer.Mac), (DropLayer.Fifo, CounterLayer.Fifo), (DropLayer.Classifier, CounterLayer.FlowDirector),
        (DropLayer.Ring, CounterLayer.Ring), (DropLayer.Allocation, CounterLayer.Allocation), (DropLayer.Driver, CounterLayer.Driver),
    ];

    /// <summary>Adds the rows of the card, and what must be known to read them.</summary>
    public static void Add(List<PacketDrop> rows, DropReading? before, DropReading now, bool detail, List<string> warnings)
    {
        string? restart = PacketDrops.Restart(before, now);
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
                backwards.AddRange(here.Where(counter => counter.Counter.Queue is not null && counter.Value > 0).Reverse().Select(counter => PacketDrops.Row(before, now, layer) with
                {
                    Queue = counter.Counter.Queue,
                    Dropped = counter.Value,
                    Counters = [counter.Counter.Name],
                    Confidence = DropConfidence.High,
                    Rate = PacketDrops.PerSecond(counter.Value, before, now),
                }));
            }

            bool isKnown = dropped is not null || failures.Length > 0;
            backwards.Add(PacketDrops.Row(before, now, layer) with
            {
                Packets = passed,
                Dropped = dropped,
                Errors = layer == DropLayer.Mac ? dropped : failures.Length > 0 ? Sum(failures) : null,
                Ratio = PacketDrops.Ratio(dropped, passed),
                Rate = PacketDrops.PerSecond(dropped, before, now),
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

    private readonly record struct Counted(NicCounter Counter, long Value);
}
