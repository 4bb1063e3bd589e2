using System.Globalization;
using ZeptAdmin.Irqs;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F11: the softirq's budget, in packets and in microseconds.</summary>
internal sealed class NetBudgetCheck() : Check(
    "F11.NetBudget",
    CheckCategory.Interrupt,
    "A softirq that has used up its packets or its time leaves the ring to fill. Since Linux 4.12 the time ends most rounds first, so raising the packets alone often changes nothing.",
    "field.md F11; net/core/dev.c net_rx_action; LNX 7acf8a1e8a28")
{
    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        NetBudget budget = subject.Read(NetBudgets.Get);
        string expected = string.Create(CultureInfo.InvariantCulture, $"{NetBudgets.LeastPackets} packets or more, {NetBudgets.LeastMicroseconds} us or more");
        if (budget.Packets is null)
        {
            yield return Result(Unknown, Machine, expected, "/proc/sys/net/core/netdev_budget cannot be read");
            yield break;
        }

        string time = budget.Microseconds is null ? "2 jiffies (kernel before 4.12)" : string.Create(CultureInfo.InvariantCulture, $"{budget.Microseconds} us");
        string squeezed = subject.Read(SoftnetStats.Get).Try(out SoftnetStat[]? stats)
            ? string.Create(CultureInfo.InvariantCulture, $"; ended early {Words.Count(stats.Sum(stat => (long)stat.TimeSqueeze), "time")} since boot")
            : "";
        yield return Result(
            budget.Packets < NetBudgets.LeastPackets || budget.Microseconds < NetBudgets.LeastMicroseconds ? Warn : Pass,
            Machine,
            expected,
            string.Create(CultureInfo.InvariantCulture, $"{budget.Packets} packets, {time}{squeezed}"),
            $"Set-NetBudget {NetBudgets.Arguments(budget)}");
    }
}
