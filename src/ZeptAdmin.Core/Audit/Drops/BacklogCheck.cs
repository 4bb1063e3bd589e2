using ZeptAdmin.Drops;

namespace ZeptAdmin.Audit;

/// <summary>K9: the backlog of the softirq is not full.</summary>
internal sealed class BacklogCheck() : LayerDropCheck(
    "K9.Backlog",
    [DropLayer.Softirq],
    "no packet dropped at the backlog",
    "RPS, veth and tun hand packets to a CPU by a queue of its own; when that is full they die there. Cards with NAPI pass it by, and then the counter means nothing for them.",
    "field.md K9, K10, R7")
{
    /// <inheritdoc/>
    protected override string Remedy(PacketDrop worst, string interfaceName) => "Get-SoftnetStat -Interval 10 # which CPU; then more CPUs for RPS, or a larger net.core.netdev_max_backlog";
}
