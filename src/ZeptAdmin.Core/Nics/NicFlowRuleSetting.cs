using System.Globalization;
using System.Runtime.InteropServices;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>The flow rules of an interface, all of them, since they bear on each other.</summary>
/// <remarks>
/// The value is <c>{ Picks, Rules: [{ Location, Spec, Context }] }</c>: Spec is <c>struct ethtool_rx_flow_spec</c> as the kernel gave it, so that
/// a rule is put back byte for byte; Picks is true where the driver finds the places itself. A driver gives some bytes back differently
/// than it took them (ixgbe sets FLOW_EXT, i40e widens the mask of the VLAN tag), so rules are compared by their meaning.
/// </remarks>
public sealed class NicFlowRuleSetting : Setting
{
    private const string Picks = nameof(Picks);
    private const string Rules = nameof(Rules);
    private const string Location = nameof(Location);
    private const string Spec = nameof(Spec);
    private const string Context = nameof(Context);

    /// <inheritdoc/>
    public override string Kind => "NicFlowRule";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target) => EthtoolFlowRules.Get(sensor.Ethtool, target).Select(Value);

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Answer<JToken> now = Read(sensor, target);
        if (now.Refusal is Refusal unreadable)
        {
            return unreadable;
        }

        (EthtoolFlowRule[] added, EthtoolFlowRule[] removed) = Compare(now.Value, value);

        // What goes may share a mask, or a place, with what comes.
        foreach (EthtoolFlowRule rule in removed)
        {
            if (EthtoolFlowRules.Delete(sensor.Ethtool, target, rule.Spec.Location) is Refusal refusal)
            {
                return refusal;
            }
        }

        foreach (EthtoolFlowRule rule in added)
        {
            if (Insert(sensor, target, rule, (bool)now.Value[Picks]!) is Refusal refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override bool AreSame(JToken left, JToken right) => Compare(left, right) is { Added.Length: 0, Removed.Length: 0 };

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        (EthtoolFlowRule[] added, EthtoolFlowRule[] removed) = Compare(before, after);
        string[] parts = [.. removed.Select(rule => $"remove {Words(target, rule)}"), .. added.Select(rule => $"add {Words(target, rule)}")];
        return parts.Length == 0 ? $"Set the flow rules of '{target}'" : $"Set the flow rules of '{target}': {string.Join("; ", parts)}";
    }

    /// <summary>A value of rules.</summary>
    internal static JToken Value(EthtoolFlowTable table) => new JObject
    {
        [Picks] = table.PicksLocations,
        [Rules] = new JArray(table.Rules.OrderBy(rule => rule.Spec.Location).Select(rule =>
        {
            EthtoolRxFlowSpec spec = rule.Spec;
            return new JObject
            {
                [Location] = spec.Location,
                [Spec] = Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<EthtoolRxFlowSpec>(in spec))),
                [Context] = rule.RssContext,
            };
        })),
    };

    // A driver that finds places itself may not take the place that a rule had; then it gets another.
    private static Refusal? Insert(Sensor sensor, string target, EthtoolFlowRule rule, bool picks)
    {
        Refusal? refusal = EthtoolFlowRules.Insert(sensor.Ethtool, target, rule);
        return refusal is { Errno: Errno.EINVAL } && picks && rule.Spec.Location != EthtoolFlows.RX_CLS_LOC_ANY
            ? EthtoolFlowRules.Insert(sensor.Ethtool, target, rule with { Spec = rule.Spec with { Location = EthtoolFlows.RX_CLS_LOC_ANY } })
            : refusal;
    }

    private static (EthtoolFlowRule[] Added, EthtoolFlowRule[] Removed) Compare(JToken before, JToken after)
    {
        bool picks = (bool)before[Picks]! || (bool)after[Picks]!;
        List<EthtoolFlowRule> added = [];
        List<EthtoolFlowRule> removed = [.. Read(before)];
        foreach (EthtoolFlowRule rule in Read(after))
        {
            string meaning = Meaning(rule, picks);
            int index = removed.FindIndex(other => Meaning(other, picks) == meaning);
            if (index < 0)
            {
                added.Add(rule);
            }
            else
            {
                removed.RemoveAt(index);
            }
        }

        return ([.. added], [.. removed]);
    }

    private static string Meaning(EthtoolFlowRule rule, bool picks)
    {
        NicFlowRule decoded = NicFlowRules.Decode("", rule);
        IEnumerable<string> fields = decoded.Fields
            .Where(match => match.Field is not (FlowRuleField.VlanEtherType or FlowRuleField.UserDefined))
            .Select(match => match.Field == FlowRuleField.VlanTag ? $"{match.Field} {match.Value}" : match.ToString());
        return string.Create(CultureInfo.InvariantCulture, $"{(picks ? 0 : rule.Spec.Location)} {decoded.FlowType} {string.Join(", ", fields)}: {decoded.Target}, {decoded.Queue}");
    }

    private static IEnumerable<EthtoolFlowRule> Read(JToken value) => value[Rules]!.Select(rule =>
        new EthtoolFlowRule(MemoryMarshal.Read<EthtoolRxFlowSpec>(Convert.FromHexString((string)rule[Spec]!)), (uint)rule[Context]!));

    private static string Words(string target, EthtoolFlowRule rule)
    {
        NicFlowRule decoded = NicFlowRules.Decode(target, rule);
        string place = decoded.Location == EthtoolFlows.RX_CLS_LOC_ANY ? "" : string.Create(CultureInfo.InvariantCulture, $"{decoded.Location} ");
        return $"{place}({decoded.Match}: {decoded.Target})";
    }
}
