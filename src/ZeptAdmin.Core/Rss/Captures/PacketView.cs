using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Rss.Captures;

/// <summary>What a packet is wrapped in. A packet may have several.</summary>
[Flags]
public enum Encapsulations
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>A VLAN tag: the card looks behind it.</summary>
    Vlan = 1,
    /// <summary>Two VLAN tags or more: the card looks behind two.</summary>
    QinQ = 2,
    /// <summary>MPLS labels: the card sees no IP (field.md H11).</summary>
    Mpls = 4,
    /// <summary>PPPoE: the card sees no IP.</summary>
    Pppoe = 8,
    /// <summary>GRE, ERSPAN with it: the card hashes the outer addresses.</summary>
    Gre = 16,
    /// <summary>VXLAN (UDP port 4789): the card hashes the outer addresses and ports.</summary>
    Vxlan = 32,
    /// <summary>Geneve (UDP port 6081): the card hashes the outer addresses and ports.</summary>
    Geneve = 64,
    /// <summary>IP in IP (protocols 4 and 41): the card hashes the outer addresses.</summary>
    IpInIp = 128,
}

/// <summary>Reads the headers of a packet as a card does, and what is inside where it is wrapped.</summary>
/// <remarks>
/// A card looks behind two VLAN tags at most, and behind nothing else; what is no IP to it gets no hash. IPv6 extension headers are
/// followed (hop-by-hop, routing, destination options, fragment); AH and ESP end the walk. Of a fragment, the first included, it hashes the
/// addresses only (field.md H3), and a fragment header alone makes a fragment (RFC 6946 calls it atomic).
/// </remarks>
internal static class PacketView
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
    private const int TransparentEthernet = 0x6558;

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

    private static bool IsWrapping(in FlowKey key) =>
        key.Protocol == 17 ? key.DestinationPort is 4789 or 6081 && (key.Shape & FlowKey.Ports) != 0 : key.Protocol is 4 or 41 or 47;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Encapsulations Unwrap(ReadOnlySpan<byte> ip, int payload, int end, bool isInner, Encapsulations seen, int layers, ref FlowKey key)
    {
        if (layers == 0 || payload == NoIp || (key.Shape & FlowKey.LaterFragment) != 0)
        {
            return seen;
        }

        ReadOnlySpan<byte> rest = ip[payload..end];
        switch (key.Protocol)
        {
            case 4 or 41:
                // Only where there is IP inside indeed: 4 says IPv4, 41 IPv6.
                return rest.Length > 0 && rest[0] >> 4 == (key.Protocol == 4 ? 4 : 6)
                    ? Enter(rest, isCardView: false, isInner, seen | Encapsulations.IpInIp, layers - 1, ref key)
                    : seen;
            case 47:
                return ReadGre(rest, isInner, seen | Encapsulations.Gre, layers - 1, ref key);
            default:
                bool isVxlan = key.DestinationPort == 4789;
                seen |= isVxlan ? Encapsulations.Vxlan : Encapsulations.Geneve;

                // UDP 8 bytes, then VXLAN 8 bytes (RFC 7348) or Geneve 8 and its options (RFC 8926).
                int header = isVxlan ? 16 : rest.Length > 8 ? 16 + ((rest[8] & 0x3F) * 4) : 0;
                int type = isVxlan ? TransparentEthernet : rest.Length >= 12 ? BinaryPrimitives.ReadUInt16BigEndian(rest[10..]) : 0;
                return header > 0 && rest.Length > header ? ReadTunnelled(rest[header..], type, isInner, seen, layers - 1, ref key) : seen;
        }
    }

    // RFC 2784, 2890; version 1 is PPTP's (RFC 2637), which carries PPP.
    private static Encapsulations ReadGre(ReadOnlySpan<byte> rest, bool isInner, Encapsulations seen, int layers, ref FlowKey key)
    {
        if (rest.Length < 4)
        {
            return seen;
        }

        int flags = rest[0];
        int version = rest[1] & 7;
        int type = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        int length = 4 + ((flags & 0x80) != 0 ? 4 : 0) + ((flags & 0x20) != 0 ? 4 : 0) + ((flags & 0x10) != 0 ? 4 : 0)
            + (version == 1 && (rest[1] & 0x80) != 0 ? 4 : 0);
        if (rest.Length <= length)
        {
            return seen;
        }

        rest = rest[length..];
        switch (type)
        {
            // ERSPAN: type I has no header of its own, II has 8 bytes, III 12 (and 8 more where the last bit of them says so).
            case 0x88BE:
                int header = (flags & 0x10) != 0 ? 8 : 0;
                return rest.Length > header ? ReadTunnelled(rest[header..], TransparentEthernet, isInner, seen, layers, ref key) : seen;
            case 0x22EB:
                int third = rest.Length > 12 && (rest[11] & 1) != 0 ? 20 : 12;
                return rest.Length > third ? ReadTunnelled(rest[third..], TransparentEthernet, isInner, seen, layers, ref key) : seen;
            case 0x880B:
                // PPP with or without its address and control bytes, protocol in one byte or two.
                int skip = rest.Length >= 2 && rest[0] == 0xFF && rest[1] == 0x03 ? 2 : 0;
                skip += rest.Length > skip && (rest[skip] & 1) != 0 ? 1 : 2;
                int protocol = rest.Length >= skip ? rest[skip - 1] : 0;
                return protocol is 0x21 or 0x57 && rest.Length > skip ? Enter(rest[skip..], isCardView: false, isInner, seen, layers, ref key) : seen;
            default:
                return ReadTunnelled(rest, type, isInner, seen, layers, ref key);
        }
    }

    private static Encapsulations ReadTunnelled(ReadOnlySpan<byte> rest, int type, bool isInner, Encapsulations seen, int layers, ref FlowKey key)
    {
        if (type == TransparentEthernet)
        {
            if (rest.Length < 14)
            {
                return seen;
            }

            type = BinaryPrimitives.ReadUInt16BigEndian(rest[12..]);
            rest = rest[14..];
        }

        return ReadEtherType(rest, type, isCardView: false, isInner, seen, layers, ref key);
    }

    // Returns where the payload starts, -1 when it is no IPv4; end is where the datagram or the capture ends.
    private static int ReadIp4(ReadOnlySpan<byte> ip, ref FlowKey key, out int end)
    {
        end = ip.Length;
        if (ip.Length < 20)
        {
            return NoIp;
        }

        int header = (ip[0] & 15) * 4;
        if ((ip[0] >> 4) != 4 || header < 20)
        {
            return NoIp;
        }

        // Total length 0: a packet that the sender's card was to cut (TSO). What is padding is not looked at.
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (header > ip.Length || (total != 0 && total < header))
        {
            return NoIp;
        }

        end = total == 0 ? ip.Length : Math.Min(total, ip.Length);
        int fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF;
        ref byte start = ref MemoryMarshal.GetReference(ip);
        key.SourceLow = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 12));
        key.DestinationLow = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 16));
        key.Protocol = ip[9];
        key.Shape = fragment == 0 ? FlowKey.Ip4
            : (fragment & 0x1FFF) == 0 ? (byte)(FlowKey.Ip4 | FlowKey.FirstFragment)
            : (byte)(FlowKey.Ip4 | FlowKey.LaterFragment);
        return ReadPorts(ip, header, end, ref key);
    }

    private static int ReadIp6(ReadOnlySpan<byte> ip, ref FlowKey key, out int end)
    {
        end = ip.Length;
        if (ip.Length < 40)
        {
            return NoIp;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        end = length == 0 ? ip.Length : Math.Min(40 + length, ip.Length);
        ref byte start = ref MemoryMarshal.GetReference(ip);
        key.SourceHigh = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 8));
        key.SourceLow = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 16));
        key.DestinationHigh = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 24));
        key.DestinationLow = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 32));
        key.Shape = FlowKey.Ip6;
        int next = ip[6];
        int position = 40;
        while (next is 0 or 43 or 44 or 60 && end - position >= 8)
        {
            ReadOnlySpan<byte> extension = ip[position..end];
            if (next == 44)
            {
                int offset = BinaryPrimitives.ReadUInt16BigEndian(extension[2..]) >> 3;
                key.Shape = (byte)(FlowKey.Ip6 | (offset == 0 ? FlowKey.FirstFragment : FlowKey.LaterFragment));
                position += 8;
                next = extension[0];
                if (offset != 0)
                {
                    break;
                }

                continue;
            }

            next = extension[0];
            position += (extension[1] + 1) * 8;
        }

        key.Protocol = (byte)next;
        return ReadPorts(ip, position, end, ref key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadPorts(ReadOnlySpan<byte> ip, int payload, int end, ref FlowKey key)
    {
        if (payload > end)
        {
            // The header says that it is longer than the packet: addresses can be told, what follows cannot.
            return end;
        }

        if (key.Protocol is 6 or 17 or 132 && (key.Shape & FlowKey.LaterFragment) == 0 && end - payload >= 4)
        {
            key.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(ip[payload..]);
            key.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(ip[(payload + 2)..]);
            key.Shape |= FlowKey.Ports;
        }

        return payload;
    }
}
