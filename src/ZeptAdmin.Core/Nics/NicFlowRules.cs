using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads the rules of a card's receive classifier.</summary>
public static class NicFlowRules
{
    /// <summary>All rules of one interface, by location; none is a valid answer.</summary>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<NicFlowRule[]> Get(Sensor sensor, string interfaceName) =>
        EthtoolFlowRules.Get(sensor.Ethtool, interfaceName).Select<NicFlowRule[]>(
            table => [.. table.Rules.Select(rule => Decode(interfaceName, rule, table.Size)).OrderBy(rule => rule.Location)]);

    /// <summary>One rule of the kernel's as a record.</summary>
    internal static NicFlowRule Decode(string interfaceName, EthtoolFlowRule rule, uint? tableSize = null)
    {
        EthtoolRxFlowSpec spec = rule.Spec;
        bool spreads = (spec.FlowType & EthtoolFlows.FLOW_RSS) != 0;
        FlowRuleAction action = spec.RingCookie switch
        {
            EthtoolFlows.RX_CLS_FLOW_DISC => FlowRuleAction.Drop,
            EthtoolFlows.RX_CLS_FLOW_WAKE => FlowRuleAction.WakeOnLan,
            _ => spreads ? FlowRuleAction.RssContext : FlowRuleAction.Queue,
        };
        bool hasQueue = action is FlowRuleAction.Queue or FlowRuleAction.RssContext;

        // 0 is the interface itself, n the virtual function n - 1 (ethtool's rxclass.c; i40e_parse_rx_flow_user_data).
        int function = (int)((spec.RingCookie & EthtoolFlows.ETHTOOL_RX_FLOW_SPEC_RING_VF) >> EthtoolFlows.ETHTOOL_RX_FLOW_SPEC_RING_VF_OFF);
        return new NicFlowRule
        {
            InterfaceName = interfaceName,
            Location = spec.Location,
            FlowType = NicFlowFields.TypeOf(spec.FlowType),
            Fields = NicFlowFields.Of(spec),
            Action = action,
            Queue = hasQueue ? (long)(spec.RingCookie & EthtoolFlows.ETHTOOL_RX_FLOW_SPEC_RING) : null,
            VirtualFunction = hasQueue && function > 0 ? function - 1 : null,
            RssContext = spreads ? rule.RssContext : null,
            TableSize = tableSize,
        };
    }
}
