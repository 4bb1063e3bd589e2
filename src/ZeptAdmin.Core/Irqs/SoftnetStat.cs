namespace ZeptAdmin.Irqs;

/// <summary>What the receive softirq of one CPU has done since boot.</summary>
/// <remarks>
/// /proc/net/softnet_stat (net/core/net-procfs.c); field.md K9, K10. Counters are 32 bits wide and wrap, after some 70 minutes at a
/// million packets a second: compare two with <see cref="SoftnetStats.Difference"/>. Columns that an older kernel lacks are null.
/// </remarks>
public sealed record SoftnetStat
{
    /// <summary>The CPU.</summary>
    public int Cpu { get; internal init; }

    /// <summary>True when the kernel (before 5.10) does not say which CPU it is, and the order of rows was taken for that of the online CPUs.</summary>
    public bool IsCpuAssumed { get; internal init; }

    /// <summary>Packets that went through the stack's entrance here.</summary>
    public uint Processed { get; internal init; }

    /// <summary>Packets dropped because the CPU's backlog was full; see <see cref="IsRpsUsed"/> for what that means.</summary>
    public uint Dropped { get; internal init; }

    /// <summary>How often the softirq ended for want of budget or time with packets left over: growing means that the CPU is too slow or the budget too small.</summary>
    public uint TimeSqueeze { get; internal init; }

    /// <summary>Collisions of transmitting CPUs; always 0 on today's kernels.</summary>
    public uint Collision { get; internal init; }

    /// <summary>How often another CPU woke this one for packets by RPS; null before Linux 2.6.35.</summary>
    public uint? ReceivedRps { get; internal init; }

    /// <summary>Packets dropped by the flow limit of the backlog; null before Linux 3.11.</summary>
    public uint? FlowLimit { get; internal init; }

    /// <summary>Packets in the backlog at this moment; null before Linux 5.10.</summary>
    public uint? Backlog { get; internal init; }

    /// <summary>Packets of the backlog that wait to be taken; null on older kernels.</summary>
    public uint? InputQueueLength { get; internal init; }

    /// <summary>Packets of the backlog that are being processed; null on older kernels.</summary>
    public uint? ProcessQueueLength { get; internal init; }

    /// <summary>True when RPS has handed packets to this CPU, or a queue is set to do so.</summary>
    /// <remarks>
    /// Cards with NAPI do not use the backlog unless RPS hands their packets on, so <see cref="Dropped"/> then counts losses of captured
    /// traffic only where this is true; elsewhere it counts those of loopback, veth, tun and generic XDP (field.md K9).
    /// </remarks>
    public bool IsRpsUsed { get; internal init; }
}
