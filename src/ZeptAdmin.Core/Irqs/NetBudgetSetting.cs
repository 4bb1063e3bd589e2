using ZeptAdmin.Changes;

namespace ZeptAdmin.Irqs;

/// <summary>One of the limits of a softirq round: <c>netdev_budget</c> (packets), <c>netdev_budget_usecs</c>, <c>dev_weight</c> (packets a poll).</summary>
/// <remarks>net/core/sysctl_net_core.c; field.md F11.</remarks>
public sealed class NetBudgetSetting : FileSetting
{
    /// <inheritdoc/>
    public override string Kind => "NetBudget";

    /// <inheritdoc/>
    protected override string Noun => "softirq limit";

    /// <inheritdoc/>
    protected override string PathOf(string target) => $"/proc/sys/net/core/{target}";
}
