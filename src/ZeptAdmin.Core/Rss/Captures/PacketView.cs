using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ZeptAdmin.Rss.Captures;

/// <summary>Reads the headers of a packet as a card does, and what is inside where it is wrapped.</summary>
/// <remarks>
/// A card looks behind two VLAN tags at most, and behind nothing else; what is no IP to it gets no hash. IPv6 extension headers are
/// followed (hop-by-hop, routing, destination options, fragment); AH and ESP end the walk. Of a fragment, the first included, it hashes the
/// addresses only (field.md H3), and a fragment header alone makes a fragment (RFC 6946 calls it atomic).
/// </remarks>
internal static partial class PacketView
{
    // DLT_ numbers of libpcap, www.tcpdump.org/linktypes.html
    public const int Null = 0;
    public const int Ethernet = 1;
    public const int RawBsd = 12;
    public const int RawOpenBsd = 14;
    public const int Raw = 101;
    public const int Loop = 108;
    public const int LinuxCooked = 113;
    public const int Ip4 = 228;
    public const int Ip6 = 229;
    public const int Nflog = 239;
    public const int LinuxCooked2 = 276;

    private const int NoIp = -1;
    private const int MostLayers = 12;

    /// <summary>True for the link types that are understood.</summary>
    public static bool Knows(int linkType) =>
        linkType is Null or Ethernet or RawBsd or RawOpenBsd or Raw or Loop or LinuxCooked or Ip4 or Ip6 or Nflog or LinuxCooked2;

    /// <summary>Reads one packet.</summary>
    /// <param name="frame">What was captured of it.</param>
    /// <param name="linkType">Link type of the capture.</param>
    /// <param name="isInner">True takes the innermost IP packet instead of what the card sees.</param>
    /// <param name="key">What was read; zeros where there is no IP.</param>
    /// <returns>What the packet is wrapped in.</returns>
    public static Encapsulations Read(ReadOnlySpan<byte> frame, int linkType, bool isInner, out FlowKey key)
    {
        key = default;
        if (linkType == Ethernet && frame.Length >= 14)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
            if (type == 0x0800)
            {
                int payload = ReadIp4(frame[14..], ref key, out int end);
                return IsWrapping(key) ? Unwrap(frame[14..], payload, end, isInner, Encapsulations.None, MostLayers, ref key) : Encapsulations.None;
            }

            return ReadEtherType(frame[14..], type, isCardView: true, isInner, Encapsulations.None, MostLayers, ref key);
        }

        return ReadOther(frame, linkType, isInner, ref key);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Encapsulations ReadOther(ReadOnlySpan<byte> frame, int linkType, bool isInner, ref FlowKey key)
    {
        switch (linkType)
        {
            case LinuxCooked when frame.Length >= 16:
                return ReadEtherType(frame[16..], BinaryPrimitives.ReadUInt16BigEndian(frame[14..]), true, isInner, Encapsulations.None, MostLayers, ref key);
            case LinuxCooked2 when frame.Length >= 20:
                return ReadEtherType(frame[20..], BinaryPrimitives.ReadUInt16BigEndian(frame), true, isInner, Encapsulations.None, MostLayers, ref key);
            case Null or Loop when frame.Length > 4:
                return ReadIp(frame[4..], isInner, Encapsulations.None, MostLayers, ref key);
            case Raw or RawBsd or RawOpenBsd or Ip4 or Ip6:
                return ReadIp(frame, isInner, Encapsulations.None, MostLayers, ref key);
            case Nflog:
                return ReadIp(NflogPayload(frame), isInner, Encapsulations.None, MostLayers, ref key);
            default:
                return Encapsulations.None;
        }
    }

    // Family, version, resource; then attributes of netlink in the byte order of the machine that captured, which the file does not tell.
    // The first one is short, so that its length shows the order. www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html
    private static ReadOnlySpan<byte> NflogPayload(ReadOnlySpan<byte> frame)
    {
        const int NFULA_PAYLOAD = 9;
        if (frame.Length < 8)
        {
            return [];
        }

        bool isBigEndian = frame[4] == 0 && frame[5] >= 4;
        for (frame = frame[4..]; frame.Length >= 4;)
        {
            int length = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(frame) : BinaryPrimitives.ReadUInt16LittleEndian(frame);
            int type = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(frame[2..]) : BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]);
            if (length < 4)
            {
                break;
            }

            if (type == NFULA_PAYLOAD)
            {
                return frame[4..Math.Min(length, frame.Length)];
            }

            frame = frame[Math.Min((length + 3) & ~3, frame.Length)..];
        }

        return [];
    }

    // What stands behind an EtherType. The card's view ends at the first thing that it does not look behind.
    private static Encapsulations ReadEtherType(
        ReadOnlySpan<byte> rest, int type, bool isCardView, bool isInner, Encapsulations seen, int layers, ref FlowKey key)
    {
        int tags = 0;
        while (type is 0x8100 or 0x88A8 or 0x9100 or 0x8926)
        {
            if (type == 0x8926)
            {
                // VN-Tag (802.1BR's forerunner), six bytes: no card looks behind it.
                isCardView = false;
                if (rest.Length < 6)
                {
                    return seen;
                }

                type = BinaryPrimitives.ReadUInt16BigEndian(rest[4..]);
                rest = rest[6..];
                continue;
            }

            tags++;
            seen |= tags == 1 ? Encapsulations.Vlan : Encapsulations.QinQ;
            if (rest.Length < 4)
            {
                return seen;
            }

            type = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            rest = rest[4..];
        }

        if (tags > 2)
        {
            isCardView = false;
        }

        switch (type)
        {
            case 0x0800 or 0x86DD:
                return Enter(rest, isCardView, isInner, seen, layers, ref key);
            case 0x8847 or 0x8848:
                seen |= Encapsulations.Mpls;
                while (rest.Length >= 4 && (rest[2] & 1) == 0)
                {
                    rest = rest[4..];
                }

                return rest.Length > 4 ? ReadBehindMpls(rest[4..], isInner, seen, layers, ref key) : seen;
            case 0x8864 when rest.Length >= 8:
                int protocol = BinaryPrimitives.ReadUInt16BigEndian(rest[6..]);
                seen |= Encapsulations.Pppoe;
                return protocol is 0x0021 or 0x0057 ? Enter(rest[8..], isCardView: false, isInner, seen, layers, ref key) : seen;
            default:
                return seen;
        }
    }

    // Labels do not tell what they carry: the first four bits do (RFC 4928); 0 is the control word of an Ethernet pseudowire.
    private static Encapsulations ReadBehindMpls(ReadOnlySpan<byte> rest, bool isInner, Encapsulations seen, int layers, ref FlowKey key) =>
        (rest[0] >> 4) switch
        {
            4 or 6 => Enter(rest, isCardView: false, isInner, seen, layers, ref key),
            0 when rest.Length >= 18 && layers > 0 => ReadEtherType(
                rest[18..], BinaryPrimitives.ReadUInt16BigEndian(rest[16..]), isCardView: false, isInner, seen, layers - 1, ref key),
            _ => seen,
        };

    // IP that the card does not reach is read for what wraps it, and kept only where the inner flow is asked for.
    private static Encapsulations Enter(ReadOnlySpan<byte> ip, bool isCardView, bool isInner, Encapsulations seen, int layers, ref FlowKey key)
    {
        if (isCardView || isInner)
        {
            return ReadIp(ip, isInner, seen, layers, ref key);
        }

        FlowKey inside = default;
        return ReadIp(ip, isInner, seen, layers, ref inside);
    }

    private static Encapsulations ReadIp(ReadOnlySpan<byte> ip, bool isInner, Encapsulations seen, int layers, ref FlowKey key)
    {
        FlowKey read = default;
        int end = 0;
        int payload = ip.Length == 0
            ? NoIp
            : (ip[0] >> 4) switch
            {
                4 => ReadIp4(ip, ref read, out end),
                6 => ReadIp6(ip, ref read, out end),
                _ => NoIp,
            };
        if (payload == NoIp)
        {
            return seen;
        }

        key = read;
        return IsWrapping(read) ? Unwrap(ip, payload, end, isInner, seen, layers, ref key) : seen;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWrapping(in FlowKey key) =>
        key.Protocol == 17 ? key.DestinationPort is 4789 or 6081 && (key.Shape & FlowKey.Ports) != 0 : key.Protocol is 4 or 41 or 47;
}
