using System.Globalization;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Flows;

/// <summary>What one receive queue received while it was measured.</summary>
public sealed record NicQueueRate
{
    /// <summary>Receive queue; null for packets whose driver recorded none.</summary>
    public int? Queue { get; internal init; }

    /// <summary>Packets, after the kernel has joined segments (GRO).</summary>
    public long Packets { get; internal init; }

    /// <summary>Packets a second.</summary>
    public double PacketsPerSecond { get; internal init; }

    /// <summary>Part of all packets, 0 to 1.</summary>
    public double Share { get; internal init; }

    /// <summary>Flows with a packet in this queue; one whose directions part counts in both its queues.</summary>
    public long Flows { get; internal init; }
}

/// <summary>A flow whose directions arrived on different queues.</summary>
public sealed record NicPartedFlow
{
    /// <summary>Source address.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>Source port; null where there is none.</summary>
    public int? SourcePort { get; internal init; }

    /// <summary>Destination address.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>Destination port; null where there is none.</summary>
    public int? DestinationPort { get; internal init; }

    /// <summary>Number of the transport protocol.</summary>
    public int Protocol { get; internal init; }

    /// <summary>Queue on which packets from source to destination arrived.</summary>
    public int Queue { get; internal init; }

    /// <summary>Queue on which the other direction arrived.</summary>
    public int ReturnQueue { get; internal init; }

    /// <summary>Connection and queues in one line: <c>10.1.2.3:40000 8.8.8.8:53/17: queue 3, back 5</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{NsmFlow.Endpoint(Source, SourcePort)} {NsmFlow.Endpoint(Destination, DestinationPort)}/{Protocol}: queue {Queue}, back {ReturnQueue}");
}

/// <summary>Whether the two directions of live flows arrive on one queue, and whether they arrive where they are predicted.</summary>
/// <remarks>
/// Seen by a fanout group by queue mapping (field.md J6): headers only. What a card does and what it tells may differ (field.md H15): this looks.
/// </remarks>
public sealed record NicFlowSymmetry
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Driver of the interface; null when it does not say.</summary>
    public string? Driver { get; internal init; }

    /// <summary>Seconds that were measured.</summary>
    public double Seconds { get; internal init; }

    /// <summary>Packets that the interface received, after the kernel has joined segments (GRO).</summary>
    public long Packets { get; internal init; }

    /// <summary>Packets among them that this measurement was too slow for: they are in the rates, and in nothing else. Nobody else loses them.</summary>
    public long MissedPackets { get; internal init; }

    /// <summary>Fragments among them; they are no flow's.</summary>
    public long Fragments { get; internal init; }

    /// <summary>Packets among them that are no IP to a card.</summary>
    public long OtherPackets { get; internal init; }

    /// <summary>Packets of flows that no longer fit the memory set aside, and of IPv6 with extension headers that are not followed.</summary>
    public long UnfollowedPackets { get; internal init; }

    /// <summary>Flows by addresses, protocol and ports, both directions together.</summary>
    public long Flows { get; internal init; }

    /// <summary>Flows of which both directions were seen, each on a known queue.</summary>
    public long TwoWayFlows { get; internal init; }

    /// <summary>Of those, flows whose directions arrived on different queues.</summary>
    public long AsymmetricFlows { get; internal init; }

    /// <summary>Asymmetric part of the two-way flows, 0 to 1; null when there are none.</summary>
    public double? AsymmetricShare => TwoWayFlows == 0 ? null : (double)AsymmetricFlows / TwoWayFlows;

    /// <summary>Directions of flows that arrived on more than one queue: settings were changed meanwhile, or ATR moved them.</summary>
    public long MovedDirections { get; internal init; }

    /// <summary>Directions of flows whose queue was predicted of the card's settings.</summary>
    public long PredictedDirections { get; internal init; }

    /// <summary>Of those, directions that arrived on the predicted queue.</summary>
    public long EqualDirections { get; internal init; }

    /// <summary>Equal part of the predicted directions, 0 to 1; null when nothing could be predicted.</summary>
    public double? EqualShare => PredictedDirections == 0 ? null : (double)EqualDirections / PredictedDirections;

    /// <summary>What explains where the packets arrived, all of them: the settings as shown, or what has to be changed of them; null when nothing known does.</summary>
    public string? Explanation { get; internal init; }

    /// <summary>Hash key that explains where all packets arrived, for -Key of Resolve-NsmFlow; null when none is known.</summary>
    public RssKey? Key { get; internal init; }

    /// <summary>What each queue received.</summary>
    public NicQueueRate[] Queues { get; internal init; } = [];

    /// <summary>Some flows whose directions parted; they pipe into Resolve-NsmFlow.</summary>
    public NicPartedFlow[] Parted { get; internal init; } = [];

    /// <summary>What bears on the figures, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];
}
