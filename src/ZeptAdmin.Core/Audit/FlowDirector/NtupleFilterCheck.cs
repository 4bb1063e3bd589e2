using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>G7: exact filters are on, so that rules can drop in the card.</summary>
internal sealed class NtupleFilterCheck() : InterfaceCheck(
    "G7.NtupleFilter",
    CheckCategory.FlowDirector,
    "on with several queues",
    "Only with exact filters on does the card take rules that drop or steer; turning them off flushes the rules. One source turns them off, for a port with one queue; this check follows the others for several.",
    "field.md G7, R3, R4")
{
    /// <summary>The kernel's name of the feature.</summary>
    internal const string Feature = "rx-ntuple-filter";

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicFeature[]> answer = subject.Features(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        return Array.Find(answer.Value, feature => feature.Feature == Feature) switch
        {
            { IsOn: true } => Result(Pass, interfaceName, Expected, "on"),
            null or { IsFixed: true } => Result(NotApplicable, interfaceName, Expected, "the card has none"),
            _ when subject.Queues(interfaceName) is 1 => Result(Pass, interfaceName, Expected, "off, with one queue"),
            _ => Result(Warn, interfaceName, Expected, "off: the card takes no rules", $"Set-NicFeature {Quote(interfaceName)} {Feature} -On"),
        };
    }
}
