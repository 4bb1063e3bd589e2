using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Nics;

/// <summary>Makes the kernel's form of a rule.</summary>
internal static class NicFlowRuleEncoder
{
    // struct ethtool_usrip4_spec: ip_ver, which is always ETH_RX_NFC_IP4.
    private const int IpVersion = 13;
    private const byte ETH_RX_NFC_IP4 = 1;
    private const ushort VlanIdMask = 0x0fff;

    /// <summary>The rule, or why there is none such, as a sentence; its location is not set.</summary>
    public static (EthtoolFlowRule? Rule, string? Problem) Encode(NicFlowRuleWish wish)
    {
        EthtoolRxFlowSpec spec = new() { FlowType = (uint)wish.FlowType };
        string? problem = SetEnds(ref spec, wish)
            ?? SetNumber(ref spec, wish, FlowRuleField.SourcePort, wish.SourcePort, 2)
            ?? SetNumber(ref spec, wish, FlowRuleField.DestinationPort, wish.DestinationPort, 2)
            ?? SetNumber(ref spec, wish, FlowRuleField.Protocol, wish.Protocol, 1)
            ?? SetNumber(ref spec, wish, FlowRuleField.EtherType, wish.EtherType, 2);
        if (problem is not null)
        {
            return (null, problem);
        }

        if (wish.FlowType == FlowRuleType.Ip4)
        {
            EthtoolFlowUnion.Bytes(ref spec.Value)[IpVersion] = ETH_RX_NFC_IP4;
        }

        if (wish.Vlan is int vlan)
        {
            spec.FlowType |= EthtoolFlows.FLOW_EXT;
            spec.ValueExt.VlanTci = BigEndian((ushort)vlan);
            spec.MaskExt.VlanTci = BigEndian(VlanIdMask);
        }

        if (wish.Action == FlowRuleAction.RssContext)
        {
            spec.FlowType |= EthtoolFlows.FLOW_RSS;
            return (new EthtoolFlowRule(spec, wish.ActionTarget), null);
        }

        spec.RingCookie = wish.Action == FlowRuleAction.Drop ? EthtoolFlows.RX_CLS_FLOW_DISC : wish.ActionTarget;
        return (new EthtoolFlowRule(spec, 0), null);
    }

    private static string? SetEnds(ref EthtoolRxFlowSpec spec, NicFlowRuleWish wish)
    {
        (FlowRuleField source, FlowRuleField destination) = wish.FlowType == FlowRuleType.Ether
            ? (FlowRuleField.SourceMac, FlowRuleField.DestinationMac)
            : (FlowRuleField.SourceAddress, FlowRuleField.DestinationAddress);
        return SetEnd(ref spec, wish, source, wish.Source) ?? SetEnd(ref spec, wish, destination, wish.Destination);
    }

    private static string? SetEnd(ref EthtoolRxFlowSpec spec, NicFlowRuleWish wish, FlowRuleField field, string? text)
    {
        if (text is null)
        {
            return null;
        }

        (byte[] Value, byte[] Mask)? end = wish.FlowType == FlowRuleType.Ether ? Mac(text) : Address(text);
        return end is not (byte[] value, byte[] mask)
            ? $"'{text}' is no {(wish.FlowType == FlowRuleType.Ether ? "MAC address (02:03:04:05:06:07)" : "address or network (10.0.0.0/8)")}."
            : NicFlowFields.Set(ref spec, wish.FlowType, field, value, mask) ? null : $"'{text}' is not of the kind that {wish.FlowType} has.";
    }

    private static string? SetNumber(ref EthtoolRxFlowSpec spec, NicFlowRuleWish wish, FlowRuleField field, int? number, int bytes)
    {
        if (number is null)
        {
            return null;
        }

        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(value, number.Value);
        ReadOnlySpan<byte> whole = [0xff, 0xff];
        return NicFlowFields.Set(ref spec, wish.FlowType, field, value[^bytes..], whole[..bytes]) ? null : $"{wish.FlowType} has no {field}.";
    }

    private static (byte[] Value, byte[] Mask)? Mac(string text) =>
        PhysicalAddress.TryParse(text, out PhysicalAddress? mac) && mac.GetAddressBytes() is { Length: 6 } bytes
            ? (bytes, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
            : null;

    private static (byte[] Value, byte[] Mask)? Address(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out IPAddress? address) || address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            return null;
        }

        byte[] value = address.GetAddressBytes();
        int bits = value.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out bits) || bits > value.Length * 8))
        {
            return null;
        }

        byte[] mask = new byte[value.Length];
        for (int bit = 0; bit < bits; bit++)
        {
            mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return ([.. value.Select((part, i) => (byte)(part & mask[i]))], mask);
    }

    private static ushort BigEndian(ushort number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;
}
