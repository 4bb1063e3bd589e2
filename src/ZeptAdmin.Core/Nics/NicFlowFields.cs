using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Nics;

/// <summary>Where each field lies in <c>union ethtool_flow_union</c> (linux/ethtool.h), and how it is written.</summary>
internal static class NicFlowFields
{
    private enum Form
    {
        Address,
        Mac,
        Decimal,
        Hexadecimal,
    }

    private static readonly Place[] Ports4 =
    [
        new(FlowRuleField.SourceAddress, 0, 4, Form.Address), new(FlowRuleField.DestinationAddress, 4, 4, Form.Address),
        new(FlowRuleField.SourcePort, 8, 2, Form.Decimal), new(FlowRuleField.DestinationPort, 10, 2, Form.Decimal),
        new(FlowRuleField.TrafficClass, 12, 1, Form.Hexadecimal),
    ];

    private static readonly Place[] Ipsec4 =
    [
        new(FlowRuleField.SourceAddress, 0, 4, Form.Address), new(FlowRuleField.DestinationAddress, 4, 4, Form.Address),
        new(FlowRuleField.Spi, 8, 4, Form.Decimal), new(FlowRuleField.TrafficClass, 12, 1, Form.Hexadecimal),
    ];

    // ip_ver, between tos and proto, is always ETH_RX_NFC_IP4 and not compared.
    private static readonly Place[] User4 =
    [
        new(FlowRuleField.SourceAddress, 0, 4, Form.Address), new(FlowRuleField.DestinationAddress, 4, 4, Form.Address),
        new(FlowRuleField.TransportBytes, 8, 4, Form.Hexadecimal), new(FlowRuleField.TrafficClass, 12, 1, Form.Hexadecimal),
        new(FlowRuleField.Protocol, 14, 1, Form.Decimal),
    ];

    private static readonly Place[] Ports6 =
    [
        new(FlowRuleField.SourceAddress, 0, 16, Form.Address), new(FlowRuleField.DestinationAddress, 16, 16, Form.Address),
        new(FlowRuleField.SourcePort, 32, 2, Form.Decimal), new(FlowRuleField.DestinationPort, 34, 2, Form.Decimal),
        new(FlowRuleField.TrafficClass, 36, 1, Form.Hexadecimal),
    ];

    private static readonly Place[] Ipsec6 =
    [
        new(FlowRuleField.SourceAddress, 0, 16, Form.Address), new(FlowRuleField.DestinationAddress, 16, 16, Form.Address),
        new(FlowRuleField.Spi, 32, 4, Form.Decimal), new(FlowRuleField.TrafficClass, 36, 1, Form.Hexadecimal),
    ];

    private static readonly Place[] User6 =
    [
        new(FlowRuleField.SourceAddress, 0, 16, Form.Address), new(FlowRuleField.DestinationAddress, 16, 16, Form.Address),
        new(FlowRuleField.TransportBytes, 32, 4, Form.Hexadecimal), new(FlowRuleField.TrafficClass, 36, 1, Form.Hexadecimal),
        new(FlowRuleField.Protocol, 37, 1, Form.Decimal),
    ];

    // struct ethhdr of linux/if_ether.h
    private static readonly Place[] Ether =
    [
        new(FlowRuleField.SourceMac, 6, 6, Form.Mac), new(FlowRuleField.DestinationMac, 0, 6, Form.Mac),
        new(FlowRuleField.EtherType, 12, 2, Form.Hexadecimal),
    ];

    // struct ethtool_flow_ext: two bytes of padding, h_dest, vlan_etype, vlan_tci, data
    private static readonly Place[] Extension =
    [
        new(FlowRuleField.VlanEtherType, 8, 2, Form.Hexadecimal), new(FlowRuleField.VlanTag, 10, 2, Form.Hexadecimal),
        new(FlowRuleField.UserDefined, 12, 8, Form.Hexadecimal),
    ];

    private static readonly Place[] MacExtension = [new(FlowRuleField.DestinationMac, 2, 6, Form.Mac)];

    /// <summary>Kind of packets of a kernel's flow type, flags taken off.</summary>
    public static FlowRuleType TypeOf(uint flowType)
    {
        FlowRuleType type = (FlowRuleType)(flowType & ~(EthtoolFlows.FLOW_EXT | EthtoolFlows.FLOW_MAC_EXT | EthtoolFlows.FLOW_RSS));
        return PlacesOf(type).Length > 0 ? type : FlowRuleType.Other;
    }

    /// <summary>The fields that a rule compares: those with a bit in their mask.</summary>
    public static NicFlowMatch[] Of(EthtoolRxFlowSpec spec)
    {
        List<NicFlowMatch> fields = [];
        FlowRuleType type = TypeOf(spec.FlowType);
        Add(fields, PlacesOf(type), EthtoolFlowUnion.Bytes(ref spec.Value), EthtoolFlowUnion.Bytes(ref spec.Mask));
        if ((spec.FlowType & EthtoolFlows.FLOW_MAC_EXT) != 0)
        {
            Add(fields, MacExtension, EthtoolFlowExt.Bytes(ref spec.ValueExt), EthtoolFlowExt.Bytes(ref spec.MaskExt));
        }

        if ((spec.FlowType & EthtoolFlows.FLOW_EXT) != 0)
        {
            Add(fields, Extension, EthtoolFlowExt.Bytes(ref spec.ValueExt), EthtoolFlowExt.Bytes(ref spec.MaskExt));
        }

        return [.. fields];
    }

    /// <summary>Writes a field of a rule; false when packets of the kind have no such field, or one of another length.</summary>
    public static bool Set(ref EthtoolRxFlowSpec spec, FlowRuleType type, FlowRuleField field, ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask)
    {
        int index = Array.FindIndex(PlacesOf(type), place => place.Field == field);
        if (index < 0 || PlacesOf(type)[index].Length != value.Length)
        {
            return false;
        }

        int offset = PlacesOf(type)[index].Offset;
        value.CopyTo(EthtoolFlowUnion.Bytes(ref spec.Value)[offset..]);
        mask.CopyTo(EthtoolFlowUnion.Bytes(ref spec.Mask)[offset..]);
        return true;
    }

    private static Place[] PlacesOf(FlowRuleType type) => type switch
    {
        FlowRuleType.Tcp4 or FlowRuleType.Udp4 or FlowRuleType.Sctp4 => Ports4,
        FlowRuleType.Ah4 or FlowRuleType.Esp4 => Ipsec4,
        FlowRuleType.Ip4 => User4,
        FlowRuleType.Tcp6 or FlowRuleType.Udp6 or FlowRuleType.Sctp6 => Ports6,
        FlowRuleType.Ah6 or FlowRuleType.Esp6 => Ipsec6,
        FlowRuleType.Ip6 => User6,
        FlowRuleType.Ether => Ether,
        _ => [],
    };

    private static void Add(List<NicFlowMatch> fields, Place[] places, ReadOnlySpan<byte> values, ReadOnlySpan<byte> masks)
    {
        foreach (Place place in places)
        {
            ReadOnlySpan<byte> bits = masks.Slice(place.Offset, place.Length);
            ReadOnlySpan<byte> bytes = values.Slice(place.Offset, place.Length);

            // The header says that the mask of the protocol "must be 0"; old drivers keep to that and compare it all the same.
            bool isOldProtocol = place.Field == FlowRuleField.Protocol && bytes[0] != 0 && bits[0] == 0;
            if (bits.ContainsAnyExcept((byte)0) || isOldProtocol)
            {
                bool isWhole = isOldProtocol || !bits.ContainsAnyExcept((byte)0xff);
                fields.Add(new NicFlowMatch
                {
                    Field = place.Field,
                    Value = Write(bytes, place.Form),
                    Mask = isWhole ? null : Write(bits, place.Form == Form.Decimal ? Form.Hexadecimal : place.Form),
                });
            }
        }
    }

    private static string Write(ReadOnlySpan<byte> bytes, Form form) => form switch
    {
        Form.Address => new IPAddress(bytes).ToString(),
        Form.Mac => string.Join(':', Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => new string(pair))),
        Form.Decimal => Number(bytes).ToString(CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{Number(bytes):x}"),
    };

    private static ulong Number(ReadOnlySpan<byte> bytes)
    {
        Span<byte> eight = stackalloc byte[8];
        eight.Clear();
        bytes.CopyTo(eight[(8 - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(eight);
    }

    private readonly record struct Place(FlowRuleField Field, int Offset, int Length, Form Form);
}
