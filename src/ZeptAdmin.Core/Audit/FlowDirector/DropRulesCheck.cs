using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>G9: what the card drops before anybody sees it. Information.</summary>
internal sealed class DropRulesCheck() : InterfaceCheck(
    "G9.DropRules",
    CheckCategory.FlowDirector,
    "on record (there is no wrong one)",
    "Dropping elephants in the card is cheap and right, but what it drops no log will ever show: whoever knows of the rule can use its port to leave unseen.",
    "field.md G9")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicFlowRule[]> answer = subject.FlowRules(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        string[] drops = [.. answer.Value.Where(rule => rule.Action == FlowRuleAction.Drop).Select(rule => rule.Match)];
        return Result(drops.Length == 0 ? NotApplicable : Pass, interfaceName, Expected, drops.Length == 0 ? "the card drops nothing" : $"unseen: {Words.List(drops, 2)}");
    }
}
