using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>What CPUs made of their time while they were watched.</summary>
/// <remarks>
/// Cycles, instructions and misses by perf_event_open; times by /proc/stat and cpuidle; packets by the interface's statistics.
/// field.md M1, M2, M3, M5, M7, E4. Not proven on hardware: no processor's counters were at hand.
/// </remarks>
public sealed record CpuEfficiency
{
    /// <summary>The CPUs: one, or all that were watched.</summary>
    public CpuList Cpu { get; internal init; } = CpuList.Empty;

    /// <summary>True for the record of all CPUs together.</summary>
    public bool IsTotal { get; internal init; }

    /// <summary>How long they were watched, in seconds.</summary>
    public double Seconds { get; internal init; }

    /// <summary>Cycles in which they were not halted; null without counters.</summary>
    public long? Cycles { get; internal init; }

    /// <summary>Instructions finished; null without counters.</summary>
    public long? Instructions { get; internal init; }

    /// <summary>Instructions finished in a cycle (IPC); null without counters.</summary>
    public double? InstructionsPerCycle { get; internal init; }

    /// <summary>Most instructions that such a core finishes in a cycle; null when it is not on record. Two threads of a core share it.</summary>
    public int? Width { get; internal init; }

    /// <summary>How the instructions a cycle compare with the talk's figures, in parts of the width.</summary>
    public CpuEfficiencyVerdict Verdict { get; internal init; }

    /// <summary>Reads of the last-level cache that missed it, in percent; null without such a counter.</summary>
    public double? LastLevelMissPercent { get; internal init; }

    /// <summary>Reads that missed the data TLB, in percent; null without such a counter.</summary>
    public double? DtlbMissPercent { get; internal init; }

    /// <summary>Frequency while not halted, by APERF and MPERF, in MHz; else what cpufreq said at the end; null when nobody tells.</summary>
    public double? Megahertz { get; internal init; }

    /// <summary>Time not idle, in percent.</summary>
    public double? BusyPercent { get; internal init; }

    /// <summary>Time in softirqs, in percent: where packets are received.</summary>
    public double? SoftirqPercent { get; internal init; }

    /// <summary>Time in each idle state.</summary>
    public CpuIdleShare[] IdleStates { get; internal init; } = [];

    /// <summary>Interface whose packets were counted; null when none was named, and for single CPUs out of several.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Packets that it received.</summary>
    public long? Packets { get; internal init; }

    /// <summary>Cycles of these CPUs for each packet (field.md M7); null without counters or packets.</summary>
    public double? CyclesPerPacket { get; internal init; }

    /// <summary>Busy nanoseconds of these CPUs for each packet; null without packets.</summary>
    public double? NanosecondsPerPacket { get; internal init; }

    /// <summary>Nanoseconds that these CPUs together have for a packet when frames of 64 bytes fill the link: 67.2 for one CPU at 10 Gbit/s (field.md M2).</summary>
    public double? BudgetNanoseconds { get; internal init; }

    /// <summary>Part of the time in which the counters really counted, in percent; below 100 they were shared and the counts are scaled.</summary>
    public double? CountedPercent { get; internal init; }

    /// <summary>What is not known and why, and what to mind.</summary>
    public string[] Notes { get; internal init; } = [];
}

/// <summary>How well a core's width was used.</summary>
public enum CpuEfficiencyVerdict
{
    /// <summary>Not counted.</summary>
    Unknown,

    /// <summary>The CPU had next to nothing to do: the figure means nothing.</summary>
    Idle,

    /// <summary>At most 0.7 of 4, as the talk saw before tuning: the core waits for memory most of the time.</summary>
    Low,

    /// <summary>Between.</summary>
    Middle,

    /// <summary>2.7 of 4 or more, as the talk saw after tuning.</summary>
    High,
}

/// <summary>Time in one idle state.</summary>
public sealed record CpuIdleShare
{
    /// <summary>Name of the state.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Time in it, in percent.</summary>
    public double Percent { get; internal init; }
}
