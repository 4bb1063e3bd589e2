using System.IO.Compression;
using System.Text.Json;
using CsCheck;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Rss.Captures;
using static ZeptAdmin.Tests.Rss.Balance.MadePcap;

namespace ZeptAdmin.Tests.Rss.Balance;

/// <summary>Several threads that count a capture must come to the results of one, to the last digit, whatever the capture is.</summary>
public sealed class CaptureTeamTests
{
    private const RssFields Two = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields Four = Two | RssFields.SourcePort | RssFields.DestinationPort;
    private const int Whole = 1 << 14;
    private const int Cramped = 256;

    private static readonly RssBalanceSetting[] Settings =
    [
        RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Four, 6, 128), RssBalanceSetting.Of(RssBalanceSetting.SymmetricKey, Two, 4, 512),
    ];

    [Theory]
    [InlineData(2, Whole)]
    [InlineData(5, Whole)]
    [InlineData(2, Cramped)]
    [InlineData(8, Cramped)]
    public void Counts_as_one_thread_does(int threads, int slots)
    {
        foreach (byte[] capture in new[] { Pcap(12_000, 1), Pcapng(12_000, 2) })
        {
            string one = Measure(capture, 1, slots, CaptureSlab.Size);

            Assert.Contains("\"Packets\":12000,", one, StringComparison.Ordinal);
            Assert.Contains($"\"IsFlowCountExact\":{(slots == Whole ? "true" : "false")}", one, StringComparison.Ordinal);
            Assert.Equal(one, Measure(capture, threads, slots, CaptureSlab.Size));
            Assert.Equal(one, Measure(capture, threads, slots, 10_000));
            Assert.Equal(one, Measure(Compressed(capture), threads, slots, 10_000));
        }
    }

    [Theory]
    [InlineData(2, Whole, true, false)]
    [InlineData(2, Whole / 4, true, true)]
    [InlineData(2, Whole / 8, false, true)]
    [InlineData(5, Whole / 4, true, true)]
    [InlineData(2, Cramped, false, true)]
    public void Counts_as_one_thread_does_whether_each_counts_for_itself_or_not(int threads, int slots, bool isExact, bool isOrdered)
    {
        // The reader takes 64 KiB before there are pieces: one packet fills them, and the pieces are small from the first on.
        byte[] capture = [.. Pcap(0, 0), .. Record(new byte[65_536]), .. Pcap(12_000, 1)[24..]];
        string one = Measure(capture, 1, slots, 0);

        string several = Measure(capture, threads, slots, 10_000, out long? orderedFrom);

        Assert.Contains($"\"IsFlowCountExact\":{(isExact ? "true" : "false")}", one, StringComparison.Ordinal);
        Assert.Equal(one, several);
        Assert.Equal(isOrdered, orderedFrom is not null);
        Assert.Equal(isOrdered && slots != Cramped, orderedFrom > 0);
    }

    [Fact]
    public void Counts_a_capture_that_is_cut_anywhere_as_one_thread_does()
    {
        foreach (byte[] capture in new[] { Pcap(12, 1), Pcapng(12, 2) })
        {
            for (int length = 28; length < capture.Length; length += 11)
            {
                Assert.Equal(Measure(capture[..length], 1, Cramped, 0), Measure(capture[..length], 2, Cramped, 500));
            }
        }
    }

    [Fact]
    public void Counts_a_compressed_capture_that_is_cut_as_one_thread_does()
    {
        byte[] whole = Compressed(Pcap(20_000, 1));
        for (int lost = 20; lost < whole.Length; lost += whole.Length / 5)
        {
            string one = Measure(whole[..^lost], 1, Whole, 0);

            Assert.Contains("damaged or cut short", one, StringComparison.Ordinal);
            Assert.Equal(one, Measure(whole[..^lost], 2, Whole, 10_000));
        }
    }

    [Fact]
    public void Counts_packets_longer_than_a_piece_as_one_thread_does()
    {
        byte[] large = new byte[3_000_000];
        Packet(7).CopyTo(large, 0);
        byte[] capture = [.. Pcap(100, 1), .. Record(large), .. Record(Packet(8)), .. Record(large), .. Pcap(100, 3)[24..]];
        string one = Measure(capture, 1, Whole, 0);

        Assert.Contains("\"Packets\":203,", one, StringComparison.Ordinal);
        Assert.Equal(one, Measure(capture, 2, Whole, CaptureSlab.Size));
        Assert.Equal(one, Measure(capture, 3, Whole, 100_000));
    }

    [Fact]
    public void Counts_behind_a_block_longer_than_a_piece_as_one_thread_does()
    {
        byte[] capture = [.. Pcapng(100, 1), .. Block(0x0BAD, new byte[300_000]), .. Pcapng(100, 2)];
        foreach (int length in new[] { capture.Length, capture.Length - 30_000, 150_000 })
        {
            string one = Measure(capture[..length], 1, Whole, 0);

            Assert.Equal(one, Measure(capture[..length], 2, Whole, 50_000));
        }
    }

    [Fact]
    public void Counts_noise_as_one_thread_does()
    {
        byte[][] seeds = [Pcap(30, 1), Pcapng(30, 2)];
        Gen.Select(Gen.Int[0, 1], Gen.Int[100, 2000], Gen.Select(Gen.Int[24, 4000], Gen.Byte).Array[1, 6]).Sample((seed, size, changes) =>
        {
            byte[] capture = [.. seeds[seed]];
            foreach ((int position, byte value) in changes)
            {
                capture[24 + (position % (capture.Length - 24))] = value;
            }

            Assert.Equal(Measure(capture, 1, Cramped, 0), Measure(capture, 2, Cramped, size));
        }, iter: 100, threads: 1);
    }

    private static string Measure(byte[] capture, int threads, int slots, int size) => Measure(capture, threads, slots, size, out _);

    private static string Measure(byte[] capture, int threads, int slots, int size, out long? orderedFrom)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "a");
        File.WriteAllBytes(path, capture);
        using BalanceMeter meter = new(Settings, isInner: false, slots, seed: 42);
        using CaptureFile file = CaptureFile.Open(path);
        using CaptureReader reader = new(file.Content, "a");
        CaptureTeam? team = threads > 1 ? new CaptureTeam(file, reader, meter, threads, size) : null;
        while (team?.Read() ?? meter.Read(reader, 1000))
        {
        }

        orderedFrom = team?.OrderedFrom;
        Assert.Equal(meter.Packets, reader.Packets);
        string? problem = reader.Problem is null ? null : $"damaged or cut short: {reader.Problem}";
        return JsonSerializer.Serialize(new { Problem = problem, reader.UnknownLinkTypes, Balance = meter.Finish(["a"], 20, threads), Rules = meter.Suggest("a", 5, 0) });
    }

    private static byte[] Compressed(byte[] content)
    {
        using MemoryStream target = new();
        using (GZipStream stream = new(target, CompressionLevel.Fastest))
        {
            stream.Write(content);
        }

        return target.ToArray();
    }

    // Two interfaces, the second of a link type that nobody knows; blocks to pass over; a second section that describes other interfaces.
    private static byte[] Pcapng(int packets, int seed)
    {
        byte[] section = Block(0x0A0D0D0A, [.. Words(0x1A2B3C4D, 1), .. Enumerable.Repeat((byte)0xFF, 8)]);
        byte[][] interfaces = [Block(1, Words(1, 0)), Block(1, Words(147, 0))];
        return
        [
            .. section, .. interfaces[0], .. interfaces[1],
            .. Enumerable.Range(0, packets).SelectMany(i =>
            {
                byte[] frame = Packet(i + (seed * 1_000_000));
                byte[] packet = Block(6, [.. Words(i % 17 == 0 ? 1u : 0, 0, 0, (uint)frame.Length, (uint)frame.Length), .. frame, .. new byte[-frame.Length & 3]]);
                return i == packets / 2 ? [.. Block(4, new byte[40]), .. section, .. interfaces[0], .. interfaces[1], .. packet] : packet;
            }),
        ];
    }

    private static byte[] Block(uint type, byte[] body) => [.. Words(type, (uint)body.Length + 12), .. body, .. Words((uint)body.Length + 12)];
}
