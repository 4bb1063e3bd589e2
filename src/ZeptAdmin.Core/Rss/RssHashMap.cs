namespace ZeptAdmin.Rss;

/// <summary>What each bit of a packet adds to a Toeplitz hash: the hash as a linear map over the field of two elements.</summary>
/// <remarks>
/// Toeplitz is linear: the hash is the sum without carry of what its input bits add, and bit j adds the 32 bits of the key from j on. So a hash
/// does not change when source and destination trade places, for all packets alike, exactly when each pair of bits that trade places adds the
/// same; and the number of hashes that can occur is 2 to the rank of the map. symmetric-or-xor is not linear; it has one input for both
/// directions by its construction, and its rank is an upper bound.
/// </remarks>
internal sealed class RssHashMap
{
    private const RssFields Known = RssFields.SourceAddress | RssFields.DestinationAddress | RssFields.SourcePort | RssFields.DestinationPort;

    private readonly byte[] _key;
    private readonly RssFields _fields;
    private readonly RssInputTransform _transform;
    private readonly int _addressBytes;

    /// <summary>Makes the map.</summary>
    /// <param name="key">The card's key; bits behind its end count as zero.</param>
    /// <param name="addressBytes">4 for IPv4, 16 for IPv6.</param>
    /// <param name="fields">Addresses and ports that are hashed; others are not laid out in a known way.</param>
    /// <param name="transform">What the card does to the input; one that mixes wants both sides of each field.</param>
    public RssHashMap(ReadOnlySpan<byte> key, int addressBytes, RssFields fields, RssInputTransform transform)
    {
        _key = key.ToArray();
        _addressBytes = addressBytes;
        _fields = fields & Known;
        _transform = transform;
        int position = 0;
        Source = Take(RssFields.SourceAddress, addressBytes * 8, ref position);
        Destination = Take(RssFields.DestinationAddress, addressBytes * 8, ref position);
        SourcePort = Take(RssFields.SourcePort, 16, ref position);
        DestinationPort = Take(RssFields.DestinationPort, 16, ref position);
        Span = BinarySpan.Of([.. Source, .. Destination, .. SourcePort, .. DestinationPort]);
        if (transform == RssInputTransform.SymmetricXor)
        {
            Source = Destination = Sum(Source, Destination);
            SourcePort = DestinationPort = Sum(SourcePort, DestinationPort);
            Span = BinarySpan.Of([.. Source, .. SourcePort]);
        }
    }

    /// <summary>What the bits of the source address add, the highest first; zeros where it is not hashed.</summary>
    public uint[] Source { get; }

    /// <summary>What the bits of the destination address add.</summary>
    public uint[] Destination { get; }

    /// <summary>What the bits of the source port add.</summary>
    public uint[] SourcePort { get; }

    /// <summary>What the bits of the destination port add.</summary>
    public uint[] DestinationPort { get; }

    /// <summary>All hashes that can occur; with symmetric-or-xor more than those.</summary>
    public BinarySpan Span { get; }

    /// <summary>Pairs of bits that trade places between the directions: what they add forth and back.</summary>
    public IEnumerable<(uint Forth, uint Back)> Pairs => Source.Zip(Destination).Concat(SourcePort.Zip(DestinationPort));

    /// <summary>True when both directions of every connection have one hash.</summary>
    public bool IsSymmetric => IsSymmetricUnder(uint.MaxValue);

    /// <summary>True when some bits of the hash are those of both directions, for every connection.</summary>
    public bool IsSymmetricUnder(uint mask) =>
        _transform == RssInputTransform.SymmetricOrXor || Pairs.All(pair => ((pair.Forth ^ pair.Back) & mask) == 0);

    /// <summary>The hashes that can occur under a mask.</summary>
    public BinarySpan SpanUnder(uint mask)
    {
        IEnumerable<uint> words = _transform == RssInputTransform.SymmetricOrXor
            ? Windows()
            : [.. Source, .. Destination, .. SourcePort, .. DestinationPort];
        return BinarySpan.Of(words.Select(word => word & mask));
    }

    /// <summary>
    /// Low bits of the hash of one direction, and behind them those by which the other differs, for every packet: what a table makes of both.
    /// </summary>
    /// <param name="bits">Low bits of the hash that choose the entry, 16 at most.</param>
    public BinarySpan BothDirections(int bits)
    {
        uint mask = (1u << bits) - 1;
        return BinarySpan.Of(Pairs.SelectMany(pair =>
        {
            uint difference = ((pair.Forth ^ pair.Back) & mask) << 16;
            return new[] { (pair.Forth & mask) | difference, (pair.Back & mask) | difference };
        }));
    }

    /// <summary>The hash of one packet, by the definition and not by this map.</summary>
    public uint Hash(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ushort sourcePort, ushort destinationPort)
    {
        Span<byte> input = stackalloc byte[RssInput.MostBytes];
        int length = RssInput.Write(input, source, destination, sourcePort, destinationPort, _fields, _transform);
        return ToeplitzHash.Define(_key, input[..length]);
    }

    private uint[] Take(RssFields field, int bits, ref int position)
    {
        uint[] words = new uint[bits];
        if (_fields.HasFlag(field))
        {
            for (int bit = 0; bit < bits; bit++)
            {
                words[bit] = ToeplitzHash.Window(_key, position + bit);
            }

            position += bits;
        }

        return words;
    }

    private uint[] Windows()
    {
        int bits = ((_fields.HasFlag(RssFields.SourceAddress) ? _addressBytes * 2 : 0) + (_fields.HasFlag(RssFields.SourcePort) ? 4 : 0)) * 8;
        return [.. Enumerable.Range(0, bits).Select(bit => ToeplitzHash.Window(_key, bit))];
    }

    private static uint[] Sum(uint[] left, uint[] right) => [.. left.Zip(right, (first, second) => first ^ second)];
}
