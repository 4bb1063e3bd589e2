namespace ZeptAdmin.Irqs;

/// <summary>How long a softirq may work on received packets before it gives the CPU back.</summary>
/// <remarks>A round ends at the first limit that is reached. net/core/dev.c net_rx_action; field.md F11.</remarks>
public sealed record NetBudget
{
    /// <summary>Packets a round: <c>net.core.netdev_budget</c>.</summary>
    public int? Packets { get; internal init; }

    /// <summary>Microseconds a round: <c>net.core.netdev_budget_usecs</c>; null on kernels before 4.12, where it is two jiffies.</summary>
    public int? Microseconds { get; internal init; }

    /// <summary>Packets that one queue may take at a time: <c>net.core.dev_weight</c>.</summary>
    public int? Weight { get; internal init; }

    /// <summary>What to make of it, with how often CPUs ended a round early since boot, as a sentence; null when the machine does not say that.</summary>
    public string? Advice { get; internal init; }
}
