namespace ZeptAdmin.Nics;

/// <summary>A flow rule that is wanted: what it matches and what becomes of the packets.</summary>
public sealed record NicFlowRuleWish
{
    /// <summary>Kind of packets.</summary>
    public FlowRuleType FlowType { get; init; }

    /// <summary>Source address, with a prefix length or without (<c>10.0.0.0/8</c>); of Ether a MAC address.</summary>
    public string? Source { get; init; }

    /// <summary>Destination address, with a prefix length or without; of Ether a MAC address.</summary>
    public string? Destination { get; init; }

    /// <summary>Source port.</summary>
    public int? SourcePort { get; init; }

    /// <summary>Destination port.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>Number of the transport protocol, of Ip4 and Ip6.</summary>
    public int? Protocol { get; init; }

    /// <summary>EtherType, of Ether.</summary>
    public int? EtherType { get; init; }

    /// <summary>VLAN id, 0 to 4095.</summary>
    public int? Vlan { get; init; }

    /// <summary>What becomes of the packets.</summary>
    public FlowRuleAction Action { get; init; }

    /// <summary>Receive queue, or RSS context, that the packets go to.</summary>
    public uint ActionTarget { get; init; }

    /// <summary>Place in the table; null for the highest free one, or the driver's own choice.</summary>
    public uint? Location { get; init; }
}
