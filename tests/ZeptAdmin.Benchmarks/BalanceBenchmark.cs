using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Benchmarks;

/// <summary>
/// Measure-RssBalance on a capture in page cache: nanoseconds a packet, 4-tuple hash, sums of queues and heaviest flows included, on one core.
/// Goals: under 67 ns (10 Gbit/s line rate), and two cores at least 1.7 times as fast (--scaling tells that better). Beside it what only counts or copies packets, and tshark
/// printing what a flow is told by, on the first packets of the capture because it takes so long. The capture is a quarter of a second of a full
/// 10 Gbit/s: what is done once (tables, and some 60 ns a flow at the end) would be a sixth of the time with a million packets.
/// </summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByParams)]
public class BalanceBenchmark
{
    internal const int Packets = 4_000_000;
    private const int Flows = 100_000;
    private const int FewPackets = 20_000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"zeptadmin-benchmark-{Environment.ProcessId}.pcap");
    private readonly string _few = Path.Combine(Path.GetTempPath(), $"zeptadmin-benchmark-{Environment.ProcessId}-few.pcap");
    private RssBalanceSetting[] _one = [];
    private RssBalanceSetting[] _three = [];

    /// <summary>Bytes of a packet in the mean: 64 is every packet, 600 a mix of 64 to 1514.</summary>
    [Params(64, 600)]
    public int MeanBytes { get; set; }

    [GlobalSetup]
    public void Write()
    {
        const RssFields Fields = RssFields.SourceAddress | RssFields.DestinationAddress | RssFields.SourcePort | RssFields.DestinationPort;
        _three = [.. new[] { 4, 6, 8 }.Select(queues => RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Fields, queues, 128))];
        _one = [_three[0]];
        WriteCapture(_path, MeanBytes, Packets, Flows);
        WriteCapture(_few, MeanBytes, FewPackets, Flows);
        _ = Measure(_one);
    }

    [GlobalCleanup]
    public void Delete()
    {
        File.Delete(_path);
        File.Delete(_few);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Packets)]
    public long OneSetting() => Measure(_one);

    [Benchmark(OperationsPerInvoke = Packets)]
    public long OneSettingTwoThreads() => Measure(_one, threads: 2);

    /// <summary>What two cores of this machine give at best: two captures, each counted by a thread that knows nothing of the other.</summary>
    [Benchmark(OperationsPerInvoke = 2 * Packets)]
    public void TwoRunsAtOnce() => Parallel.Invoke(() => Measure(_one), () => Measure(_one));

    [Benchmark(OperationsPerInvoke = Packets)]
    public long ThreeSettings() => Measure(_three);

    [Benchmark(OperationsPerInvoke = Packets)]
    public int CapinfosCounts() => Tool.Run("capinfos", "-c", _path);

    [Benchmark(OperationsPerInvoke = Packets)]
    public int TcpdumpCopies() => Tool.Run("tcpdump", "-r", _path, "-w", "/dev/null");

    [Benchmark(OperationsPerInvoke = FewPackets)]
    public int TsharkPrintsFlows() => Tool.Run("tshark", "-n", "-r", _few, "-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "frame.len");

    private long Measure(RssBalanceSetting[] settings, int threads = 1)
    {
        using BalanceMeter meter = new(settings);
        using TrafficSource source = TrafficSource.Open(_path, threads);
        while (source.AddTo(meter, 1 << 18))
        {
        }

        long packets = meter.Finish([_path], 10, threads)[0].Packets;
        return packets == Packets ? packets : throw new InvalidOperationException($"{packets} packets were counted.");
    }

    // TCP over IPv4 between two /16, ports and order at random, a tenth of the flows with nine tenths of the packets.
    internal static void WriteCapture(string path, int meanBytes, int packets, int flows)
    {
        Random random = new(1);
        using FileStream file = File.Create(path);
        using BufferedStream stream = new(file, 1 << 20);
        Span<byte> head = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], 262144);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], 1);
        stream.Write(head);
        Span<byte> record = stackalloc byte[16 + 1514];
        record.Clear();
        for (int i = 0; i < packets; i++)
        {
            // 0.595 of 64 bytes, 0.05 of 576 and 0.355 of 1514 make 605 in the mean.
            int roll = random.Next(1000);
            int length = meanBytes == 64 || roll < 595 ? 64 : roll < 645 ? 576 : 1514;
            int flow = random.Next(10) < 9 ? random.Next(flows / 10) : random.Next(flows);
            Span<byte> frame = record[16..];
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(i / 1000));
            BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)length);
            BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)length);
            BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);
            frame[14] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(frame[16..], (ushort)(length - 14));
            frame[23] = 6;
            BinaryPrimitives.WriteUInt32BigEndian(frame[26..], 0x0A01_0000 | (uint)(flow * 40503 & 0xFFFF));
            BinaryPrimitives.WriteUInt32BigEndian(frame[30..], 0x0A02_0000 | (uint)(flow & 0xFFFF));
            BinaryPrimitives.WriteUInt16BigEndian(frame[34..], (ushort)(1024 + (flow % 60000)));
            BinaryPrimitives.WriteUInt16BigEndian(frame[36..], 443);
            frame[46] = 0x50;
            stream.Write(record[..(16 + length)]);
        }
    }
}
