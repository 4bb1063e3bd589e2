using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>What kind of thing takes a CPU's time.</summary>
public enum CpuTenantKind
{
    /// <summary>A thread of a process.</summary>
    Process = 0,

    /// <summary>A thread of the kernel.</summary>
    KernelThread = 1,

    /// <summary>A numbered interrupt.</summary>
    Interrupt = 2,

    /// <summary>A softirq.</summary>
    Softirq = 3,
}

/// <summary>Who ran on a CPU while it was watched: a thread, an interrupt or a softirq.</summary>
public sealed record CpuTenant
{
    /// <summary>The CPU.</summary>
    public int Cpu { get; internal init; }

    /// <summary>What it is.</summary>
    public CpuTenantKind Kind { get; internal init; }

    /// <summary>Name of the thread, of the interrupt's handlers, or of the softirq.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Process of a thread.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>Number of a thread.</summary>
    public int? ThreadId { get; internal init; }

    /// <summary>Number of an interrupt.</summary>
    public int? Irq { get; internal init; }

    /// <summary>CPUs that a thread may run on, or an interrupt may go to; null when that is not known, or means nothing (softirqs).</summary>
    public CpuList? AllowedCpus { get; internal init; }

    /// <summary>How long it was watched, in seconds; 0 for one look.</summary>
    public double Seconds { get; internal init; }

    /// <summary>Part of the CPU's time that a thread took; null for interrupts and softirqs, whose time the kernel does not tell one by one, and for one look.</summary>
    public double? Percent { get; internal init; }

    /// <summary>How often it ran: time slices of a thread, interrupts, softirqs; null where that was not counted.</summary>
    public long? Runs { get; internal init; }

    /// <summary>True when the CPU is to run capture and nothing else: isolated, or a worker's.</summary>
    public bool IsGuarded { get; internal init; }

    /// <summary>True when it does not belong on such a CPU and could be elsewhere.</summary>
    public bool IsStray { get; internal init; }

    /// <summary>Why it is a stray, or why not on such a CPU; empty on other CPUs.</summary>
    public string Reason { get; internal init; } = "";
}
