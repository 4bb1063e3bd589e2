using System.Buffers.Binary;
using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Tests.Linux;

/// <summary>The filter of Measure-FlowSymmetry, run as the kernel runs it: what it keeps of a packet is the headers, and all that names the flow is in them.</summary>
public sealed class PacketFilterTests
{
    private const int Ethernet = 14;
    private const int Mapping = 3;

    private static readonly int[] Types = [0x0800, 0x86dd, 0x8100, 0x0806];
    private static readonly byte[] Protocols = [0, 1, 6, 17, 44, 47, 132];
    private static readonly BpfInstruction[] Filter = PacketFilter.Headers(Mapping);

    [Theory]
    [InlineData(6, 5, 20, Ethernet + 24)]
    [InlineData(6, 15, 20, Ethernet + 64)]
    [InlineData(17, 5, 0, Ethernet + 24)]
    [InlineData(132, 7, 0, Ethernet + 32)]
    [InlineData(1, 5, 0, Ethernet + 20)]
    [InlineData(47, 5, 0, Ethernet + 20)]
    public void Of_IPv4_the_header_and_the_ports_are_kept(byte protocol, int words, int tcpOptions, int kept) =>
        Assert.Equal(kept, Kept(Frame([], Ip4(protocol, words, 0), tcpOptions + 600)));

    [Theory]
    [InlineData(0x2000)]
    [InlineData(0x0001)]
    [InlineData(0x3fff)]
    public void Of_a_fragment_no_ports_are_kept(int fragment) => Assert.Equal(Ethernet + 20, Kept(Frame([], Ip4(17, 5, fragment), 600)));

    [Fact]
    public void Dont_fragment_is_no_fragment() => Assert.Equal(Ethernet + 24, Kept(Frame([], Ip4(17, 5, 0x4000), 600)));

    [Theory]
    [InlineData(6, 44)]
    [InlineData(17, 44)]
    [InlineData(132, 44)]
    [InlineData(44, 48)]
    [InlineData(58, 40)]
    [InlineData(0, 40)]
    [InlineData(59, 40)]
    public void Of_IPv6_the_header_and_the_ports_or_the_fragment_header_are_kept(byte next, int kept) =>
        Assert.Equal(Ethernet + kept, Kept(Frame([], Ip6(next), 600)));

    [Theory]
    [InlineData(0x8100)]
    [InlineData(0x88a8)]
    public void An_inner_VLAN_tag_is_stepped_over(int tag)
    {
        Assert.Equal(Ethernet + 4 + 24, Kept(Frame([tag], Ip4(6, 5, 0), 600)));
        Assert.Equal(Ethernet + 4 + 44, Kept(Frame([tag], Ip6(17), 600)));
    }

    [Theory]
    [InlineData(0x0806)]
    [InlineData(0x8847)]
    [InlineData(0x8864)]
    [InlineData(0x0026)]
    public void Of_all_else_the_Ethernet_header_is_kept(int type)
    {
        byte[] frame = new byte[600];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)type);
        Assert.Equal(Ethernet, Kept(frame));
    }

    [Fact]
    public void Packets_of_other_queues_and_outgoing_ones_are_left_out()
    {
        byte[] frame = Frame([], Ip4(6, 5, 0), 600);
        Assert.Equal(0, Run(Filter, frame, Mapping + 1, isOutgoing: false));
        Assert.Equal(0, Run(Filter, frame, 0, isOutgoing: false));
        Assert.Equal(0, Run(Filter, frame, Mapping, isOutgoing: true));
        Assert.Equal(0, Run(PacketFilter.Closed, frame, Mapping, isOutgoing: false));
    }

    [Fact]
    public void Whatever_arrives_no_more_than_the_longest_headers_are_kept_and_the_flow_is_the_same() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 3].Select(i => Types[i]), Gen.Int[0, 6].Select(i => Protocols[i]), Gen.Byte[0x40, 0x6f]).Sample(
            (rest, type, protocol, version) =>
            {
                byte[] frame = [.. new byte[12], (byte)(type >> 8), (byte)type, .. rest];
                if (rest.Length > 10 && type != 0x8100)
                {
                    frame[Ethernet] = version;
                    frame[Ethernet + (type == 0x0800 ? 9 : 6)] = protocol;
                }

                AssertSameFlow(frame);
            },
            iter: 20000);

    [Fact]
    public void Of_every_captured_packet_the_flow_is_the_same_by_its_kept_headers()
    {
        int packets = 0;
        foreach (string path in Directory.GetFiles(Repository.Captured("captures"), "*.pcap*", SearchOption.AllDirectories).Where(path => path.EndsWith(".pcap", StringComparison.Ordinal) || path.EndsWith(".pcapng", StringComparison.Ordinal)))
        {
            using CaptureFile file = CaptureFile.Open(path);
            CaptureReader reader = new(file.Content, path);
            while (reader.TryRead(out ReadOnlySpan<byte> frame, out uint _, out int linkType))
            {
                if (linkType == PacketView.Ethernet)
                {
                    AssertSameFlow(frame.ToArray());
                    packets++;
                }
            }
        }

        Assert.True(packets > 1000, $"{packets} packets");
    }

    private static void AssertSameFlow(byte[] frame)
    {
        int kept = Kept(frame);
        // A load behind the end of a packet drops it: one that is cut before it says its protocol.
        Assert.InRange(kept, frame.Length < Ethernet + 4 + 10 ? 0 : Ethernet, PacketFilter.MostBytes);
        if (kept == 0)
        {
            return;
        }

        _ = PacketView.Read(frame, PacketView.Ethernet, isInner: false, out FlowKey whole);
        _ = PacketView.Read(frame.AsSpan(0, Math.Min(kept, frame.Length)), PacketView.Ethernet, isInner: false, out FlowKey headers);

        // The filter goes by the EtherType, as a card does: a packet of another version behind it is nobody's flow.
        bool isOdd = frame.Length > Ethernet && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) != (frame[Ethernet] >> 4 == 4 ? 0x0800 : 0x86dd);

        // Options of IPv6 are not followed, and two tags left in a frame are no packet of a kernel that took the outer one out.
        int type = frame.Length < Ethernet ? 0 : BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));
        if (isOdd || type is 0x8100 or 0x88a8 or 0x9100 || ((headers.Shape & FlowKey.Ip6) != 0 && headers.Protocol is 0 or 43 or 60))
        {
            return;
        }

        // A fragment is no flow's; that it is one has to be seen, and no more.
        Assert.Equal(whole.IsFragment, headers.IsFragment);
        Assert.True(whole.IsFragment || whole.Equals(headers), Convert.ToHexString(frame));
    }

    private static int Kept(byte[] frame) => Run(Filter, frame, Mapping, isOutgoing: false);

    private static byte[] Frame(int[] tags, byte[] ip, int behind)
    {
        List<byte> frame = [.. new byte[12]];
        foreach (int tag in tags)
        {
            frame.AddRange([(byte)(tag >> 8), (byte)tag, 0, 5]);
        }

        int type = ip[0] >> 4 == 4 ? 0x0800 : 0x86dd;
        return [.. frame, (byte)(type >> 8), (byte)type, .. ip, .. Enumerable.Repeat<byte>(0xee, behind)];
    }

    private static byte[] Ip4(byte protocol, int words, int fragment)
    {
        byte[] header = new byte[words * 4];
        header[0] = (byte)(0x40 | words);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), 1500);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)fragment);
        header[9] = protocol;
        return header;
    }

    private static byte[] Ip6(byte next)
    {
        byte[] header = new byte[40];
        header[0] = 0x60;
        header[6] = next;
        return header;
    }

    // Classic BPF (Documentation/networking/filter.rst), of it what the filter uses. A load behind the end keeps nothing of the packet.
    private static int Run(BpfInstruction[] program, ReadOnlySpan<byte> frame, int mapping, bool isOutgoing)
    {
        uint a = 0;
        uint x = 0;
        for (int i = 0; i < program.Length; i++)
        {
            (ushort code, byte jumpTrue, byte jumpFalse, uint k) = program[i];
            switch (code)
            {
                case 0x28 when k >= 0xfffff000:
                    a = k == 0xfffff004 ? isOutgoing ? 4u : 0 : (uint)mapping;
                    break;
                case 0x28 when k + 2 <= frame.Length:
                    a = BinaryPrimitives.ReadUInt16BigEndian(frame[(int)k..]);
                    break;
                case 0x30 when k < frame.Length:
                    a = frame[(int)k];
                    break;
                case 0xb1 when k < frame.Length:
                    x = 4u * (frame[(int)k] & 15u);
                    break;
                case 0x28 or 0x30 or 0xb1:
                    return 0;
                case 0x15:
                    i += a == k ? jumpTrue : jumpFalse;
                    break;
                case 0x45:
                    i += (a & k) != 0 ? jumpTrue : jumpFalse;
                    break;
                case 0x87:
                    a = x;
                    break;
                case 0x04:
                    a += k;
                    break;
                case 0x06:
                    return (int)k;
                case 0x16:
                    return (int)a;
                default:
                    Assert.Fail($"instruction 0x{code:x}");
                    break;
            }
        }

        Assert.Fail("the filter has no end");
        return 0;
    }
}
