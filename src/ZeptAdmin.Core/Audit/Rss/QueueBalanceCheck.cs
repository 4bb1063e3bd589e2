using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H11, H12: the queues have received about the same.</summary>
/// <remarks>Counters run since the driver was loaded, so this shows what lasts. Tunnels that hash by one outer address pair show here.</remarks>
internal sealed class QueueBalanceCheck() : InterfaceCheck(
    "H12.QueueBalance",
    CheckCategory.Rss,
    "no queue above twice the mean",
    "What the settings promise the counters must show. One queue with most packets means an elephant, or a tunnel (GRE, VXLAN, MPLS, PPPoE) that the card hashes by its outside only.",
    "field.md H11, H12, Q3")
{
    // Below this, a few connections are the whole traffic and balance means nothing.
    private const double LeastPacketsOfQueue = 10_000;

    // An elephant may take the share of one queue beside its own before anything is wrong; good keys stay under 1.1 (field.md H5).
    private const double Most = 2;

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        if (subject.Queues(interfaceName) == 1)
        {
            return Result(NotApplicable, interfaceName, Expected, "one queue");
        }

        Answer<NicCounter[]> answer = subject.Counters(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        // Drivers list counters of queues that are not in use, too.
        int queues = subject.Queues(interfaceName) ?? int.MaxValue;
        double[] packets =
        [
            .. answer.Value
                .Where(counter => counter is { CanonicalName: "rx_packets", Direction: CounterDirection.Receive } && counter.Queue < queues)
                .GroupBy(counter => counter.Queue)
                .Select(queue => (double)queue.Max(counter => counter.Value)),
        ];
        if (packets.Length < 2)
        {
            return Result(Unknown, interfaceName, Expected, "the driver does not count packets by queue");
        }

        double mean = packets.Average();
        double ratio = packets.Max() / Math.Max(mean, 1);
        string actual = string.Create(CultureInfo.InvariantCulture, $"the busiest of {packets.Length} queues has {Words.Number(ratio, "0.0#")} times the mean");
        return mean < LeastPacketsOfQueue
            ? Result(Unknown, interfaceName, Expected, $"too few packets to tell ({Words.Number(packets.Sum(), "0")})")
            : Result(
                ratio > Most ? Warn : Pass, interfaceName, Expected, actual,
                $"Get-NicCounter {Quote(interfaceName)} shows the queues. For elephants: drop them early with Add-NicFlowRule; for tunnels: take them apart before the sensor, or use FANOUT_HASH.");
    }
}
