using System.Buffers.Binary;

namespace ZeptAdmin.Rss;

/// <summary>Lays out what a card hashes: addresses and ports in the order of the wire, changed by the input transformation.</summary>
/// <remarks>Order: source address, destination address, source port, destination port; field.md H10, include/uapi/linux/ethtool.h RXH_XFRM_*.</remarks>
public static class RssInput
{
    /// <summary>Longest input: two IPv6 addresses and two ports.</summary>
    public const int MostBytes = 36;

    /// <summary>Writes the input of one packet.</summary>
    /// <param name="target">Room for it, <see cref="MostBytes"/> at most.</param>
    /// <param name="source">Source address, 4 or 16 bytes in network order.</param>
    /// <param name="destination">Destination address, as long as the source.</param>
    /// <param name="sourcePort">Source port; null leaves both ports out (2-tuple, fragments, protocols without ports).</param>
    /// <param name="destinationPort">Destination port.</param>
    /// <param name="transform">What the card does to the input before it hashes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(
        Span<byte> target, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ushort? sourcePort, ushort destinationPort, RssInputTransform transform)
    {
        int width = source.Length;
        source.CopyTo(target);
        destination.CopyTo(target[width..]);
        int length = 2 * width;
        if (sourcePort is ushort port)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target[length..], port);
            BinaryPrimitives.WriteUInt16BigEndian(target[(length + 2)..], destinationPort);
            length += 4;
        }

        if (transform != RssInputTransform.None)
        {
            Mix(target[..width], target[width..(2 * width)], transform);
            if (length > 2 * width)
            {
                Mix(target[(length - 4)..(length - 2)], target[(length - 2)..length], transform);
            }
        }

        return length;
    }

    /// <summary>Writes the input of one packet from the fields that are hashed, those that are not left out without a gap.</summary>
    /// <param name="target">Room for it, <see cref="MostBytes"/> at most.</param>
    /// <param name="source">Source address, 4 or 16 bytes in network order.</param>
    /// <param name="destination">Destination address, as long as the source.</param>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destinationPort">Destination port.</param>
    /// <param name="fields">Addresses and ports that are hashed.</param>
    /// <param name="transform">What the card does to the input; it needs both sides of each field.</param>
    /// <returns>How many bytes were written.</returns>
    internal static int Write(
        Span<byte> target,
        ReadOnlySpan<byte> source,
        ReadOnlySpan<byte> destination,
        ushort sourcePort,
        ushort destinationPort,
        RssFields fields,
        RssInputTransform transform)
    {
        bool hasPort = fields.HasFlag(RssFields.SourcePort);
        if (fields.HasFlag(RssFields.SourceAddress | RssFields.DestinationAddress) && hasPort == fields.HasFlag(RssFields.DestinationPort))
        {
            return Write(target, source, destination, hasPort ? sourcePort : null, destinationPort, transform);
        }

        Span<byte> ports = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(ports[2..], destinationPort);
        int length = 0;
        length += Append(target[length..], source, fields.HasFlag(RssFields.SourceAddress));
        length += Append(target[length..], destination, fields.HasFlag(RssFields.DestinationAddress));
        length += Append(target[length..], ports[..2], hasPort);
        return length + Append(target[length..], ports[2..], fields.HasFlag(RssFields.DestinationPort));
    }

    private static int Append(Span<byte> target, ReadOnlySpan<byte> field, bool isHashed)
    {
        if (!isHashed)
        {
            return 0;
        }

        field.CopyTo(target);
        return field.Length;
    }

    // symmetric-xor: both halves become source ^ destination. symmetric-or-xor: source | destination, then source ^ destination.
    private static void Mix(Span<byte> first, Span<byte> second, RssInputTransform transform)
    {
        for (int i = 0; i < first.Length; i++)
        {
            byte exclusive = (byte)(first[i] ^ second[i]);
            first[i] = transform == RssInputTransform.SymmetricXor ? exclusive : (byte)(first[i] | second[i]);
            second[i] = exclusive;
        }
    }
}
