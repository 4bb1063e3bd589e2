using System.Globalization;

namespace ZeptAdmin.Rss;

/// <summary>A connection whose two directions have different hashes.</summary>
public sealed record RssCounterexample
{
    /// <summary>Source address of the one direction.</summary>
    public string SourceAddress { get; internal init; } = "";

    /// <summary>Destination address of the one direction.</summary>
    public string DestinationAddress { get; internal init; } = "";

    /// <summary>Source port of the one direction.</summary>
    public int SourcePort { get; internal init; }

    /// <summary>Destination port of the one direction.</summary>
    public int DestinationPort { get; internal init; }

    /// <summary>Hash of the one direction.</summary>
    public long Hash { get; internal init; }

    /// <summary>Hash of the other direction.</summary>
    public long ReverseHash { get; internal init; }

    /// <summary>Receive queue of the one direction; null when the table is hidden.</summary>
    public int? Queue { get; internal init; }

    /// <summary>Receive queue of the other direction; null when the table is hidden.</summary>
    public int? ReverseQueue { get; internal init; }

    /// <summary>Connection and what becomes of it: <c>10.0.0.1:1024 192.0.2.1:443: queue 3, back 5</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Endpoint(SourceAddress, SourcePort)} {Endpoint(DestinationAddress, DestinationPort)}: {(Queue is null ? $"hash 0x{Hash:x8}, back 0x{ReverseHash:x8}" : $"queue {Queue}, back {ReverseQueue}")}");

    private static string Endpoint(string address, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{port}");
}

/// <summary>Whether the two directions of every connection of a kind meet in one queue, proved of the card's state and not sampled.</summary>
/// <remarks>
/// field.md H4, H5, H10, H14, H15. What a card is told and what it does may differ (H15): Measure-FlowSymmetry looks at the packets.
/// </remarks>
public sealed record RssSymmetry
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Kind of packets.</summary>
    public RssFlowType FlowType { get; internal init; }

    /// <summary>Fields that are hashed.</summary>
    public RssFields Fields { get; internal init; }

    /// <summary>The fields as ethtool takes them.</summary>
    public string Letters => RssFieldsText.Letters(Fields);

    /// <summary>True when both directions of every connection have one hash; null when that cannot be known.</summary>
    public bool? IsSymmetric { get; internal init; }

    /// <summary>
    /// True when both directions of every connection meet in one queue, which a symmetric hash makes and some tables do too; null when that cannot be known.
    /// </summary>
    public bool? IsSameQueue { get; internal init; }

    /// <summary>Why, in a sentence.</summary>
    public string Proof { get; internal init; } = "";

    /// <summary>A connection whose directions part; null when there is none or none is known.</summary>
    public RssCounterexample? Counterexample { get; internal init; }

    /// <summary>Bits of entropy in the hash, 0 to 32 (the rank of its map): 2 to this power hashes can occur; null when not known.</summary>
    public int? EntropyBits { get; internal init; }

    /// <summary>True when all packets of the kind have one hash, so that they all go to one queue; null when not known.</summary>
    public bool? IsConstant => EntropyBits is int bits ? bits == 0 : null;

    /// <summary>Entries of the indirection table that can be reached; null when table or hash are not known.</summary>
    public int? TableEntriesReached { get; internal init; }

    /// <summary>Receive queues that packets of the kind can reach; empty when not known.</summary>
    public int[] Queues { get; internal init; } = [];

    /// <summary>
    /// Packets of the fullest queue over the mean of all queues that the table names, when inputs spread evenly: 1 is even; null when not known.
    /// </summary>
    public double? Balance { get; internal init; }
}
