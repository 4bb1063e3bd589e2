namespace ZeptAdmin.Rss;

/// <summary>How far consecutive ports spread over a table of one size.</summary>
public sealed record RssPortSpread
{
    /// <summary>Low bits of the hash that choose the entry.</summary>
    public int TableBits { get; internal init; }

    /// <summary>Entries of such a table: 2 to the power of the bits.</summary>
    public int TableEntries => 1 << TableBits;

    /// <summary>Rank of the matrix from the low bits of a port to the low bits of the hash.</summary>
    public int Rank { get; internal init; }

    /// <summary>Entries reached of those there are: <c>4 of 8</c>.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{EntriesReached} of {TableEntries}");

    /// <summary>Entries that a block of as many consecutive ports as the table has entries reaches, all else alike.</summary>
    public int EntriesReached => 1 << Rank;
}

/// <summary>A key and what it is worth.</summary>
/// <remarks>field.md H4, H5; the ranking follows the kernel's tools/testing/selftests/drivers/net/hw/rss_key.py.</remarks>
public sealed record RssKeyReport
{
    /// <summary>Interface whose length the key has; null when the length was given.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>The key.</summary>
    public RssKey Key { get; internal init; } = new([0]);

    /// <summary>True when both directions of a connection have one hash, by addresses and by addresses and ports.</summary>
    public bool IsSymmetric { get; internal init; }

    /// <summary>Bits of entropy of a hash over two IPv4 addresses.</summary>
    public int EntropyAddresses4 { get; internal init; }

    /// <summary>Bits of entropy of a hash over two IPv6 addresses.</summary>
    public int EntropyAddresses6 { get; internal init; }

    /// <summary>Bits of entropy of a hash over two IPv4 addresses and two ports.</summary>
    public int EntropyPorts4 { get; internal init; }

    /// <summary>Bits of entropy of a hash over two IPv6 addresses and two ports.</summary>
    public int EntropyPorts6 { get; internal init; }

    /// <summary>How consecutive ports of one host spread, for tables of 2 to 512 entries: the worst of both ports and both versions of IP.</summary>
    public RssPortSpread[] PortSpread { get; internal init; } = [];

    /// <summary>Sizes of tables of which consecutive ports reach a part only; empty when they reach all.</summary>
    public int[] TablesReachedInPart => [.. PortSpread.Where(spread => spread.Rank < spread.TableBits).Select(spread => spread.TableEntries)];
}
