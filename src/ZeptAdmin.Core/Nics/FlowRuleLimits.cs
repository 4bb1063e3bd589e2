using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Nics;

/// <summary>What drivers are known to refuse of flow rules, and which rule stands in the way.</summary>
internal static class FlowRuleLimits
{
    /// <summary>The refusal to come; null when none is known.</summary>
    /// <param name="driver">Driver of the card.</param>
    /// <param name="rule">Rule that is wanted.</param>
    /// <param name="present">Rules that are there.</param>
    public static Refusal? Predict(string driver, NicFlowRule rule, NicFlowRule[] present) => DriverTable.Find(driver)?.FlowRules switch
    {
        FlowRuleLimit.SharedFieldsPerFlowType => SharedFields(driver, rule, present),
        FlowRuleLimit.OneMask => OneMask(driver, rule, present),
        FlowRuleLimit.EtherTypeToQueue => EtherTypeToQueue(driver, rule),
        _ => null,
    };

    /// <summary>
    /// True where a rule on IP takes what has no kind of its own and fragments, but neither TCP nor UDP nor SCTP: i40e programs it for the packet
    /// types NONF_IPV4_OTHER and FRAG_IPV4 alone (drivers/net/ethernet/intel/i40e/i40e_txrx.c, i40e_add_del_fdir_ip).
    /// </summary>
    /// <param name="driver">Driver of the card.</param>
    /// <param name="rule">A rule of it.</param>
    public static bool IsOfOtherPackets(string? driver, NicFlowRule rule) =>
        rule.FlowType is FlowRuleType.Ip4 or FlowRuleType.Ip6 && DriverTable.Find(driver)?.FlowRules == FlowRuleLimit.SharedFieldsPerFlowType;

    // field.md G6; i40e_check_fdir_input_set
    private static Refusal? SharedFields(string driver, NicFlowRule rule, NicFlowRule[] present)
    {
        NicFlowMatch? partial = Array.Find(rule.Fields, match => match.Mask is not null && match.Field != FlowRuleField.VlanTag);
        if (partial is not null)
        {
            return Refuse(Errno.EOPNOTSUPP, rule, $"{driver} compares fields whole, and '{partial}' is a part (field.md G6).");
        }

        if (rule.FlowType == FlowRuleType.Ether || Array.Exists(rule.Fields, match => match.Field == FlowRuleField.Protocol))
        {
            return Refuse(Errno.EOPNOTSUPP, rule, $"{driver} has no rules on Ethernet headers nor on protocol numbers; take Tcp4, Udp4, Sctp4 or their IPv6 kinds.");
        }

        NicFlowRule? other = Array.Find(present, other => other.FlowType == rule.FlowType && !Names(other).SetEquals(Names(rule)));
        return other is not null
            ? Refuse(
                Errno.EOPNOTSUPP,
                rule,
                $"{driver} compares the same fields in all rules of one kind of packets (field.md G6), and rule {other.Location} is on {string.Join(", ", Names(other))}. Remove-NicFlowRule {CommandWord.Quote(rule.InterfaceName)} -Location {other.Location} first.")
            : null;
    }

    // ixgbe_add_ethtool_fdir_entry, ixgbe_flowspec_to_flow_type
    private static Refusal? OneMask(string driver, NicFlowRule rule, NicFlowRule[] present)
    {
        if (rule.FlowType is not (FlowRuleType.Tcp4 or FlowRuleType.Udp4 or FlowRuleType.Sctp4 or FlowRuleType.Ip4))
        {
            return Refuse(Errno.EINVAL, rule, $"{driver} has rules on IPv4 only.");
        }

        NicFlowRule? other = Array.Find(present, other => !Masks(other).SetEquals(Masks(rule)));
        return other is not null
            ? Refuse(
                Errno.EINVAL,
                rule,
                $"{driver} has one mask for all rules, and rule {other.Location} ({other.Match}) has another. Remove-NicFlowRule {CommandWord.Quote(rule.InterfaceName)} -Location {other.Location} first.")
            : null;
    }

    // igb_add_ethtool_nfc_entry
    private static Refusal? EtherTypeToQueue(string driver, NicFlowRule rule) =>
        rule.FlowType == FlowRuleType.Ether && rule.Action == FlowRuleAction.Queue && Names(rule).Contains(FlowRuleField.EtherType) && !Names(rule).Contains(FlowRuleField.VlanTag)
            ? null
            : Refuse(Errno.EINVAL, rule, $"{driver} has rules on Ethernet headers with an EtherType only, to a queue: -FlowType Ether -EtherType 0x88cc -ToQueue 1.");

    private static HashSet<FlowRuleField> Names(NicFlowRule rule) => [.. rule.Fields.Select(match => match.Field)];

    // The kind of transport is part of the mask: Ip4 without a protocol compares none.
    private static HashSet<string> Masks(NicFlowRule rule) =>
    [
        .. rule.Fields.Where(match => match.Field != FlowRuleField.Protocol).Select(match => $"{match.Field}/{match.Mask}"),
        rule.FlowType == FlowRuleType.Ip4 && !Names(rule).Contains(FlowRuleField.Protocol) ? "any transport" : "one transport",
    ];

    private static Refusal Refuse(Errno errno, NicFlowRule rule, FormattableString detail) =>
        NicFlowRulePlanner.Refuse(errno, rule.InterfaceName, FormattableString.Invariant(detail));
}
