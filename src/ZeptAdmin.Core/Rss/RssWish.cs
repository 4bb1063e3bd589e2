using ZeptAdmin.Changes;

namespace ZeptAdmin.Rss;

/// <summary>What is wanted of a card's receive-side scaling; what is left out stays as it is.</summary>
public sealed record RssWish
{
    /// <summary>Both directions of a connection in one queue, in the way that suits driver and kernel.</summary>
    public bool IsSymmetric { get; init; }

    /// <summary>Hash key.</summary>
    public RssKey? Key { get; init; }

    /// <summary>Hashed fields.</summary>
    public RssFields? Fields { get; init; }

    /// <summary>Kinds of packets that <see cref="Fields"/> is for; empty for TCP and UDP.</summary>
    public RssFlowType[] FlowTypes { get; init; } = [];

    /// <summary>Hash function, with the kernel's name.</summary>
    public string? Function { get; init; }

    /// <summary>What the card does with the packet before it hashes.</summary>
    public RssInputTransform? InputTransform { get; init; }

    /// <summary>Number of queues that share the table evenly, from queue 0 on.</summary>
    public int? QueueCount { get; init; }

    /// <summary>Queue of each entry; a shorter list is repeated.</summary>
    public int[]? Table { get; init; }

    /// <summary>Share of each queue, from queue 0 on, as <c>ethtool -X … weight</c> takes it.</summary>
    public int[]? Weights { get; init; }
}

/// <summary>The changes that a wish comes to.</summary>
/// <param name="Changes">Changes, in the order in which they have to be made.</param>
/// <param name="Remarks">What was found to be so already, or decided, as sentences.</param>
/// <param name="Warnings">What may come as a surprise, as sentences.</param>
public sealed record RssPlan(PlannedChange[] Changes, string[] Remarks, string[] Warnings);
