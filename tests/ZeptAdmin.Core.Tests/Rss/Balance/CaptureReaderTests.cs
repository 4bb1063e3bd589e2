using System.Buffers.Binary;
using System.IO.Compression;
using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Tests.Rss.Balance;

/// <summary>Forms of captures, and what damage does to them.</summary>
public sealed class CaptureReaderTests
{
    private static readonly byte[] Frame = Convert.FromHexString(
        "0200000000010200000000020800450000280000400040060000C0A80001C0A80002D43101BB00000000000000005002000000000000");

    public static TheoryData<uint, bool, bool> Magics => new()
    {
        { 0xA1B2C3D4, false, false }, { 0xA1B2C3D4, true, false }, { 0xA1B23C4D, false, false }, { 0xA1B23C4D, true, false },
        { 0xA1B2CD34, false, true }, { 0xA1B2CD34, true, true },
    };

    [Theory]
    [MemberData(nameof(Magics))]
    public void Reads_pcap_of_both_byte_orders_and_all_clocks(uint magic, bool isBigEndian, bool isPatched)
    {
        byte[] capture = Pcap(magic, isBigEndian, isPatched, 1, (Frame, 54), (Frame[..40], 1500), (Frame, 54));

        List<(byte[] Frame, uint Length, int LinkType)> packets = Read(capture, out string? problem);

        Assert.Null(problem);
        Assert.Equal([54u, 1500u, 54u], packets.Select(packet => packet.Length));
        Assert.Equal([54, 40, 54], packets.Select(packet => packet.Frame.Length));
        Assert.All(packets, packet => Assert.Equal(1, packet.LinkType));
        Assert.Equal(Frame, packets[2].Frame);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_pcapng_with_several_sections_and_interfaces(bool isBigEndian)
    {
        byte[] capture =
        [
            .. Section(isBigEndian), .. Interface(isBigEndian, 1, 0), .. Interface(isBigEndian, 101, 30),
            .. Block(isBigEndian, 4, new byte[40]),
            .. Enhanced(isBigEndian, 0, Frame, 54), .. Enhanced(isBigEndian, 1, Frame[14..], 40), .. Simple(isBigEndian, Frame),
            .. Section(!isBigEndian), .. Interface(!isBigEndian, 113, 20), .. Simple(!isBigEndian, Frame), .. Block(!isBigEndian, 0x0BAD, new byte[8]),
        ];

        List<(byte[] Frame, uint Length, int LinkType)> packets = Read(capture, out string? problem);

        Assert.Null(problem);
        Assert.Equal([1, 101, 1, 113], packets.Select(packet => packet.LinkType));
        Assert.Equal([54, 40, 54, 20], packets.Select(packet => packet.Frame.Length));
        Assert.Equal([54u, 40u, 54u, 54u], packets.Select(packet => packet.Length));
    }

    [Fact]
    public void A_capture_cut_anywhere_gives_the_packets_before_and_one_problem()
    {
        byte[][] captures =
        [
            Pcap(0xA1B2C3D4, false, false, 1, (Frame, 54), (Frame, 54), (Frame, 54)),
            [.. Section(false), .. Interface(false, 1, 0), .. Enhanced(false, 0, Frame, 54), .. Enhanced(false, 0, Frame, 54), .. Enhanced(false, 0, Frame, 54)],
        ];
        foreach (byte[] capture in captures)
        {
            int wholes = 0;
            for (int length = 1; length < capture.Length; length++)
            {
                List<(byte[] Frame, uint Length, int LinkType)> packets = Read(capture[..length], out string? problem);
                wholes += problem is null ? 1 : 0;
                Assert.All(packets, packet => Assert.Equal(Frame, packet.Frame));
                Assert.True(packets.Count < 3);
            }

            // Only a cut between two packets (or before the first, behind a whole header) leaves nothing to see.
            Assert.InRange(wholes, 3, 4);
        }
    }

    [Fact]
    public void A_length_that_cannot_be_ends_the_capture_without_memory()
    {
        byte[] capture = Pcap(0xA1B2C3D4, false, false, 1, (Frame, 54), (Frame, 54));
        BinaryPrimitives.WriteUInt32LittleEndian(capture.AsSpan(24 + 16 + 54 + 8), 0xFFFF_FFF0);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Single(Read(capture, out string? problem));

        Assert.Contains("packet 2", problem, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    [Fact]
    public void Noise_never_breaks_the_reader()
    {
        byte[][] seeds =
        [
            Pcap(0xA1B2C3D4, false, false, 1, (Frame, 54), (Frame, 54)),
            [.. Section(false), .. Interface(false, 1, 0), .. Enhanced(false, 0, Frame, 54), .. Simple(false, Frame)],
        ];
        Gen.Select(Gen.Int[0, 1], Gen.Select(Gen.Int[4, 200], Gen.Byte).Array[0, 12]).Sample((seed, changes) =>
        {
            byte[] capture = [.. seeds[seed]];
            foreach ((int position, byte value) in changes)
            {
                capture[position % capture.Length] = value;
            }

            _ = Read(capture, out _);
        }, iter: 20000);
    }

    [Theory]
    [InlineData("11", "12B512B5000000000800000000000000", Encapsulations.Vxlan, true)]
    [InlineData("11", "12B517C1000000000000655800000100", Encapsulations.Geneve, true)]
    [InlineData("2F", "00006558", Encapsulations.Gre, false)]
    [InlineData("2F", "10006558000000FF", Encapsulations.Gre, false)]
    [InlineData("2F", "100088BE000000FF0000000000000000", Encapsulations.Gre, false)]
    public void The_card_sees_the_outer_header_and_Inner_what_is_inside(string protocol, string header, Encapsulations kind, bool hasPorts)
    {
        byte[] outer = Convert.FromHexString("020000000001020000000002" + "0800" + "4500000000004000" + "40" + protocol + "0000" + "0A000001" + "0A000002" + header);
        byte[] packet = [.. outer, .. Frame];

        Assert.Equal(kind, PacketView.Read(packet, PacketView.Ethernet, isInner: false, out FlowKey card));
        Assert.Equal(kind, PacketView.Read(packet, PacketView.Ethernet, isInner: true, out FlowKey inner));

        Assert.Equal("0A000001", Convert.ToHexString(card.Source));
        Assert.Equal(hasPorts, (card.Shape & FlowKey.Ports) != 0);
        Assert.Equal(("C0A80001", "C0A80002"), (Convert.ToHexString(inner.Source), Convert.ToHexString(inner.Destination)));
        Assert.Equal((54321, 443, 6), (inner.SourcePort, inner.DestinationPort, inner.Protocol));
    }

    [Theory]
    [InlineData("8847", "0001 01FF", Encapsulations.Mpls)]
    [InlineData("8847", "0001 00FF 0002 01FF", Encapsulations.Mpls)]
    [InlineData("8864", "1100 0001 002A 0021", Encapsulations.Pppoe)]
    [InlineData("88A8", "0001 8100 0002 8100 0003 0800", Encapsulations.Vlan | Encapsulations.QinQ)]
    public void The_card_sees_no_IP_behind_what_it_does_not_know(string type, string header, Encapsulations kind)
    {
        byte[] packet = [.. Frame[..12], .. Convert.FromHexString((type + header).Replace(" ", "", StringComparison.Ordinal)), .. Frame[14..]];

        Assert.Equal(kind, PacketView.Read(packet, PacketView.Ethernet, isInner: false, out FlowKey card));
        _ = PacketView.Read(packet, PacketView.Ethernet, isInner: true, out FlowKey inner);

        Assert.False(card.IsIp);
        Assert.Equal((54321, 443), (inner.SourcePort, inner.DestinationPort));
    }

    [Fact]
    public void Noise_never_breaks_the_view()
    {
        int[] links = [PacketView.Ethernet, PacketView.LinuxCooked, PacketView.LinuxCooked2, PacketView.Nflog, PacketView.Raw, PacketView.Null, 7];
        int[] types = [0x0800, 0x86DD, 0x8100, 0x88A8, 0x8847, 0x8864, 0x8926];
        int[] protocols = [4, 41, 47, 17, 6, 44, 0, 43, 60, 132];
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, links.Length - 1], Gen.Int[0, types.Length - 1], Gen.Int[0, protocols.Length - 1], Gen.Bool)
            .Sample((frame, link, type, protocol, isInner) =>
            {
                if (frame.Length > 60)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)types[type]);
                    frame[14] = type == 1 ? (byte)0x60 : (byte)0x45;
                    frame[type == 1 ? 20 : 23] = (byte)protocols[protocol];
                    BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), (ushort)(protocol % 2 == 0 ? 4789 : 6081));
                }

                _ = PacketView.Read(frame, links[link], isInner, out FlowKey key);
                Assert.True(key.IsIp || key.Equals(default));
            }, iter: 100000);
    }

    [Fact]
    public void Opens_gzip_and_Zstandard_and_tells_a_damaged_one()
    {
        using TemporaryFolder folder = new();
        byte[] capture = Pcap(0xA1B2C3D4, false, false, 1, [.. Enumerable.Repeat((Frame, 54u), 5000)]);
        string plain = Path.Combine(folder.Path, "a.pcap");
        File.WriteAllBytes(plain, capture);
        string gzip = Path.Combine(folder.Path, "a.pcap.gz");
        using (GZipStream stream = new(File.Create(gzip), CompressionLevel.Fastest))
        {
            stream.Write(capture);
        }

        Assert.Equal((5000, false), Count(plain));
        Assert.Equal((5000, false), Count(gzip));

        string cut = Path.Combine(folder.Path, "cut.pcap.gz");
        File.WriteAllBytes(cut, File.ReadAllBytes(gzip)[..^200]);
        (long packets, bool hasWarning) = Count(cut);
        Assert.True(hasWarning);
        Assert.InRange(packets, 1, 4999);

        _ = ExternalTool.Run("zstd", "-q", plain);
        Assert.Equal((5000, false), Count(plain + ".zst"));
        byte[] damaged = File.ReadAllBytes(plain + ".zst");
        File.WriteAllBytes(cut, damaged[..^20]);
        Assert.True(Count(cut).HasWarning);
    }

    [Fact]
    public void A_gzip_file_cut_anywhere_is_told()
    {
        using TemporaryFolder folder = new();
        byte[] whole = Gzip(Pcap(0xA1B2C3D4, false, false, 1, [.. Enumerable.Range(0, 400).Select(i => ((byte[])[.. Frame, (byte)i, (byte)(i * i)], 56u))]));
        string path = Path.Combine(folder.Path, "a.pcap.gz");
        for (int length = 2; length < whole.Length; length++)
        {
            // At these lengths the head of the capture is not there yet.
            File.WriteAllBytes(path, whole[..length]);
            try
            {
                Assert.True(Count(path).HasWarning, $"{length} of {whole.Length} bytes");
            }
            catch (KernelFormatException e)
            {
                Assert.Contains("gzip data are", e.Message, StringComparison.Ordinal);
                Assert.InRange(length, 2, 60);
            }
        }
    }

    [Fact]
    public void A_log_that_gzip_cut_behind_a_row_is_told_too()
    {
        const string row = """{"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2,"proto":"tcp","orig_pkts":1,"orig_ip_bytes":9}""" + "\n";
        using TemporaryFolder folder = new();
        using MemoryStream log = new();
        using (GZipStream stream = new(log, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < 3; i++)
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(row));
                stream.Flush();
            }

            // Three rows are flushed whole; that the stream is to end comes behind them.
            File.WriteAllBytes(Path.Combine(folder.Path, "cut.log.gz"), log.ToArray());
        }

        File.WriteAllBytes(Path.Combine(folder.Path, "whole.log.gz"), log.ToArray());
        Assert.Equal((3, true), Count(Path.Combine(folder.Path, "cut.log.gz")));
        Assert.Equal((3, false), Count(Path.Combine(folder.Path, "whole.log.gz")));
    }

    [Fact]
    public void Members_of_gzip_follow_each_other_and_padding_follows_them()
    {
        using TemporaryFolder folder = new();
        byte[] capture = Pcap(0xA1B2C3D4, false, false, 1, [.. Enumerable.Range(0, 700).Select(i => ((byte[])[.. Frame, (byte)i, (byte)(i * i)], 56u))]);
        string path = Path.Combine(folder.Path, "a.pcap.gz");
        for (int place = 0; place < capture.Length; place += 997)
        {
            File.WriteAllBytes(path, [.. Gzip(capture[..place]), .. Gzip(capture[place..])]);
            Assert.Equal((700, false), Count(path));
        }

        foreach (int padding in new[] { 1, 512, 8192, 8193 })
        {
            File.WriteAllBytes(path, [.. Gzip(capture), .. new byte[padding]]);
            Assert.Equal((700, false), Count(path));
        }

        byte[] damaged = Gzip(capture);
        damaged[^6] ^= 1;
        File.WriteAllBytes(path, damaged);
        (long packets, bool hasWarning) = Count(path);
        Assert.True(hasWarning);
        Assert.InRange(packets, 600, 699);
    }

    [Fact]
    public void A_frame_of_Zstandard_that_is_to_be_skipped_may_come_first()
    {
        using TemporaryFolder folder = new();
        string plain = Path.Combine(folder.Path, "a.pcap");
        File.WriteAllBytes(plain, Pcap(0xA1B2C3D4, false, false, 1, [.. Enumerable.Repeat((Frame, 54u), 300)]));
        _ = ExternalTool.Run("zstd", "-q", plain);
        byte[] frame = File.ReadAllBytes(plain + ".zst");

        // pzstd: its magic number, four bytes long, the size of the frame behind it.
        File.WriteAllBytes(plain, [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, .. Word(false, (uint)frame.Length), .. frame]);

        Assert.Equal((300, false), Count(plain));
    }

    [Fact]
    public void What_is_no_capture_is_said_to_be_none()
    {
        using TemporaryFolder folder = new();

        _ = Assert.Throws<KernelFormatException>(() => TrafficSource.Open(folder.Write("a", "hello, this is text")));
        _ = Assert.Throws<KernelFormatException>(() => TrafficSource.Open(folder.Write("b", "")));
        Assert.Equal(Errno.ENOENT, Assert.Throws<KernelException>(() => TrafficSource.Open(Path.Combine(folder.Path, "c"))).Errno);
        Assert.Equal(Errno.EISDIR, Assert.Throws<KernelException>(() => TrafficSource.Open(folder.Path)).Errno);
    }

    private static byte[] Gzip(byte[] text)
    {
        using MemoryStream compressed = new();
        using (GZipStream stream = new(compressed, CompressionLevel.Fastest))
        {
            stream.Write(text);
        }

        return compressed.ToArray();
    }

    private static (long Packets, bool HasWarning) Count(string path)
    {
        RssBalanceSetting setting = RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, ZeptAdmin.Rss.RssFields.SourceAddress, 4, 128);
        using BalanceMeter meter = new([setting]);
        using TrafficSource source = TrafficSource.Open(path);
        while (source.AddTo(meter, 100))
        {
        }

        return (meter.Packets, source.Warnings.Any());
    }

    private static List<(byte[] Frame, uint Length, int LinkType)> Read(byte[] capture, out string? problem)
    {
        List<(byte[] Frame, uint Length, int LinkType)> packets = [];
        using CaptureReader reader = new(new MemoryStream(capture), "a");
        while (reader.TryRead(out ReadOnlySpan<byte> frame, out uint length, out int linkType))
        {
            packets.Add((frame.ToArray(), length, linkType));
        }

        problem = reader.Problem;
        return packets;
    }

    private static byte[] Pcap(uint magic, bool isBigEndian, bool isPatched, uint linkType, params (byte[] Frame, uint Length)[] packets) =>
    [
        .. Word(isBigEndian, magic), .. new byte[12], .. Word(isBigEndian, 65535), .. Word(isBigEndian, linkType),
        .. packets.SelectMany(packet => (byte[])
        [
            .. new byte[8], .. Word(isBigEndian, (uint)packet.Frame.Length), .. Word(isBigEndian, packet.Length), .. new byte[isPatched ? 8 : 0], .. packet.Frame,
        ]),
    ];

    private static byte[] Section(bool isBigEndian) =>
        Block(isBigEndian, 0x0A0D0D0A, [.. Word(isBigEndian, 0x1A2B3C4D), .. Word(isBigEndian, isBigEndian ? 0x10000u : 1), .. Enumerable.Repeat((byte)0xFF, 8)]);

    private static byte[] Interface(bool isBigEndian, ushort linkType, uint snapLength) =>
        Block(isBigEndian, 1, [.. isBigEndian ? Word(true, (uint)linkType << 16) : Word(false, linkType), .. Word(isBigEndian, snapLength)]);

    private static byte[] Enhanced(bool isBigEndian, uint number, byte[] frame, uint length) =>
        Block(isBigEndian, 6, [.. Word(isBigEndian, number), .. new byte[8], .. Word(isBigEndian, (uint)frame.Length), .. Word(isBigEndian, length), .. Padded(frame)]);

    private static byte[] Simple(bool isBigEndian, byte[] frame) => Block(isBigEndian, 3, [.. Word(isBigEndian, (uint)frame.Length), .. Padded(frame)]);

    private static byte[] Padded(byte[] frame) => [.. frame, .. new byte[-frame.Length & 3]];

    private static byte[] Block(bool isBigEndian, uint type, byte[] body) =>
        [.. Word(isBigEndian, type), .. Word(isBigEndian, (uint)body.Length + 12), .. body, .. Word(isBigEndian, (uint)body.Length + 12)];

    private static byte[] Word(bool isBigEndian, uint value)
    {
        byte[] bytes = new byte[4];
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        return bytes;
    }
}
