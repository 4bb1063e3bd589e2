using System.Globalization;

namespace ZeptAdmin.Nics;

/// <summary>Kinds of packets that a flow rule matches, with the kernel's numbers (linux/ethtool.h).</summary>
public enum FlowRuleType
{
    /// <summary>A kind that has no name here.</summary>
    Other = 0,
    /// <summary>TCP over IPv4.</summary>
    Tcp4 = 0x01,
    /// <summary>UDP over IPv4.</summary>
    Udp4 = 0x02,
    /// <summary>SCTP over IPv4.</summary>
    Sctp4 = 0x03,
    /// <summary>TCP over IPv6.</summary>
    Tcp6 = 0x05,
    /// <summary>UDP over IPv6.</summary>
    Udp6 = 0x06,
    /// <summary>SCTP over IPv6.</summary>
    Sctp6 = 0x07,
    /// <summary>IPsec AH over IPv4.</summary>
    Ah4 = 0x09,
    /// <summary>IPsec ESP over IPv4.</summary>
    Esp4 = 0x0a,
    /// <summary>IPsec AH over IPv6.</summary>
    Ah6 = 0x0b,
    /// <summary>IPsec ESP over IPv6.</summary>
    Esp6 = 0x0c,
    /// <summary>IPv4 with any or one transport (<c>IPV4_USER_FLOW</c>).</summary>
    Ip4 = 0x0d,
    /// <summary>IPv6 with any or one transport (<c>IPV6_USER_FLOW</c>).</summary>
    Ip6 = 0x0e,
    /// <summary>Ethernet header.</summary>
    Ether = 0x12,
}

/// <summary>What becomes of the packets that a flow rule matches.</summary>
public enum FlowRuleAction
{
    /// <summary>They go to one queue.</summary>
    Queue,
    /// <summary>The card drops them: the host never sees them (<c>action -1</c>).</summary>
    Drop,
    /// <summary>They wake the machine (<c>RX_CLS_FLOW_WAKE</c>).</summary>
    WakeOnLan,
    /// <summary>An RSS context spreads them over its queues.</summary>
    RssContext,
}

/// <summary>Fields of a packet that a flow rule compares.</summary>
public enum FlowRuleField
{
    /// <summary>Source IP address.</summary>
    SourceAddress,
    /// <summary>Destination IP address.</summary>
    DestinationAddress,
    /// <summary>Source port.</summary>
    SourcePort,
    /// <summary>Destination port.</summary>
    DestinationPort,
    /// <summary>Security parameter index of IPsec.</summary>
    Spi,
    /// <summary>Type of service of IPv4, traffic class of IPv6.</summary>
    TrafficClass,
    /// <summary>Number of the transport protocol.</summary>
    Protocol,
    /// <summary>First four bytes of the transport header.</summary>
    TransportBytes,
    /// <summary>Source MAC address.</summary>
    SourceMac,
    /// <summary>Destination MAC address.</summary>
    DestinationMac,
    /// <summary>EtherType.</summary>
    EtherType,
    /// <summary>EtherType of the VLAN tag.</summary>
    VlanEtherType,
    /// <summary>VLAN tag: priority, DEI and VLAN id in 16 bits.</summary>
    VlanTag,
    /// <summary>Two words of 32 bits whose meaning is the driver's (<c>user-def</c>).</summary>
    UserDefined,
}

/// <summary>One field that a flow rule compares.</summary>
public sealed record NicFlowMatch
{
    /// <summary>Field of the packet.</summary>
    public FlowRuleField Field { get; internal init; }

    /// <summary>Value to compare with: an address, a decimal port or protocol, hexadecimal otherwise.</summary>
    public string Value { get; internal init; } = "";

    /// <summary>Bits that are compared, as the kernel keeps them (ethtool shows and takes the opposite); null when the field is compared whole.</summary>
    public string? Mask { get; internal init; }

    /// <summary>Field, value and mask: <c>SourcePort 514</c>, <c>SourceAddress 10.0.0.0/255.0.0.0</c>.</summary>
    public override string ToString() => Mask is null ? $"{Field} {Value}" : $"{Field} {Value}/{Mask}";
}

/// <summary>One rule of a card's receive classifier (ntuple, Flow Director).</summary>
/// <remarks>From <c>ETHTOOL_GRXCLSRULE</c>. A packet that matches several rules follows the one with the lowest location.</remarks>
public sealed record NicFlowRule
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Place of the rule in the table, by which it is removed.</summary>
    public long Location { get; internal init; }

    /// <summary>Kind of packets.</summary>
    public FlowRuleType FlowType { get; internal init; }

    /// <summary>Fields compared; none matches every packet of the kind.</summary>
    public NicFlowMatch[] Fields { get; internal init; } = [];

    /// <summary>What becomes of the packets.</summary>
    public FlowRuleAction Action { get; internal init; }

    /// <summary>Receive queue they go to; with an RSS context, what is added to the queue of its table; null when they go to none.</summary>
    public long? Queue { get; internal init; }

    /// <summary>Virtual function that owns the queue, from 0; null for the interface itself.</summary>
    public int? VirtualFunction { get; internal init; }

    /// <summary>RSS context that spreads them; null when none does.</summary>
    public long? RssContext { get; internal init; }

    /// <summary>Places that the table has; null when the driver does not say.</summary>
    public long? TableSize { get; internal init; }

    /// <summary>Kind and fields in one line: <c>Udp4 SourcePort 514</c>.</summary>
    public string Match => Fields.Length == 0 ? FlowType.ToString() : $"{FlowType} {string.Join(", ", Fields.Select(match => match.ToString()))}";

    /// <summary>Action and its target in a few words: <c>Drop</c>, <c>Queue 3</c>, <c>VF 1 queue 3</c>, <c>RssContext 2</c>.</summary>
    public string Target => Action switch
    {
        FlowRuleAction.Queue when VirtualFunction is int function => string.Create(CultureInfo.InvariantCulture, $"VF {function} queue {Queue}"),
        FlowRuleAction.Queue => string.Create(CultureInfo.InvariantCulture, $"Queue {Queue}"),
        FlowRuleAction.RssContext => string.Create(CultureInfo.InvariantCulture, $"RssContext {RssContext}"),
        _ => Action.ToString(),
    };
}
