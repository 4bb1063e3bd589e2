namespace ZeptAdmin.Rss.Balance;

/// <summary>What one receive queue gets.</summary>
public sealed record RssQueueLoad
{
    /// <summary>Receive queue.</summary>
    public int Queue { get; internal init; }

    /// <summary>Packets.</summary>
    public long Packets { get; internal init; }

    /// <summary>Bytes on the wire.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Flows with a packet in this queue; one whose directions part counts in both its queues.</summary>
    public long Flows { get; internal init; }

    /// <summary>Fragments among the packets.</summary>
    public long Fragments { get; internal init; }

    /// <summary>Part of all packets, 0 to 1.</summary>
    public double Share { get; internal init; }
}

/// <summary>A flow with many packets, both directions together.</summary>
public sealed record RssHeavyFlow
{
    /// <summary>Source address of the direction with more packets.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>Source port; null where there is none.</summary>
    public int? SourcePort { get; internal init; }

    /// <summary>Destination address.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>Destination port; null where there is none.</summary>
    public int? DestinationPort { get; internal init; }

    /// <summary>Number of the transport protocol.</summary>
    public int Protocol { get; internal init; }

    /// <summary>Packets of both directions; an upper bound when the flows are not exact.</summary>
    public long Packets { get; internal init; }

    /// <summary>Bytes on the wire, both directions.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Part of all packets, 0 to 1.</summary>
    public double Share { get; internal init; }

    /// <summary>Queue of the packets from source to destination.</summary>
    public int Queue { get; internal init; }

    /// <summary>Queue of the other direction, whether it was seen or not.</summary>
    public int ReturnQueue { get; internal init; }
}

/// <summary>Packets that are wrapped in something.</summary>
public sealed record RssEncapsulationShare
{
    /// <summary>What they are wrapped in; a packet in several counts for each.</summary>
    public Captures.Encapsulations Kind { get; internal init; }

    /// <summary>Packets.</summary>
    public long Packets { get; internal init; }

    /// <summary>Part of all packets, 0 to 1.</summary>
    public double Share { get; internal init; }
}

/// <summary>How one setting of receive-side scaling spreads the packets of captures or logs.</summary>
/// <remarks>
/// Hash: Toeplitz over what a card sees (field.md H3, H4, H11): behind two VLAN tags, the outer header of tunnels, no IP behind MPLS and
/// PPPoE; addresses only for fragments and for what is not TCP, UDP or SCTP. Queue: table[hash mod size]; 0 for what has no hash.
/// </remarks>
public sealed record RssBalance
{
    /// <summary>Captures and logs that were read.</summary>
    public string[] Path { get; internal init; } = [];

    /// <summary>Interface whose setting it is; null for one that was asked about.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Hash key.</summary>
    public RssKey? Key { get; internal init; }

    /// <summary>Hashed fields in ethtool's letters (<c>sdfn</c>); kinds and letters where kinds differ.</summary>
    public string Fields { get; internal init; } = "";

    /// <summary>What is done to the input before it is hashed.</summary>
    public RssInputTransform InputTransform { get; internal init; }

    /// <summary>Number of queues.</summary>
    public int Queues { get; internal init; }

    /// <summary>Entries of the indirection table.</summary>
    public int TableSize { get; internal init; }

    /// <summary>True when the innermost headers were hashed instead of what a card sees (-Inner).</summary>
    public bool IsInner { get; internal init; }

    /// <summary>Packets read.</summary>
    public long Packets { get; internal init; }

    /// <summary>Their bytes on the wire; of conn.log, the bytes from the IP header on.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Packets without a hash (no IP in the card's eyes): they go to queue 0.</summary>
    public long UnhashedPackets { get; internal init; }

    /// <summary>Packets of the fullest queue, divided by the mean of the queues; 1 is even. Null without packets.</summary>
    public double? MaxToMean { get; internal init; }

    /// <summary>Flows by addresses, protocol and ports, both directions together; fragments are not among them.</summary>
    public long Flows { get; internal init; }

    /// <summary>
    /// True when flows were counted one by one. False when there were more directions than fit the memory set aside (3.1 million): those behind
    /// are estimated (HyperLogLog, 1.6 % standard error) and their heaviest kept by Space-Saving; packets and bytes of queues stay exact.
    /// </summary>
    public bool IsFlowCountExact { get; internal init; }

    /// <summary>Flows of which both directions were seen, among those counted one by one.</summary>
    public long TwoWayFlows { get; internal init; }

    /// <summary>Of those, flows whose directions go to different queues.</summary>
    public long AsymmetricFlows { get; internal init; }

    /// <summary>Asymmetric part of the two-way flows, 0 to 1; null when there are none.</summary>
    public double? AsymmetricShare => TwoWayFlows == 0 ? null : (double)AsymmetricFlows / TwoWayFlows;

    /// <summary>Fragments of IPv4 and IPv6 datagrams.</summary>
    public long Fragments { get; internal init; }

    /// <summary>First fragments that go to another queue than the whole packets of the same ports: the cost of hashing ports.</summary>
    public long PartedFragments { get; internal init; }

    /// <summary>What each queue gets.</summary>
    public RssQueueLoad[] ByQueue { get; internal init; } = [];

    /// <summary>
    /// What each worker gets that captures from the interface now; empty when nobody does, when that is not told, and for a setting that was
    /// asked about. Two programs both get everything: shares add up to 1 for each fanout group.
    /// </summary>
    public RssWorkerLoad[] ByWorker { get; internal init; } = [];

    /// <summary>Packets by entry of the indirection table; those without a hash come by none.</summary>
    public long[] EntryPackets { get; internal init; } = [];

    /// <summary>Queue of each entry of the indirection table.</summary>
    public int[] EntryQueues { get; internal init; } = [];

    /// <summary>Flows with the most packets, heaviest first.</summary>
    public RssHeavyFlow[] HeaviestFlows { get; internal init; } = [];

    /// <summary>What packets are wrapped in; kinds without a packet are left out.</summary>
    public RssEncapsulationShare[] Encapsulations { get; internal init; } = [];

    /// <summary>What was assumed of the card, or cannot be reckoned, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];

    /// <summary>Fields, key and queues in a few words: <c>sd 6D:5A… 6 of 128</c>.</summary>
    public string Setting => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{(InterfaceName is null ? "" : InterfaceName + " ")}{(Fields.Contains(' ', StringComparison.Ordinal) ? "(by kind)" : Fields)} {(Key is RssKey key ? NicRss.Summarize(key) : "")}");
}
