namespace ZeptAdmin.Rss;

/// <summary>Kinds of packets whose hash fields are set apart (linux/ethtool.h).</summary>
public enum RssFlowType
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>TCP over IPv4 (<c>TCP_V4_FLOW</c>, tcp4).</summary>
    Tcp4 = 0x01,
    /// <summary>UDP over IPv4 (<c>UDP_V4_FLOW</c>, udp4).</summary>
    Udp4 = 0x02,
    /// <summary>SCTP over IPv4 (<c>SCTP_V4_FLOW</c>, sctp4).</summary>
    Sctp4 = 0x03,
    /// <summary>IPsec AH and ESP over IPv4 (<c>AH_ESP_V4_FLOW</c>, ah4 and esp4).</summary>
    AhEsp4 = 0x04,
    /// <summary>TCP over IPv6 (<c>TCP_V6_FLOW</c>, tcp6).</summary>
    Tcp6 = 0x05,
    /// <summary>UDP over IPv6 (<c>UDP_V6_FLOW</c>, udp6).</summary>
    Udp6 = 0x06,
    /// <summary>SCTP over IPv6 (<c>SCTP_V6_FLOW</c>, sctp6).</summary>
    Sctp6 = 0x07,
    /// <summary>IPsec AH and ESP over IPv6 (<c>AH_ESP_V6_FLOW</c>, ah6 and esp6).</summary>
    AhEsp6 = 0x08,
}

/// <summary>Fields of a packet that may go into the hash: the bits <c>RXH_*</c> of linux/ethtool.h.</summary>
[Flags]
#pragma warning disable CA1028 // RXH_DISCARD is bit 31
public enum RssFields : uint
#pragma warning restore CA1028
{
    /// <summary>None: such packets are not hashed.</summary>
    None = 0,
    /// <summary>Destination MAC address (<c>RXH_L2DA</c>, letter m).</summary>
    DestinationMac = 1 << 1,
    /// <summary>VLAN tag (<c>RXH_VLAN</c>, letter v).</summary>
    Vlan = 1 << 2,
    /// <summary>Protocol number of the IP header (<c>RXH_L3_PROTO</c>, letter t).</summary>
    Protocol = 1 << 3,
    /// <summary>Source address (<c>RXH_IP_SRC</c>, letter s).</summary>
    SourceAddress = 1 << 4,
    /// <summary>Destination address (<c>RXH_IP_DST</c>, letter d).</summary>
    DestinationAddress = 1 << 5,
    /// <summary>Bytes 0 and 1 of the transport header, the source port (<c>RXH_L4_B_0_1</c>, letter f).</summary>
    SourcePort = 1 << 6,
    /// <summary>Bytes 2 and 3 of the transport header, the destination port (<c>RXH_L4_B_2_3</c>, letter n).</summary>
    DestinationPort = 1 << 7,
    /// <summary>Tunnel identifier of GTP (<c>RXH_GTP_TEID</c>, letter e; since Linux 6.9).</summary>
    GtpTunnel = 1 << 8,
    /// <summary>Flow label of IPv6 (<c>RXH_IP6_FL</c>, letter l; since Linux 6.17).</summary>
    FlowLabel = 1 << 9,
    /// <summary>Packets of this kind are discarded (<c>RXH_DISCARD</c>, letter r).</summary>
    Discard = 1u << 31,
}

/// <summary>Fields that go into the hash for one kind of packets.</summary>
public sealed record NicHashFields
{
    /// <summary>Kind of packets.</summary>
    public RssFlowType FlowType { get; internal init; }

    /// <summary>The fields; a bit that has no name here is kept as its number.</summary>
    public RssFields Fields { get; internal init; }

    /// <summary>The fields as ethtool takes them: <c>sd</c>, <c>sdfn</c>; empty for none.</summary>
    public string Letters => RssFieldsText.Letters(Fields);

    /// <summary>
    /// False when only one side's address or port is hashed, so that the two directions of a connection cannot meet in one queue,
    /// whatever the key is.
    /// </summary>
    public bool IsTwoSided =>
        Fields.HasFlag(RssFields.SourceAddress) == Fields.HasFlag(RssFields.DestinationAddress)
        && Fields.HasFlag(RssFields.SourcePort) == Fields.HasFlag(RssFields.DestinationPort)
        && !Fields.HasFlag(RssFields.DestinationMac);

    /// <summary>Kind and letters: <c>Tcp4=sdfn</c>.</summary>
    public override string ToString() => $"{FlowType}={(Letters.Length == 0 ? "-" : Letters)}";
}
