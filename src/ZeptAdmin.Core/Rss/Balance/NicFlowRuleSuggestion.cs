using ZeptAdmin.Nics;

namespace ZeptAdmin.Rss.Balance;

/// <summary>A flow rule that would drop much of the traffic in the card; pipes into Add-NicFlowRule.</summary>
/// <remarks>What is dropped in the card is seen by nobody. One rule is one direction: a connection needs two.</remarks>
public sealed record NicFlowRuleSuggestion
{
    /// <summary>Interface of the setting; null when none was named.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Kind of packets.</summary>
    public FlowRuleType FlowType { get; internal init; }

    /// <summary>Source address; null for any.</summary>
    public string? Source { get; internal init; }

    /// <summary>Destination address; null for any.</summary>
    public string? Destination { get; internal init; }

    /// <summary>Source port; null for any.</summary>
    public int? SourcePort { get; internal init; }

    /// <summary>Destination port; null for any.</summary>
    public int? DestinationPort { get; internal init; }

    /// <summary>Always true: the card drops what matches.</summary>
    public bool Drop { get; internal init; } = true;

    /// <summary>Packets that it would have dropped.</summary>
    public long Packets { get; internal init; }

    /// <summary>Their bytes on the wire.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Their part of all packets, 0 to 1.</summary>
    public double Share { get; internal init; }
}
