using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>What the kernel does in the background and can be told the CPUs of.</summary>
public enum CpuHousekeepingPart
{
    /// <summary>Work that is bound to no CPU (unbound work queues): the limit of all such queues.</summary>
    UnboundWork = 0,

    /// <summary>The writing back of changed pages, a work queue with CPUs of its own within that limit.</summary>
    Writeback = 1,

    /// <summary>The watchdogs for CPUs that hang, which wake each of them every few seconds.</summary>
    Watchdog = 2,

    /// <summary>Interrupts that are asked for from now on, unless the driver says otherwise.</summary>
    NewInterrupts = 3,

    /// <summary>Threads of RCU that can be moved: with rcu_nocbs those that call back for other CPUs (rcuop, rcuog).</summary>
    RcuThreads = 4,

    /// <summary>The other threads of the kernel that can be moved.</summary>
    KernelThreads = 5,
}

/// <summary>CPUs on which one part of the kernel's background work is done.</summary>
public sealed record CpuHousekeeping
{
    /// <summary>Which part.</summary>
    public CpuHousekeepingPart Part { get; internal init; }

    /// <summary>CPUs that it may use; of threads, those of all together.</summary>
    public CpuList Cpus { get; internal init; } = CpuList.Empty;

    /// <summary>CPUs among them that are to run capture and nothing else: isolated ones, and those of workers. Of writeback, within the limit of unbound work.</summary>
    public CpuList StrayCpus { get; internal init; } = CpuList.Empty;

    /// <summary>Names of the threads; empty where it is a setting and no threads.</summary>
    public string[] Threads { get; internal init; } = [];

    /// <summary>File that says so; null for threads.</summary>
    public string? Path { get; internal init; }
}
