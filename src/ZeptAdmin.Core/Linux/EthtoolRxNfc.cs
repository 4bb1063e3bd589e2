using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order

/// <summary><c>union ethtool_flow_union</c> of linux/ethtool.h: 52 bytes whose meaning the flow type gives.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct EthtoolFlowUnion
{
    private fixed uint _words[13];

    /// <summary>The bytes, <c>hdata</c>.</summary>
    public static Span<byte> Bytes(ref EthtoolFlowUnion union) => MemoryMarshal.AsBytes(new Span<EthtoolFlowUnion>(ref union));
}

/// <summary><c>struct ethtool_flow_ext</c> of linux/ethtool.h; its numbers are big-endian.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct EthtoolFlowExt
{
    public ushort Padding;
    public fixed byte Destination[6];
    public ushort VlanEtherType;
    public ushort VlanTci;
    public fixed uint Data[2];

    /// <summary>The bytes.</summary>
    public static Span<byte> Bytes(ref EthtoolFlowExt extension) => MemoryMarshal.AsBytes(new Span<EthtoolFlowExt>(ref extension));
}

/// <summary><c>struct ethtool_rx_flow_spec</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolRxFlowSpec
{
    public uint FlowType;
    public EthtoolFlowUnion Value;
    public EthtoolFlowExt ValueExt;
    public EthtoolFlowUnion Mask;
    public EthtoolFlowExt MaskExt;
    public ulong RingCookie;
    public uint Location;
}

/// <summary><c>struct ethtool_rxnfc</c> of linux/ethtool.h; <c>rule_locs</c> begin behind <see cref="RuleCount"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolRxNfc
{
    /// <summary>Offset of <c>rule_locs</c>; less than the size of the structure, which is rounded up to eight.</summary>
    public const int RuleLocationsOffset = 188;

    public uint Command;
    public uint FlowType;
    public ulong Data;
    public EthtoolRxFlowSpec Flow;

    /// <summary><c>rule_cnt</c> or, for one rule, <c>rss_context</c>.</summary>
    public uint RuleCount;
}
#pragma warning restore CS1591, CA1051

/// <summary>Flow types and flags of linux/ethtool.h, with the kernel's names.</summary>
public static class EthtoolFlows
{
#pragma warning disable CS1591 // the kernel's names say it
    public const uint TCP_V4_FLOW = 0x01;
    public const uint UDP_V4_FLOW = 0x02;
    public const uint SCTP_V4_FLOW = 0x03;
    public const uint AH_ESP_V4_FLOW = 0x04;
    public const uint TCP_V6_FLOW = 0x05;
    public const uint UDP_V6_FLOW = 0x06;
    public const uint SCTP_V6_FLOW = 0x07;
    public const uint AH_ESP_V6_FLOW = 0x08;
    public const uint AH_V4_FLOW = 0x09;
    public const uint ESP_V4_FLOW = 0x0a;
    public const uint AH_V6_FLOW = 0x0b;
    public const uint ESP_V6_FLOW = 0x0c;
    public const uint IPV4_USER_FLOW = 0x0d;
    public const uint IPV6_USER_FLOW = 0x0e;
    public const uint ETHER_FLOW = 0x12;
    public const uint FLOW_EXT = 0x80000000;
    public const uint FLOW_MAC_EXT = 0x40000000;
    public const uint FLOW_RSS = 0x20000000;

    public const ulong RX_CLS_FLOW_DISC = ulong.MaxValue;
    public const ulong RX_CLS_FLOW_WAKE = ulong.MaxValue - 1;
    public const uint RX_CLS_LOC_SPECIAL = 0x80000000;
    public const uint RX_CLS_LOC_ANY = 0xffffffff;
    public const ulong ETHTOOL_RX_FLOW_SPEC_RING = 0x00000000FFFFFFFF;
    public const ulong ETHTOOL_RX_FLOW_SPEC_RING_VF = 0x000000FF00000000;
    public const int ETHTOOL_RX_FLOW_SPEC_RING_VF_OFF = 32;
#pragma warning restore CS1591
}
