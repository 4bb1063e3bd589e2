using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H7: receive hashing is on.</summary>
internal sealed class ReceiveHashingCheck() : RssCheck(
    "H7.ReceiveHashing",
    "on with several queues",
    "Some drivers stop spreading when it is off, and then one queue gets all; on the others the kernel computes each packet's hash again. One source turns it off, for a port with one queue.",
    "field.md H7, R4")
{
    private const string Feature = "rx-hashing";

    /// <inheritdoc/>
    protected override CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject)
    {
        Answer<NicFeature[]> answer = subject.Features(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        return Array.Find(answer.Value, feature => feature.Feature == Feature) switch
        {
            { IsOn: true } => Result(Pass, interfaceName, Expected, "on"),
            null or { IsFixed: true } => Result(NotApplicable, interfaceName, Expected, "the card does not hand on its hash"),
            _ => Result(Warn, interfaceName, Expected, "off", $"Set-NicFeature {Quote(interfaceName)} {Feature} -On"),
        };
    }
}
