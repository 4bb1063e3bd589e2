using System.Globalization;
using System.Net;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Tests.Rss.Balance;

/// <summary>Every packet of every captured file against tshark and a few lines of Python.</summary>
public sealed class ReckoningTests
{
    private const int Queues = 6;
    private const int TableSize = 128;
    private const RssFields Two = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields Four = Two | RssFields.SourcePort | RssFields.DestinationPort;

    private static readonly RssBalanceSetting ByPorts = RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Four, Queues, TableSize);
    private static readonly RssBalanceSetting ByAddresses = RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Two, Queues, TableSize);

    [Fact]
    public void Equals_tshark_and_Python_packet_for_packet()
    {
        string[] captures = Captures();
        using TemporaryFolder folder = new();
        string merged = Path.Combine(folder.Path, "all.pcapng");
        _ = ExternalTool.Run("mergecap", ["-a", "-w", merged, .. captures]);
        string[] expected = Reckon(merged);

        List<string> read = [];
        List<string> origins = [];
        foreach (string capture in captures)
        {
            int before = read.Count;
            read.AddRange(Packets(capture));
            origins.AddRange(Enumerable.Range(1, read.Count - before).Select(number => $"{Path.GetFileName(capture)} packet {number}"));
        }

        Assert.Equal(expected.Length, read.Count);
        Assert.True(read.Count > 9000);
        // tshark gives up on an option that is longer than its header. A card steps over the header by its length, and so does the kernel's dissector.
        int malformed = origins.IndexOf("ipv6-mobility-dst-opts.pcap packet 1");
        Assert.Contains("\t17\t-\t-", expected[malformed], StringComparison.Ordinal);
        Assert.Contains("\t17\t30000>13000\t-", read[malformed], StringComparison.Ordinal);
        expected[malformed] = read[malformed];
        string[] differences = [.. Enumerable.Range(0, read.Count).Where(i => read[i] != expected[i]).Select(i => $"{origins[i]}:\n  tshark {expected[i]}\n  read   {read[i]}")];
        Assert.True(differences.Length == 0, $"{differences.Length} differences:\n{string.Join('\n', differences.Take(40))}");

        // The merged file has several interfaces of several link types; it must read as the files did.
        Assert.Equal(expected, Packets(merged));
    }

    [Fact]
    public void Sums_by_queue_equal_the_reckoning()
    {
        using TemporaryFolder folder = new();
        string merged = Path.Combine(folder.Path, "all.pcapng");
        _ = ExternalTool.Run("mergecap", ["-a", "-w", merged, .. Captures()]);
        string[] lines = Reckon(merged);
        int malformed = Packets(merged).FindIndex(line => line.Contains("\t30000>13000\t", StringComparison.Ordinal));
        lines[malformed] = Packets(merged)[malformed];
        string[][] rows = [.. lines.Select(line => line.Split('\t'))];

        RssBalance[] whole = Measure(merged, BalanceMeter.MostSlots);

        // A table of 64 places makes nearly all packets take the way of those that no longer fit; queues must come out the same.
        RssBalance[] cramped = Measure(merged, 64);
        Assert.True(whole[0].IsFlowCountExact);
        Assert.False(cramped[0].IsFlowCountExact);
        for (int setting = 0; setting < 2; setting++)
        {
            foreach (RssBalance balance in new[] { whole[setting], cramped[setting] })
            {
                foreach (RssQueueLoad load in balance.ByQueue)
                {
                    string[][] mine = [.. rows.Where(row => Number(row[1 + setting]) == load.Queue)];
                    Assert.Equal(mine.Length, load.Packets);
                    Assert.Equal(mine.Sum(row => Number(row[0])), load.Bytes);
                    Assert.Equal(mine.Count(row => row[5] != "0"), load.Fragments);
                }

                Assert.Equal(rows.Count(row => row[3] == "-"), balance.UnhashedPackets);
                foreach (RssEncapsulationShare share in balance.Encapsulations)
                {
                    Assert.Equal(rows.Count(row => row[10].Split(',').Contains(share.Kind.ToString())), share.Packets);
                }
            }

            CompareFlows(rows, whole[setting], 1 + setting);
            Assert.InRange(cramped[setting].Flows, whole[setting].Flows * 0.9, whole[setting].Flows * 1.1);
        }

        Assert.Equal(8, whole[0].Encapsulations.Length);
    }

    // Flows, both directions together; of two-way ones, those whose directions part; and the heaviest.
    private static void CompareFlows(string[][] rows, RssBalance balance, int queueColumn)
    {
        string[][] whole = [.. rows.Where(row => row[3] != "-" && row[5] == "0")];
        (int Packets, int Directions, int Queues)[] flows = whole
            .GroupBy(row => string.Join(' ', new[] { $"{row[6]} {row[9].Split('>')[0]}", $"{row[7]} {row[9].Split('>')[^1]}" }.Order(StringComparer.Ordinal)) + ' ' + row[8])
            .Select(flow => (Packets: flow.Count(), Directions: flow.Select(row => (row[6], row[9])).Distinct().Count(), Queues: flow.Select(row => row[queueColumn]).Distinct().Count()))
            .ToArray();
        Assert.Equal(flows.Length, balance.Flows);
        Assert.Equal(flows.Count(flow => flow.Directions == 2), balance.TwoWayFlows);
        Assert.Equal(flows.Count(flow => flow.Queues == 2), balance.AsymmetricFlows);
        Assert.Equal(flows.Sum(flow => flow.Queues), balance.ByQueue.Sum(load => load.Flows));
        Assert.Equal(flows.Select(flow => (long)flow.Packets).OrderDescending().Take(10), balance.HeaviestFlows.Select(flow => flow.Packets));
    }

    private static RssBalance[] Measure(string path, int slots)
    {
        using BalanceMeter meter = new([ByPorts, ByAddresses], isInner: false, slots);
        using TrafficSource source = TrafficSource.Open(path);
        while (source.AddTo(meter, 1000))
        {
        }

        return meter.Finish([path], 10);
    }

    private static string[] Captures() =>
        [.. Directory.GetFiles(Repository.Captured("captures"), "*.pcap*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static string[] Reckon(string capture)
    {
        _ = ExternalTool.Run("tshark", "--version");
        string script = Path.Combine(Repository.Root, "tests", "ZeptAdmin.Core.Tests", "Rss", "Balance", "reckoning.py");
        string key = Convert.ToHexString(RssBalanceSetting.ExampleKey.AsSpan());
        return ExternalTool.Run("python3", script, capture, key, Text(Queues), Text(TableSize)).TrimEnd('\n').Split('\n');
    }

    private static List<string> Packets(string path)
    {
        List<string> lines = [];
        using CaptureFile file = CaptureFile.Open(path);
        using CaptureReader reader = new(file.Content, path);
        while (reader.TryRead(out ReadOnlySpan<byte> frame, out uint length, out int linkType))
        {
            Encapsulations seen = PacketView.Read(frame, linkType, isInner: false, out FlowKey key);
            lines.Add(Line(length, seen, key));
        }

        return lines;
    }

    private static string Line(uint length, Encapsulations seen, in FlowKey key)
    {
        string wrapped = seen == Encapsulations.None ? "-" : seen.ToString().Replace(" ", "", StringComparison.Ordinal);
        if (!key.IsIp)
        {
            return $"{length}\t0\t0\t-\t-\t0\t-\t-\t-\t-\t{wrapped}";
        }

        uint? four = ByPorts.Hash(key);
        uint? two = ByAddresses.Hash(key);
        int fragment = (key.Shape & FlowKey.LaterFragment) != 0 ? 2 : key.IsFragment ? 1 : 0;
        string ports = (key.Shape & FlowKey.Ports) != 0 ? $"{key.SourcePort}>{key.DestinationPort}" : "-";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{length}\t{ByPorts.QueueOf(four)}\t{ByAddresses.QueueOf(two)}\t{four:x8}\t{two:x8}\t{fragment}\t{new IPAddress(key.Source)}\t{new IPAddress(key.Destination)}\t{key.Protocol}\t{ports}\t{wrapped}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
