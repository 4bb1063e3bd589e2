using System.Globalization;

namespace ZeptAdmin.Rss;

/// <summary>Where a key was learned.</summary>
public enum RssKeySource
{
    /// <summary>The driver told it.</summary>
    Driver,
    /// <summary>
    /// The driver hides it, and is known to take the first bytes of the kernel's own (/proc/sys/net/core/netdev_rss_key; field.md H14).
    /// </summary>
    Kernel,
}

/// <summary>What a card does with the packet before it hashes (<c>RXH_XFRM_*</c> of linux/ethtool.h).</summary>
[Flags]
public enum RssInputTransform
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Source XOR destination, for addresses and ports each (<c>RXH_XFRM_SYM_XOR</c>, Linux 6.8).</summary>
    SymmetricXor = 1,
    /// <summary>Source OR destination, then XOR (<c>RXH_XFRM_SYM_OR_XOR</c>, Linux 6.15).</summary>
    SymmetricOrXor = 2,
}

/// <summary>How many entries of the indirection table lead to one queue.</summary>
public sealed record NicQueueShare
{
    /// <summary>Receive queue.</summary>
    public int Queue { get; internal init; }

    /// <summary>Entries of the table that name it.</summary>
    public int Entries { get; internal init; }

    /// <summary>Its part of the table, 0 to 1: its part of the packets when hashes spread evenly.</summary>
    public double Share { get; internal init; }
}

/// <summary>Receive-side scaling of one interface: which packets meet in which queue.</summary>
/// <remarks>
/// From <c>ETHTOOL_GRSSH</c> (or <c>ETHTOOL_GRXFHINDIR</c>), <c>ETHTOOL_GRXFH</c> and <c>ETHTOOL_GRXRINGS</c>. A driver may hide the key,
/// and one is known to use another than it shows (field.md H14, H15): see <see cref="Notes"/>.
/// </remarks>
public sealed record NicRss
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Driver of the interface; null when it does not say.</summary>
    public string? Driver { get; internal init; }

    /// <summary>Receive queues that the table may name (RX rings); null when the driver does not say.</summary>
    public int? Queues { get; internal init; }

    /// <summary>Hash function in use, with the kernel's name (<c>toeplitz</c>, <c>xor</c>, <c>crc32</c>); null when the driver does not say.</summary>
    public string? Function { get; internal init; }

    /// <summary>Hash functions that this kernel has a name for; a card knows one or two of them.</summary>
    public string[] KnownFunctions { get; internal init; } = [];

    /// <summary>Hash key; null when the driver hides it and it is not known elsewhere.</summary>
    public RssKey? Key { get; internal init; }

    /// <summary>Where <see cref="Key"/> was learned; null when there is none.</summary>
    public RssKeySource? KeySource { get; internal init; }

    /// <summary>True when the key is one 16-bit pattern repeated (6D:5A…); null without a key. It says nothing of the fields that are hashed.</summary>
    public bool? IsKeySymmetric { get; internal init; }

    /// <summary>What the card does with the packet before it hashes; null where the kernel cannot say (before Linux 6.8 it reads as None).</summary>
    public RssInputTransform? InputTransform { get; internal init; }

    /// <summary>Receive queue for each value of the low bits of the hash; empty when the driver shows none.</summary>
    public int[] IndirectionTable { get; internal init; } = [];

    /// <summary>Entries of the table; null when the driver shows none.</summary>
    public int? TableSize { get; internal init; }

    /// <summary>Entries of the table for each queue, queues without any included.</summary>
    public NicQueueShare[] QueueShare { get; internal init; } = [];

    /// <summary>Hashed fields of each kind of packets; a kind that the driver refuses is left out.</summary>
    public NicHashFields[] Fields { get; internal init; } = [];

    /// <summary>What is known of this driver and kernel and bears on the above, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];

    /// <summary>Length and start of the key: <c>52 B 6D:5A:6D:5A…</c>.</summary>
    public string KeySummary =>
        Key is null
            ? "hidden"
            : $"{Summarize(Key)}{(KeySource == RssKeySource.Kernel ? " (kernel)" : "")}";

    internal static string Summarize(RssKey key) =>
        string.Create(CultureInfo.InvariantCulture, $"{key.Length} B {(key.Length > 4 ? key.ToString()[..11] + "…" : key.ToString())}");

    /// <summary>Size of the table and how evenly the queues share it: <c>128: 21-22 each of 6</c>.</summary>
    public string TableSummary
    {
        get
        {
            int[] used = [.. QueueShare.Where(queue => queue.Entries > 0).Select(queue => queue.Entries)];
            if (TableSize is not int size || used.Length == 0)
            {
                return "hidden";
            }

            int least = used.Min();
            int most = used.Max();
            return string.Create(CultureInfo.InvariantCulture, $"{size}: {(least == most ? $"{least}" : $"{least}-{most}")} each of {used.Length}");
        }
    }
}
