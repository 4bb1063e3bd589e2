using System.Buffers.Binary;

namespace ZeptAdmin.Sensors;

/// <summary>Replaces addresses in the answer to <c>ETHTOOL_GRXCLSRULE</c>.</summary>
/// <remarks>
/// struct ethtool_rxnfc of linux/ethtool.h: cmd, flow_type, data; then struct ethtool_rx_flow_spec at 16: flow_type, h_u of 52 bytes,
/// h_ext of 20 (padding of 2, h_dest of 6 …), the masks. In h_u the IPv4 kinds have source and destination of 4 bytes first, the IPv6
/// kinds of 16, ETHER_FLOW a struct ethhdr. Masks tell no address.
/// </remarks>
internal static class FlowRuleSecrets
{
    private const int SpecOffset = 16;
    private const int UnionOffset = 20;
    private const int ExtensionMacOffset = UnionOffset + 52 + 2;
    private const int MacLength = 6;
    private const uint FLOW_EXT = 0x80000000;
    private const uint FLOW_MAC_EXT = 0x40000000;
    private const uint FLOW_RSS = 0x20000000;
    private const uint ETHER_FLOW = 0x12;

    /// <summary>Replaces them in place.</summary>
    public static void Replace(Span<byte> answer, Pseudonyms pseudonyms)
    {
        if (answer.Length < ExtensionMacOffset + MacLength)
        {
            return;
        }

        uint type = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(answer[SpecOffset..])
            : BinaryPrimitives.ReadUInt32BigEndian(answer[SpecOffset..]);
        switch (type & ~(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS))
        {
            // TCP, UDP, SCTP, AH/ESP, AH, ESP, IPV4_USER over IPv4.
            case 0x01 or 0x02 or 0x03 or 0x04 or 0x09 or 0x0a or 0x0d:
                pseudonyms.Address(answer.Slice(UnionOffset, 4));
                pseudonyms.Address(answer.Slice(UnionOffset + 4, 4));
                break;

            // The same over IPv6.
            case 0x05 or 0x06 or 0x07 or 0x08 or 0x0b or 0x0c or 0x0e:
                pseudonyms.Address(answer.Slice(UnionOffset, 16));
                pseudonyms.Address(answer.Slice(UnionOffset + 16, 16));
                break;
            case ETHER_FLOW:
                pseudonyms.Mac(answer.Slice(UnionOffset, MacLength));
                pseudonyms.Mac(answer.Slice(UnionOffset + MacLength, MacLength));
                break;
            default:
                break;
        }

        if ((type & FLOW_MAC_EXT) != 0)
        {
            pseudonyms.Mac(answer.Slice(ExtensionMacOffset, MacLength));
        }
    }
}
