using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>What the counters of one CPU said, scaled to the whole time; null where there is none.</summary>
internal sealed record CpuCounts
{
    public double? Cycles { get; init; }

    public double? Instructions { get; init; }

    public double? LastLevelReads { get; init; }

    public double? LastLevelMisses { get; init; }

    public double? DtlbReads { get; init; }

    public double? DtlbMisses { get; init; }

    /// <summary>Frequency while not halted.</summary>
    public double? Megahertz { get; init; }

    /// <summary>Least part of the time in which a group of events counted.</summary>
    public double? Counted { get; init; }

    public string[] Notes { get; init; } = [];
}

/// <summary>Counters of one CPU, in groups whose events are only ever compared with each other.</summary>
internal sealed class CpuCounters : IDisposable
{
    private const string MsrPmu = "/sys/bus/event_source/devices/msr";

    private readonly Answer<IPerfGroup> _work;
    private readonly Answer<IPerfGroup> _cache;
    private readonly Answer<IPerfGroup> _tlb;
    private readonly Answer<IPerfGroup>? _frequency;

    /// <summary>Begins to count.</summary>
    public CpuCounters(Sensor sensor, int cpu)
    {
        _work = sensor.Perf.Open(cpu, PerfEvent.Cycles, PerfEvent.Instructions);
        _cache = sensor.Perf.Open(cpu, PerfEvent.LastLevelReads, PerfEvent.LastLevelMisses);
        _tlb = sensor.Perf.Open(cpu, PerfEvent.DtlbReads, PerfEvent.DtlbMisses);

        // tsc counts at a fixed rate, mperf at the same while not halted, aperf at the core's own: turbostat's Bzy_MHz.
        PerfEvent?[] events = [Event(sensor.Files, "tsc"), Event(sensor.Files, "aperf"), Event(sensor.Files, "mperf")];
        if (Array.TrueForAll(events, known => known is not null))
        {
            _frequency = sensor.Perf.Open(cpu, [.. events.Select(known => known!.Value)]);
        }
    }

    /// <summary>What they counted since.</summary>
    public CpuCounts Read()
    {
        PerfReading? work = Read(_work);
        PerfReading? cache = Read(_cache);
        PerfReading? tlb = Read(_tlb);
        PerfReading? frequency = _frequency is Answer<IPerfGroup> group ? Read(group) : null;
        double[] parts = [.. new[] { work, cache, tlb }.OfType<PerfReading>().Where(reading => reading.EnabledNanoseconds > 0).Select(reading => (double)reading.RunningNanoseconds / reading.EnabledNanoseconds)];
        List<string> notes = [];
        Note(notes, "cycles and instructions", _work);
        if (_work.IsKnown)
        {
            Note(notes, "misses of the last-level cache", _cache);
            Note(notes, "misses of the data TLB", _tlb);
        }

        return new CpuCounts
        {
            Cycles = work?.Scaled(0),
            Instructions = work?.Scaled(1),
            LastLevelReads = cache?.Scaled(0),
            LastLevelMisses = cache?.Scaled(1),
            DtlbReads = tlb?.Scaled(0),
            DtlbMisses = tlb?.Scaled(1),
            Megahertz = frequency is { EnabledNanoseconds: > 0 } && frequency.Values[2] > 0
                ? frequency.Values[0] * 1000.0 / frequency.EnabledNanoseconds * frequency.Values[1] / frequency.Values[2]
                : null,
            Counted = parts.Length == 0 ? null : parts.Min(),
            Notes = [.. notes],
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Answer<IPerfGroup>? group in (Answer<IPerfGroup>?[])[_work, _cache, _tlb, _frequency])
        {
            if (group is Answer<IPerfGroup> answer && answer.Try(out IPerfGroup? open))
            {
                open.Dispose();
            }
        }
    }

    private static PerfReading? Read(Answer<IPerfGroup> group) =>
        group.Try(out IPerfGroup? open) && open.Read().Try(out PerfReading? reading) ? reading : null;

    private static void Note(List<string> notes, string what, Answer<IPerfGroup> group)
    {
        if (group.Refusal is Refusal refusal)
        {
            string capability = refusal.Errno.MeansForbidden() ? $" It needs {refusal.Capability}." : "";
            notes.Add($"Not counted: {what}, {refusal.Errno.InWords()}.{capability} {refusal.Detail}".TrimEnd());
        }
    }

    // "event=0x01" of a PMU whose number is in "type" (Documentation/ABI/testing/sysfs-bus-event_source-devices-events).
    private static PerfEvent? Event(FileTree files, string name) =>
        files.ReadInt32(MsrPmu + "/type") is int type
        && files.ReadText($"{MsrPmu}/events/{name}") is string text
        && text.StartsWith("event=0x", StringComparison.Ordinal)
        && ulong.TryParse(text.AsSpan(8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong config)
            ? new PerfEvent((uint)type, config)
            : null;
}
