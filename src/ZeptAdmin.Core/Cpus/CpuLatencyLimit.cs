using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>How long waking from an idle state may take: a limit of the machine, or of some CPUs.</summary>
/// <remarks>
/// Of the machine: <c>/dev/cpu_dma_latency</c>, in force while a process holds the file open. Of a CPU:
/// <c>/sys/devices/system/cpu/cpuN/power/pm_qos_resume_latency_us</c>, in force until it is written anew.
/// The lower of the two counts (cpuidle_governor_latency_req of drivers/cpuidle/governor.c); field.md E1.
/// </remarks>
public sealed record CpuLatencyLimit
{
    /// <summary>The CPUs that it is for.</summary>
    public CpuList Cpu { get; internal init; } = CpuList.Empty;

    /// <summary>True for the limit of the machine, false for one that CPUs have of their own.</summary>
    public bool IsOfMachine { get; internal init; }

    /// <summary>Microseconds; null where there is no limit, or it may not be read (it needs root).</summary>
    public int? MaxLatencyMicroseconds { get; internal init; }

    /// <summary>Processes that hold the machine's limit open; empty for a limit of CPUs, and where that cannot be seen.</summary>
    public int[] ProcessIds { get; internal init; } = [];

    /// <summary>Names of these processes, in the same order.</summary>
    public string[] ProcessNames { get; internal init; } = [];

    /// <summary>Microseconds that Start-CpuLatencyLimit asked for and still holds; null when it holds nothing.</summary>
    public int? HeldMicroseconds { get; internal init; }

    /// <summary>Why something is not known; null when all is.</summary>
    public string? Note { get; internal init; }
}
