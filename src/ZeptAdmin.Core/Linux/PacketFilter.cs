using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>One instruction of classic BPF: <c>struct sock_filter</c> of linux/filter.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Operand);

/// <summary>Filters in classic BPF that let the kernel copy headers of packets, and nothing behind them, to a packet socket.</summary>
/// <remarks>linux/filter.h, Documentation/networking/filter.rst. What a filter returns is how many bytes of the packet are kept.</remarks>
internal static class PacketFilter
{
    /// <summary>Most bytes that <see cref="Headers"/> lets through: Ethernet, a VLAN tag, the longest IPv4 header, ports.</summary>
    public const int MostBytes = 18 + 60 + 4;

    private const ushort Load8 = 0x30; // BPF_LD | BPF_B | BPF_ABS
    private const ushort Load16 = 0x28; // BPF_LD | BPF_H | BPF_ABS
    private const ushort LoadHeaderLength = 0xb1; // BPF_LDX | BPF_B | BPF_MSH: X = 4 * (P[k] & 15)
    private const ushort JumpEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort JumpSet = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private const ushort CopyX = 0x87; // BPF_MISC | BPF_TXA
    private const ushort Add = 0x04; // BPF_ALU | BPF_ADD | BPF_K
    private const ushort Return = 0x06; // BPF_RET | BPF_K
    private const ushort ReturnA = 0x16; // BPF_RET | BPF_A

    private const uint Ancillary = 0xfffff000; // SKF_AD_OFF
    private const uint PacketType = Ancillary + 4; // SKF_AD_PKTTYPE
    private const uint QueueMapping = Ancillary + 24; // SKF_AD_QUEUE
    private const uint PACKET_OUTGOING = 4;
    private const uint MoreFragmentsOrOffset = 0x3fff;

    private const uint EthernetLength = 14;
    private const uint TagLength = 4;
    private const uint Ip6Length = 40;
    private const uint PortsLength = 4;
    private const uint FragmentHeaderLength = 8;

    /// <summary>Lets nothing through.</summary>
    public static BpfInstruction[] Closed { get; } = [new(Return, 0, 0, 0)];

    /// <summary>
    /// Lets the headers of received Ethernet frames through whose queue mapping has one value, up to and with the ports: of IPv4 and IPv6 the
    /// IP header, of TCP, UDP and SCTP the four bytes of the ports, of a fragment of IPv6 its fragment header; of all else the Ethernet header.
    /// </summary>
    /// <param name="queueMapping">The value: 0 where the driver recorded no queue, else the queue and 1 (<c>skb_record_rx_queue</c>).</param>
    public static BpfInstruction[] Headers(int queueMapping)
    {
        BpfInstruction[] plain = Ip(EthernetLength);
        byte tagged = (byte)plain.Length;
        return
        [
            new(Load16, 0, 0, PacketType),
            new(JumpEqual, 2, 0, PACKET_OUTGOING),
            new(Load16, 0, 0, QueueMapping),
            new(JumpEqual, 1, 0, (uint)queueMapping),
            new(Return, 0, 0, 0),

            // The kernel takes the outer VLAN tag out; one that is left in the frame is an inner one.
            new(Load16, 0, 0, EthernetLength - 2),
            new(JumpEqual, (byte)(tagged + 1), 0, 0x8100),
            new(JumpEqual, tagged, 0, 0x88a8),
            .. plain,
            new(Load16, 0, 0, EthernetLength + TagLength - 2),
            .. Ip(EthernetLength + TagLength),
        ];
    }

    // With the EtherType in A: what is kept of an IP packet that begins at a place. Numbers are those of the instructions.
    private static BpfInstruction[] Ip(uint start) =>
    [
        /* 0 */ new(JumpEqual, 2, 0, 0x0800),
        /* 1 */ new(JumpEqual, 14, 0, 0x86dd),
        /* 2 */ new(Return, 0, 0, EthernetLength),

        // IPv4: X is the length of its header. A fragment shows no ports, or payload in their place.
        /* 3 */ new(LoadHeaderLength, 0, 0, start),
        /* 4 */ new(Load16, 0, 0, start + 6),
        /* 5 */ new(JumpSet, 4, 0, MoreFragmentsOrOffset),
        /* 6 */ new(Load8, 0, 0, start + 9),
        /* 7 */ new(JumpEqual, 5, 0, 6),
        /* 8 */ new(JumpEqual, 4, 0, 17),
        /* 9 */ new(JumpEqual, 3, 0, 132),
        /* 10 */ new(CopyX, 0, 0, 0),
        /* 11 */ new(Add, 0, 0, start),
        /* 12 */ new(ReturnA, 0, 0, 0),
        /* 13 */ new(CopyX, 0, 0, 0),
        /* 14 */ new(Add, 0, 0, start + PortsLength),
        /* 15 */ new(ReturnA, 0, 0, 0),

        // IPv6.
        /* 16 */ new(Load8, 0, 0, start + 6),
        /* 17 */ new(JumpEqual, 4, 0, 6),
        /* 18 */ new(JumpEqual, 3, 0, 17),
        /* 19 */ new(JumpEqual, 2, 0, 132),
        /* 20 */ new(JumpEqual, 2, 0, 44),
        /* 21 */ new(Return, 0, 0, start + Ip6Length),
        /* 22 */ new(Return, 0, 0, start + Ip6Length + PortsLength),
        /* 23 */ new(Return, 0, 0, start + Ip6Length + FragmentHeaderLength),
    ];
}
