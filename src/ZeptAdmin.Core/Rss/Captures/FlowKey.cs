using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Rss.Captures;

/// <summary>What a card takes of a packet for its hash, and what tells a flow: addresses, protocol, ports.</summary>
/// <remarks>40 bytes that are compared as five words. Addresses are kept as on the wire; those of IPv4 in the low half.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct FlowKey : IEquatable<FlowKey>
{
    /// <summary>Bit of <see cref="Shape"/>: IPv4.</summary>
    public const byte Ip4 = 1;

    /// <summary>Bit of <see cref="Shape"/>: IPv6.</summary>
    public const byte Ip6 = 2;

    /// <summary>Bit of <see cref="Shape"/>: the ports are known (TCP, UDP, SCTP).</summary>
    public const byte Ports = 4;

    /// <summary>Bit of <see cref="Shape"/>: first fragment of a datagram; it may show ports, a card does not hash them.</summary>
    public const byte FirstFragment = 8;

    /// <summary>Bit of <see cref="Shape"/>: later fragment.</summary>
    public const byte LaterFragment = 16;

    /// <summary>First half of the source address of IPv6.</summary>
    public ulong SourceHigh;

    /// <summary>Second half of the source address, or the one of IPv4.</summary>
    public ulong SourceLow;

    /// <summary>First half of the destination address of IPv6.</summary>
    public ulong DestinationHigh;

    /// <summary>Second half of the destination address, or the one of IPv4.</summary>
    public ulong DestinationLow;

    /// <summary>Source port.</summary>
    public ushort SourcePort;

    /// <summary>Destination port.</summary>
    public ushort DestinationPort;

    /// <summary>Protocol behind the IP header and its extension headers.</summary>
    public byte Protocol;

    /// <summary>The bits above; 0 for what is no IP in a card's eyes.</summary>
    public byte Shape;

    /// <summary>True for IPv4 and IPv6.</summary>
    public readonly bool IsIp => (Shape & (Ip4 | Ip6)) != 0;

    /// <summary>True for a fragment, the first included.</summary>
    public readonly bool IsFragment => (Shape & (FirstFragment | LaterFragment)) != 0;

    /// <summary>Bytes of an address: 4 or 16.</summary>
    public readonly int Width => (Shape & Ip6) != 0 ? 16 : 4;

    // Ports, protocol, shape and the spare bytes as one word.
    private readonly ulong Rest => SourcePort | ((ulong)DestinationPort << 16) | ((ulong)Protocol << 32) | ((ulong)Shape << 40);

    /// <summary>The same flow in the other direction.</summary>
    public readonly FlowKey Reversed() => new()
    {
        SourceHigh = DestinationHigh,
        SourceLow = DestinationLow,
        DestinationHigh = SourceHigh,
        DestinationLow = SourceLow,
        SourcePort = DestinationPort,
        DestinationPort = SourcePort,
        Protocol = Protocol,
        Shape = Shape,
    };

    /// <summary>Kind of packet by which a card chooses the fields.</summary>
    public readonly RssFlowType FlowType => (Protocol, (Shape & Ip6) != 0) switch
    {
        (6, false) => RssFlowType.Tcp4,
        (6, true) => RssFlowType.Tcp6,
        (17, false) => RssFlowType.Udp4,
        (17, true) => RssFlowType.Udp6,
        (132, false) => RssFlowType.Sctp4,
        (132, true) => RssFlowType.Sctp6,
        (50 or 51, false) => RssFlowType.AhEsp4,
        (50 or 51, true) => RssFlowType.AhEsp6,
        _ => RssFlowType.None,
    };

    /// <summary>
    /// A number of 64 bits for tables. The other direction has the same one but for the last bit, so that both stand side by side. The seed is
    /// drawn anew for each run: who writes a capture cannot aim at collisions.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Mix(ulong seed)
    {
        ulong source = SourceLow ^ seed;
        ulong destination = DestinationLow ^ seed;
        if ((Shape & Ip6) != 0)
        {
            source ^= Fold(SourceHigh ^ 0xE703_7ED1_A0B4_28DB, ~seed);
            destination ^= Fold(DestinationHigh ^ 0xE703_7ED1_A0B4_28DB, ~seed);
        }

        source = Fold(source, SourcePort ^ 0x9E37_79B9_7F4A_7C15);
        destination = Fold(destination, DestinationPort ^ 0x9E37_79B9_7F4A_7C15);
        ulong both = Fold((source + destination) ^ 0xA076_1D64_78BD_642F, (Protocol | ((ulong)Shape << 8)) ^ seed);
        return (both & ~1UL) | (source < destination ? 1UL : 0);
    }

    /// <inheritdoc/>
    public readonly bool Equals(FlowKey other) =>
        SourceLow == other.SourceLow && DestinationLow == other.DestinationLow && Rest == other.Rest
        && SourceHigh == other.SourceHigh && DestinationHigh == other.DestinationHigh;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is FlowKey other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => (int)Mix(0);

    /// <summary>Order by the bytes, for results that do not depend on the seed.</summary>
    public static int Compare(in FlowKey left, in FlowKey right)
    {
        int order = left.SourceHigh.CompareTo(right.SourceHigh);
        order = order != 0 ? order : left.SourceLow.CompareTo(right.SourceLow);
        order = order != 0 ? order : left.DestinationHigh.CompareTo(right.DestinationHigh);
        order = order != 0 ? order : left.DestinationLow.CompareTo(right.DestinationLow);
        return order != 0 ? order : left.Rest.CompareTo(right.Rest);
    }

    /// <summary>The source address, <see cref="Width"/> bytes as on the wire.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Source => Address(in SourceHigh, in SourceLow);

    /// <summary>The destination address, <see cref="Width"/> bytes as on the wire.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Destination => Address(in DestinationHigh, in DestinationLow);

    private readonly ReadOnlySpan<byte> Address(ref readonly ulong high, ref readonly ulong low) =>
        (Shape & Ip6) != 0
            ? MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<ulong, byte>(ref Unsafe.AsRef(in high)), 16)
            : MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<ulong, byte>(ref Unsafe.AsRef(in low)), 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
