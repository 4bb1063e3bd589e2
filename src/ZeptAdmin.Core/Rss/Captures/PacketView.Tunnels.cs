using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ZeptAdmin.Rss.Captures;

internal static partial class PacketView
{
    private const int TransparentEthernet = 0x6558;

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
}
