using System.Buffers.Binary;
using System.Text.Json;
using CsCheck;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Rss.Captures;
using static ZeptAdmin.Tests.Rss.Balance.MadePcap;

namespace ZeptAdmin.Tests.Rss.Balance;

/// <summary>Threads that guess where the packets of their stretches begin must come to the results of one thread, whether they guess right or not.</summary>
public sealed class CaptureStretchesTests
{
    private const RssFields Four = RssFields.SourceAddress | RssFields.DestinationAddress | RssFields.SourcePort | RssFields.DestinationPort;
    private const int Whole = 1 << 16;
    private const int Stretch = 20_000;

    private static readonly RssBalanceSetting[] Settings = [RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Four, 6, 128)];

    [Theory]
    [InlineData(2, 0xA1B2C3D4, false)]
    [InlineData(5, 0xA1B2C3D4, false)]
    [InlineData(2, 0xA1B2C3D4, true)]
    [InlineData(2, 0xA1B23C4D, false)]
    [InlineData(2, 0xA1B2CD34, false)]
    [InlineData(3, 0xA1B2CD34, true)]
    public void Counts_every_format_as_one_thread_does(int threads, uint magic, bool isBigEndian)
    {
        byte[] capture = Capture(magic, isBigEndian, Enumerable.Range(0, 3000).Select(Packet));

        Counted several = Count([capture], threads);

        Assert.Contains("\"Packets\":3000,", several.Result, StringComparison.Ordinal);
        Assert.Equal(Count([capture], threads: 1).Result, several.Result);
        Assert.True(several.IsWhole);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Finds_packets_that_are_all_alike(bool isBigEndian)
    {
        byte[] capture = Capture(0xA1B2C3D4, isBigEndian, Enumerable.Repeat(new byte[64], 5000));

        Counted several = Count([capture], threads: 2);

        Assert.Equal(Count([capture], threads: 1).Result, several.Result);
        Assert.True(several.IsWhole);
    }

    [Fact]
    public void Counts_a_capture_that_is_cut_as_one_thread_does_and_says_the_same()
    {
        byte[] capture = Pcap(800, 1);
        for (int lost = 1; lost < 3 * Stretch; lost += 97)
        {
            Counted one = Count([capture[..^lost]], threads: 1);
            Counted several = Count([capture[..^lost]], threads: 2);

            Assert.Equal(one.Result, several.Result);
            Assert.True(several.IsWhole);
        }

        Assert.Contains("it ends within a packet", Count([capture[..^1]], threads: 2).Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    [InlineData(1999)]
    public void Counts_what_is_before_a_damaged_packet(int place)
    {
        byte[][] records = [.. Enumerable.Range(0, 2000).Select(i => Record(Packet(i)))];
        BinaryPrimitives.WriteUInt32LittleEndian(records[place].AsSpan(8), uint.MaxValue);
        byte[] capture = [.. Pcap(0, 0), .. records.SelectMany(record => record)];

        Counted several = Count([capture], threads: 2);

        Assert.Contains($"packet {place + 1} says that it has 4294967295 bytes", several.Result, StringComparison.Ordinal);
        Assert.Equal(Count([capture], threads: 1).Result, several.Result);
        Assert.True(several.IsWrong);
    }

    [Fact]
    public void Counts_a_capture_within_the_packets_of_a_capture_as_one_thread_does()
    {
        byte[] inner = [.. Enumerable.Range(0, 500).SelectMany(_ => Record(new byte[100]))];
        byte[] capture = Capture(0xA1B2C3D4, isBigEndian: false, Enumerable.Range(0, 300).Select(i => Packet(i)[..64].Concat(inner).ToArray()));
        string one = Count([capture], threads: 1).Result;

        Counted misled = Count([capture], threads: 2);
        Counted careful = Count([capture], threads: 2, stretch: CaptureStretches.Size);

        // Short stretches leave nothing to check a guess by; those that are in use are longer than a packet.
        Assert.Equal((one, true), (misled.Result, misled.IsWrong));
        Assert.Equal((one, true), (careful.Result, careful.IsWhole));
    }

    [Fact]
    public void Leaves_the_rest_to_the_order_of_the_capture_when_there_are_too_many_flows()
    {
        byte[] capture = Pcap(12_000, 1);
        string one = Count([capture], threads: 1, slots: Whole / 16).Result;

        Counted several = Count([capture], threads: 2, slots: Whole / 16);

        Assert.Equal(one, several.Result);
        Assert.False(several.IsWhole);
        Assert.False(several.IsWrong);
    }

    [Fact]
    public void Counts_flows_that_come_all_at_once_in_the_order_of_the_capture()
    {
        byte[][] frames = [.. Enumerable.Range(0, 100).Select(_ => Flow(1, 2000)), .. Enumerable.Range(0, 4000).Select(i => Flow(i, 60))];
        byte[] capture = Capture(0xA1B2C3D4, isBigEndian: false, frames);
        string one = Count([capture], threads: 1, slots: 512).Result;

        Counted several = Count([capture], threads: 2, slots: 512);

        Assert.Contains("\"IsFlowCountExact\":false", one, StringComparison.Ordinal);
        Assert.Equal((one, true), (several.Result, several.IsWrong));
    }

    [Fact]
    public void Keeps_what_was_counted_of_the_captures_before()
    {
        byte[] good = Pcap(1000, 1);
        byte[] damaged = Pcap(1000, 2);
        damaged.AsSpan(damaged.Length / 2, 2000).Fill(0xFF);
        byte[][] captures = [good, damaged, Pcap(1000, 3)];

        Counted several = Count(captures, threads: 2);

        Assert.True(several.IsWrong);
        Assert.Equal(Count(captures, threads: 1).Result, several.Result);
    }

    [Fact]
    public void Counts_noise_as_one_thread_does()
    {
        byte[] whole = Pcap(60, 1);
        Gen.Select(Gen.Int[600, 3000], Gen.Select(Gen.Int[24, 20_000], Gen.Byte).Array[0, 4]).Sample((stretch, changes) =>
        {
            byte[] capture = [.. whole];
            foreach ((int position, byte value) in changes)
            {
                capture[24 + (position % (capture.Length - 24))] = value;
            }

            Assert.Equal(Count([capture], threads: 1).Result, Count([capture], threads: 2, stretch: stretch).Result);
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void Finds_packets_behind_bytes_that_look_like_packets_for_long_at_many_places()
    {
        byte[] packets = Pcap(400, 1)[24..];
        byte[] almost = [.. Enumerable.Repeat(Words(0, 0, 0, 1), 3500).SelectMany(bytes => bytes), .. new byte[16]];

        Assert.Equal(1000, RecordGuess.Find([.. new byte[1000], .. packets], header: 16, isBigEndian: false));
        Assert.Equal(almost.Length, RecordGuess.Find([.. almost, .. packets], header: 16, isBigEndian: false));
        Assert.Equal(-1, RecordGuess.Find([.. almost, .. new byte[100]], header: 16, isBigEndian: false));
    }

    private static Counted Count(byte[][] captures, int threads, int slots = Whole, int stretch = Stretch)
    {
        using TemporaryFolder folder = new();
        using BalanceMeter meter = new(Settings, isInner: false, slots, seed: 42);
        List<string> warnings = [];
        List<CaptureStretches?> stretches = [];
        foreach (byte[] capture in captures)
        {
            string path = Path.Combine(folder.Path, "a");
            File.WriteAllBytes(path, capture);
            CaptureFile file = CaptureFile.Open(path);
            CaptureReader reader = new(file.Content, "a");
            using CaptureSource source = new(file, reader, threads, stretch);
            while (source.AddTo(meter, 1000))
            {
            }

            warnings.AddRange(source.Warnings);
            stretches.Add(source.Stretches);
        }

        string result = JsonSerializer.Serialize(new { Warnings = warnings, Balance = meter.Finish(["a"], 20, threads), Rules = meter.Suggest("a", 5, 0) });
        return new Counted(result, stretches.TrueForAll(of => of?.IsWhole == true), stretches.Exists(of => of?.IsWrong == true));
    }

    private static byte[] Flow(int number, int length)
    {
        byte[] frame = Packet(0)[..60].Concat(new byte[length - 60]).ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(26), number);
        return frame;
    }

    private static byte[] Capture(uint magic, bool isBigEndian, IEnumerable<byte[]> frames)
    {
        byte[] spare = magic == 0xA1B2CD34 ? new byte[8] : [];
        return
        [
            .. Ordered(magic, 0, 0, 0, 65535, 1),
            .. frames.SelectMany((frame, i) => (byte[])[.. Ordered(1_700_000_000 + ((uint)i / 10), 999_999, (uint)frame.Length, (uint)frame.Length), .. spare, .. frame]),
        ];

        byte[] Ordered(params uint[] words) => Words([.. words.Select(word => isBigEndian ? BinaryPrimitives.ReverseEndianness(word) : word)]);
    }

    private sealed record Counted(string Result, bool IsWhole, bool IsWrong);
}
