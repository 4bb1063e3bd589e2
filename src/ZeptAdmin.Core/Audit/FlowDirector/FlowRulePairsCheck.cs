using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>G5, G6: each flow rule catches both directions.</summary>
internal sealed class FlowRulePairsCheck() : InterfaceCheck(
    "G5.FlowRulePairs",
    CheckCategory.FlowDirector,
    "each rule with its counterpart for the other direction",
    "A rule on a destination port matches what goes to the server; the answers carry it as source port. Without the second rule half of each conversation is dropped, or lands in another queue than its other half.",
    "field.md G5, G6")
{
    private static readonly Dictionary<FlowRuleField, FlowRuleField> Opposites = new()
    {
        [FlowRuleField.SourceAddress] = FlowRuleField.DestinationAddress,
        [FlowRuleField.DestinationAddress] = FlowRuleField.SourceAddress,
        [FlowRuleField.SourcePort] = FlowRuleField.DestinationPort,
        [FlowRuleField.DestinationPort] = FlowRuleField.SourcePort,
        [FlowRuleField.SourceMac] = FlowRuleField.DestinationMac,
        [FlowRuleField.DestinationMac] = FlowRuleField.SourceMac,
    };

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicFlowRule[]> answer = subject.FlowRules(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        NicFlowRule[] rules = answer.Value;
        if (rules.Length == 0)
        {
            return Result(Pass, interfaceName, Expected, "no flow rules");
        }

        // Where all packets meet in one queue a rule that steers there tears nothing apart.
        bool isOneQueue = subject.Queues(interfaceName) == 1;
        HashSet<string> present = [.. rules.Select(rule => Key(rule, rule.Fields))];
        NicFlowRule[] lonely =
        [
            .. rules.Where(rule => !(isOneQueue && rule.Action == FlowRuleAction.Queue) && !present.Contains(Key(rule, rule.Fields.Select(Mirror)))),
        ];
        if (lonely.Length == 0)
        {
            return Result(Pass, interfaceName, Expected, $"{Words.Count(rules.Length, "rule")}, both directions each");
        }

        NicFlowRule worst = Array.Find(lonely, rule => rule.Action != FlowRuleAction.Drop) ?? lonely[0];
        string more = lonely.Length > 1 ? $" (and {lonely.Length - 1} more)" : "";
        string remedy = DriverTable.Find(subject.Driver(interfaceName))?.FlowRules == FlowRuleLimit.SharedFieldsPerFlowType
            ? $"Remove-NicFlowRule {Quote(interfaceName)} -Location {worst.Location} # the card takes no counterpart on other fields of {worst.FlowType}; drop such traffic before the sensor or in the program"
            : $"Remove-NicFlowRule {Quote(interfaceName)} -Location {worst.Location} # or add its counterpart with Add-NicFlowRule";
        return Result(worst.Action == FlowRuleAction.Drop ? Warn : Fail, interfaceName, Expected, $"one direction only: {worst.Match} -> {worst.Target}{more}", remedy);
    }

    // A table may hold thousands of rules, so each is looked up, not compared with all.
    private static string Key(NicFlowRule rule, IEnumerable<NicFlowMatch> fields) =>
        $"{rule.FlowType} {rule.Target} {string.Join(';', fields.OrderBy(match => match.Field).Select(match => match.ToString()))}";

    private static NicFlowMatch Mirror(NicFlowMatch match) => match with { Field = Opposites.GetValueOrDefault(match.Field, match.Field) };
}
