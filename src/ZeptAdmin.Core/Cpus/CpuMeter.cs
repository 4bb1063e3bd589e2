using System.Diagnostics;
using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Cpus;

/// <summary>Watches CPUs: counts from when it is made until it is asked.</summary>
public sealed class CpuMeter : IDisposable
{
    // The talk's figures for cores of width 4: before tuning, after it (field.md M1).
    private const double LowPart = 0.7 / 4.0;
    private const double HighPart = 2.7 / 4.0;
    private const double LeastBusy = 0.05;

    // 64 bytes, preamble and gap: 84 bytes of line, so 67.2 ns at 10 Gbit/s (field.md M2).
    private const double SmallestFrameBits = 84 * 8;
    private const long AssumedMbps = 10_000;
    private const int AssumedWidth = 4;

    private readonly Sensor _sensor;
    private readonly CpuList _cpus;
    private readonly string? _interfaceName;
    private readonly CpuMoment _before;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Dictionary<int, CpuCounters> _counters = [];

    /// <summary>Begins to watch.</summary>
    /// <param name="sensor">The machine; of a snapshot, its two instants are compared.</param>
    /// <param name="cpus">CPUs.</param>
    /// <param name="interfaceName">Interface whose packets are counted; null for none.</param>
    public CpuMeter(Sensor sensor, CpuList cpus, string? interfaceName)
    {
        _sensor = sensor;
        _cpus = cpus;
        _interfaceName = interfaceName;
        foreach (int cpu in cpus.AsSpan())
        {
            _counters[cpu] = new CpuCounters(sensor, cpu);
        }

        _before = CpuMoment.Read(sensor, cpus, interfaceName);
    }

    /// <summary>CPUs that can be watched.</summary>
    public static CpuList Online(Sensor sensor) => CpuList.Of(CpuPrefetchers.Online(sensor.Files));

    /// <summary>What the CPUs did since then: a record for each, and one for all when there are several.</summary>
    /// <returns>The records, or why nothing can be said.</returns>
    public Answer<CpuEfficiency[]> Finish()
    {
        if (!_sensor.IsLive && _sensor.Later is null)
        {
            return new Refusal(Errno.ENODATA, "compare two instants", _sensor.Name) { Detail = "The snapshot has one only; Save-NsmSnapshot takes two, unless -Interval is 0." };
        }

        Sensor end = _sensor.IsLive ? _sensor : _sensor.Later!;
        Dictionary<int, CpuCounts> counts = _counters.ToDictionary(counter => counter.Key, counter => counter.Value.Read());
        CpuMoment after = CpuMoment.Read(end, _cpus, _interfaceName);
        double seconds = _sensor.IsLive ? Stopwatch.GetElapsedTime(_started).TotalSeconds : (end.Time - _sensor.Time).TotalSeconds;
        return seconds <= 0
            ? new Refusal(Errno.ENODATA, "compare two instants", _sensor.Name) { Detail = "No time is between them." }
            : Evaluate(_before, after, counts, seconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CpuCounters counters in _counters.Values)
        {
            counters.Dispose();
        }
    }

    private CpuEfficiency[] Evaluate(CpuMoment before, CpuMoment after, Dictionary<int, CpuCounts> counts, double seconds)
    {
        CpuIdentity identity = CpuIdentity.OfProcessor(_sensor.Files);
        int? width = ProcessorFact.Find(identity.Vendor, identity.Family, identity.ModelNumber)?.Width;
        CpuEfficiency[] single = [.. _cpus.ToArray().Select(cpu => OfOne(cpu, before, after, counts[cpu], seconds, width))];
        return single.Length == 1 ? [WithPackets(single[0], before, after)] : [.. single, WithPackets(OfAll(single, [.. counts.Values]), before, after)];
    }

    private CpuEfficiency OfOne(int cpu, CpuMoment before, CpuMoment after, CpuCounts counts, double seconds, int? width)
    {
        double? idle = CpuMoment.Share(before, after, cpu, CpuMoment.IdleColumn, CpuMoment.IowaitColumn);
        string policy = CpuFolders.Of(cpu) + "/cpufreq/scaling_cur_freq";
        CpuEfficiency record = new()
        {
            Cpu = CpuList.Of([cpu]),
            Seconds = seconds,
            Cycles = (long?)counts.Cycles,
            Instructions = (long?)counts.Instructions,
            Width = width,
            LastLevelMissPercent = Percent(counts.LastLevelMisses, counts.LastLevelReads),
            DtlbMissPercent = Percent(counts.DtlbMisses, counts.DtlbReads),
            Megahertz = counts.Megahertz ?? (_sensor.Later ?? _sensor).Files.ReadInt64(policy) / 1000.0,
            BusyPercent = 100 * (1 - idle),
            SoftirqPercent = 100 * CpuMoment.Share(before, after, cpu, CpuMoment.SoftirqColumn),
            IdleStates = [.. Residency(before.Idle[cpu], after.Idle[cpu], seconds)],
            CountedPercent = 100 * counts.Counted,
            Notes = [.. counts.Notes],
        };
        return Judge(record);
    }

    private CpuEfficiency OfAll(CpuEfficiency[] single, CpuCounts[] counts)
    {
        double? Sum(Func<CpuCounts, double?> value) => counts.All(each => value(each) is not null) ? counts.Sum(value) : null;
        double? Mean(Func<CpuEfficiency, double?> value) => single.All(each => value(each) is not null) ? single.Average(value) : null;
        return Judge(new CpuEfficiency
        {
            Cpu = _cpus,
            IsTotal = true,
            Seconds = single[0].Seconds,
            Cycles = (long?)Sum(each => each.Cycles),
            Instructions = (long?)Sum(each => each.Instructions),
            Width = single[0].Width,
            LastLevelMissPercent = Percent(Sum(each => each.LastLevelMisses), Sum(each => each.LastLevelReads)),
            DtlbMissPercent = Percent(Sum(each => each.DtlbMisses), Sum(each => each.DtlbReads)),
            Megahertz = Mean(each => each.Megahertz),
            BusyPercent = Mean(each => each.BusyPercent),
            SoftirqPercent = Mean(each => each.SoftirqPercent),
            IdleStates =
            [
                .. from state in single.SelectMany(each => each.IdleStates)
                   group state.Percent by state.Name into named
                   select new CpuIdleShare { Name = named.Key, Percent = named.Sum() / single.Length },
            ],
            CountedPercent = single.Min(each => each.CountedPercent),
            Notes = [.. counts.SelectMany(each => each.Notes).Distinct()],
        });
    }

    private static CpuEfficiency Judge(CpuEfficiency record)
    {
        double? ipc = record.Cycles > 0 ? (double?)record.Instructions / record.Cycles : null;
        double width = record.Width ?? AssumedWidth;
        List<string> notes = [.. record.Notes];
        if (ipc is not null && record.Width is null)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"The width of this core is not on record; {AssumedWidth} is assumed."));
        }

        if (record.CountedPercent < 99)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"The counters were shared out by turns, {record.CountedPercent:0} % of the time at least; the counts are scaled."));
        }

        return record with
        {
            InstructionsPerCycle = ipc,
            Notes = [.. notes],
            Verdict = ipc is null ? CpuEfficiencyVerdict.Unknown
                : record.BusyPercent < 100 * LeastBusy ? CpuEfficiencyVerdict.Idle
                : ipc <= LowPart * width ? CpuEfficiencyVerdict.Low
                : ipc >= HighPart * width ? CpuEfficiencyVerdict.High
                : CpuEfficiencyVerdict.Middle,
        };
    }

    private CpuEfficiency WithPackets(CpuEfficiency record, CpuMoment before, CpuMoment after)
    {
        if (_interfaceName is null)
        {
            return record;
        }

        long? packets = after.Packets - before.Packets;
        long? speed = NicReader.Get(_sensor, _interfaceName).Try(out Nic? nic) ? nic.SpeedMbps : null;
        List<string> notes = [.. record.Notes];
        if (speed is null or <= 0)
        {
            notes.Add("The speed of the link is not known; the budget is that of 10 Gbit/s.");
        }

        if (packets is null or <= 0)
        {
            notes.Add($"No packet came in on '{_interfaceName}' meanwhile.");
        }

        double? busyNanoseconds = record.BusyPercent / 100 * record.Seconds * record.Cpu.Count * 1e9;
        return record with
        {
            InterfaceName = _interfaceName,
            Packets = packets,
            CyclesPerPacket = packets > 0 ? (double?)record.Cycles / packets : null,
            NanosecondsPerPacket = packets > 0 ? busyNanoseconds / packets : null,
            BudgetNanoseconds = SmallestFrameBits * 1000 / (speed is > 0 ? speed.Value : AssumedMbps) * record.Cpu.Count,
            Notes = [.. notes],
        };
    }

    private static IEnumerable<CpuIdleShare> Residency((string Name, long Microseconds)[] before, (string Name, long Microseconds)[] after, double seconds) =>
        before.Length != after.Length
            ? []
            : after.Zip(before, (now, then) => new CpuIdleShare { Name = now.Name, Percent = Math.Clamp((now.Microseconds - then.Microseconds) / (seconds * 1e4), 0, 100) });

    private static double? Percent(double? part, double? whole) => whole > 0 ? 100 * part / whole : null;
}
