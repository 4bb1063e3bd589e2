using ZeptAdmin.Linux;
using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A check of how a card spreads packets over several queues; with one queue there is nothing to spread.</summary>
internal abstract class RssCheck(string id, string expected, string why, string reference)
    : InterfaceCheck(id, CheckCategory.Rss, expected, why, reference)
{
    /// <inheritdoc/>
    protected sealed override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        int? queues = subject.Queues(interfaceName);
        if (queues == 1)
        {
            return Result(NotApplicable, interfaceName, Expected, "one queue: all packets meet in it");
        }

        Answer<NicRss> answer = subject.Rss(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            // A card that spreads without telling how is not the same as one that does not spread.
            return refusal.Errno.MeansUnsupported() && queues > 1
                ? Result(Unknown, interfaceName, Expected, $"the driver does not tell how it spreads over {queues} queues")
                : Result(refusal, interfaceName, Expected);
        }

        return Run(interfaceName, answer.Value, subject);
    }

    /// <summary>Looks at a card with several queues, or whose queues are not known.</summary>
    protected abstract CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject);
}
