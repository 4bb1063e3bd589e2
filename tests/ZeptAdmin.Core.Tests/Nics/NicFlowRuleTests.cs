using System.Runtime.InteropServices;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Nics;

/// <summary>Rules as bytes of <c>struct ethtool_rx_flow_spec</c>, laid out by hand: h_u at 4, h_ext at 56, m_u at 76, m_ext at 128.</summary>
public sealed class NicFlowRuleTests
{
    private const int Value = 4;
    private const int ValueExt = 56;
    private const int Mask = 76;
    private const int MaskExt = 128;

    [Theory]
    [InlineData(1u, FlowRuleType.Tcp4)]
    [InlineData(2u, FlowRuleType.Udp4)]
    [InlineData(3u, FlowRuleType.Sctp4)]
    public void Decodes_addresses_and_ports_over_IPv4(uint kind, FlowRuleType type)
    {
        NicFlowRule rule = Decode(
            kind,
            (Value, "0a010203 c0a80001 0202 0035 b8"),
            (Mask, "ff000000 ffffffff ffff ff00 ff"));

        Assert.Equal(type, rule.FlowType);
        Assert.Equal(
            ["SourceAddress 10.1.2.3/255.0.0.0", "DestinationAddress 192.168.0.1", "SourcePort 514", "DestinationPort 53/0xff00", "TrafficClass 0xb8"],
            Text(rule));
    }

    [Theory]
    [InlineData(9u, FlowRuleType.Ah4)]
    [InlineData(10u, FlowRuleType.Esp4)]
    public void Decodes_IPsec_over_IPv4(uint kind, FlowRuleType type)
    {
        NicFlowRule rule = Decode(kind, (Value, "00000000 0a000001 00001001 00"), (Mask, "00000000 ffffffff ffffffff 00"));

        Assert.Equal(type, rule.FlowType);
        Assert.Equal(["DestinationAddress 10.0.0.1", "Spi 4097"], Text(rule));
    }

    [Fact]
    public void Decodes_any_IPv4()
    {
        NicFlowRule rule = Decode(0x0d, (Value, "0a000001 00000000 12345678 00 01 2f"), (Mask, "ffffffff 00000000 ffff0000 00 00 ff"));

        Assert.Equal(FlowRuleType.Ip4, rule.FlowType);
        Assert.Equal(["SourceAddress 10.0.0.1", "TransportBytes 0x12345678/0xffff0000", "Protocol 47"], Text(rule));
    }

    [Fact]
    public void Takes_the_protocol_of_drivers_that_leave_its_mask_at_0() =>
        Assert.Equal(["Protocol 47"], Text(Decode(0x0d, (Value + 13, "01 2f"))));

    [Theory]
    [InlineData(5u, FlowRuleType.Tcp6)]
    [InlineData(6u, FlowRuleType.Udp6)]
    [InlineData(7u, FlowRuleType.Sctp6)]
    public void Decodes_addresses_and_ports_over_IPv6(uint kind, FlowRuleType type)
    {
        NicFlowRule rule = Decode(
            kind,
            (Value, "20010db8000000000000000000000001 fe800000000000000000000000000002 01bb 0050 11"),
            (Mask, "ffffffffffffffffffffffffffffffff ffff0000000000000000000000000000 ffff 0000 f0"));

        Assert.Equal(type, rule.FlowType);
        Assert.Equal(["SourceAddress 2001:db8::1", "DestinationAddress fe80::2/ffff::", "SourcePort 443", "TrafficClass 0x11/0xf0"], Text(rule));
    }

    [Theory]
    [InlineData(11u, FlowRuleType.Ah6)]
    [InlineData(12u, FlowRuleType.Esp6)]
    public void Decodes_IPsec_over_IPv6(uint kind, FlowRuleType type)
    {
        NicFlowRule rule = Decode(kind, (Value + 32, "000000ff 00"), (Mask + 32, "ffffffff 00"));

        Assert.Equal(type, rule.FlowType);
        Assert.Equal(["Spi 255"], Text(rule));
    }

    [Fact]
    public void Decodes_any_IPv6() =>
        Assert.Equal(["TransportBytes 0xabcd", "TrafficClass 0x7", "Protocol 58"], Text(Decode(0x0e, (Value + 32, "0000abcd 07 3a"), (Mask + 32, "ffffffff ff ff"))));

    [Fact]
    public void Decodes_Ethernet()
    {
        NicFlowRule rule = Decode(0x12, (Value, "020304050607 0a0b0c0d0e0f 88cc"), (Mask, "ffffffffffff ffffff000000 ffff"));

        Assert.Equal(FlowRuleType.Ether, rule.FlowType);
        Assert.Equal(["SourceMac 0a:0b:0c:0d:0e:0f/ff:ff:ff:00:00:00", "DestinationMac 02:03:04:05:06:07", "EtherType 0x88cc"], Text(rule));
    }

    [Fact]
    public void Decodes_what_comes_on_top_only_where_the_flow_type_says_so()
    {
        (int, string)[] bytes = [(ValueExt, "0000 020304050607 8100 2064 00000000 00000005"), (MaskExt, "0000 ffffffffffff ffff 0fff ffffffff ffffffff")];

        Assert.Equal(["DestinationMac 02:03:04:05:06:07", "VlanEtherType 0x8100", "VlanTag 0x2064/0xfff", "UserDefined 0x5"], Text(Decode(0xc0000001, bytes)));
        Assert.Equal(["VlanEtherType 0x8100", "VlanTag 0x2064/0xfff", "UserDefined 0x5"], Text(Decode(0x80000001, bytes)));
        Assert.Equal(["DestinationMac 02:03:04:05:06:07"], Text(Decode(0x40000001, bytes)));
        Assert.Empty(Decode(1, bytes).Fields);
    }

    [Theory]
    [InlineData(0xffffffffffffffff, 2u, FlowRuleAction.Drop, null, null, "Drop")]
    [InlineData(0xfffffffffffffffe, 2u, FlowRuleAction.WakeOnLan, null, null, "WakeOnLan")]
    [InlineData(5ul, 2u, FlowRuleAction.Queue, 5L, null, "Queue 5")]
    [InlineData(0x0000000200000003ul, 2u, FlowRuleAction.Queue, 3L, 1, "VF 1 queue 3")]
    [InlineData(1ul, 0x20000002u, FlowRuleAction.RssContext, 1L, null, "RssContext 7")]
    public void Tells_where_the_packets_go(ulong cookie, uint kind, FlowRuleAction action, long? queue, int? function, string target)
    {
        NicFlowRule rule = Decode(kind, (152, Convert.ToHexString(BitConverter.GetBytes(cookie))));

        Assert.Equal((action, queue, function, target), (rule.Action, rule.Queue, rule.VirtualFunction, rule.Target));
        Assert.Equal(action == FlowRuleAction.RssContext ? 7L : null, rule.RssContext);
    }

    [Fact]
    public void Keeps_a_kind_that_it_does_not_know()
    {
        NicFlowRule rule = Decode(0x33, (160, "ff030000"));

        Assert.Equal((FlowRuleType.Other, 1023L), (rule.FlowType, rule.Location));
        Assert.Empty(rule.Fields);
    }

    [Fact]
    public void Reads_the_rules_again_when_one_went_away_in_between()
    {
        Rules driver = new() { Locations = [7, 3], GoneOnce = 3 };

        EthtoolFlowTable table = EthtoolFlowRules.Get(driver, "e0").Value;

        Assert.Equal([7u, 3u], table.Rules.Select(rule => rule.Spec.Location));
        Assert.Equal(1024u, table.Size);
        Assert.Equal(2, driver.Counted);
    }

    [Fact]
    public void Complains_when_the_rules_do_not_hold_still() =>
        _ = Assert.Throws<KernelFormatException>(() => EthtoolFlowRules.Get(new Rules { Locations = [1, 2], ListsOneMore = true }, "e0"));

    private static string[] Text(NicFlowRule rule) => Array.ConvertAll(rule.Fields, field => field.ToString());

    private static NicFlowRule Decode(uint kind, params (int Offset, string Hex)[] parts)
    {
        byte[] bytes = new byte[168];
        MemoryMarshal.Write(bytes, kind);
        foreach ((int offset, string hex) in parts)
        {
            Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)).CopyTo(bytes, offset);
        }

        return NicFlowRules.Decode("e0", new EthtoolFlowRule(MemoryMarshal.Read<EthtoolRxFlowSpec>(bytes), 7));
    }

    // Answers as ethtool_get_rxnfc of net/ethtool/ioctl.c does.
    private sealed class Rules : IEthtoolChannel
    {
        public uint[] Locations { get; init; } = [];

        public uint? GoneOnce { get; set; }

        public bool ListsOneMore { get; init; }

        public int Counted { get; private set; }

        public Errno Send(string interfaceName, Span<byte> buffer)
        {
            switch (MemoryMarshal.Read<uint>(buffer))
            {
                case EthtoolCommands.ETHTOOL_GRXCLSRLCNT:
                    Counted++;
                    MemoryMarshal.Write(buffer[8..], 1024UL | EthtoolFlows.RX_CLS_LOC_SPECIAL);
                    MemoryMarshal.Write(buffer[184..], Locations.Length);
                    return Errno.None;
                case EthtoolCommands.ETHTOOL_GRXCLSRLALL:
                    MemoryMarshal.Write(buffer[184..], Locations.Length + (ListsOneMore ? 1 : 0));
                    MemoryMarshal.AsBytes(Locations.AsSpan()).CopyTo(buffer[188..]);
                    return Errno.None;
                default:
                    if (MemoryMarshal.Read<uint>(buffer[(16 + 160)..]) == GoneOnce)
                    {
                        GoneOnce = null;
                        return Errno.ENOENT;
                    }

                    MemoryMarshal.Write(buffer[16..], EthtoolFlows.UDP_V4_FLOW);
                    return Errno.None;
            }
        }
    }
}
