using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Tests.Rss.Balance;

/// <summary>conn.log as a source, and the estimates for more flows than fit.</summary>
public sealed class ConnLogTests
{
    private const RssFields Two = RssFields.SourceAddress | RssFields.DestinationAddress;

    private const string Json =
        """
        {"ts":1.5,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":40000,"id.resp_h":"10.0.0.2","id.resp_p":443,"proto":"tcp","orig_pkts":10,"orig_ip_bytes":1000,"resp_pkts":20,"resp_ip_bytes":30000,"tunnel_parents":["C2","C3"]}
        {"ts":1.5,"uid":"C2","id.orig_h":"2001:db8::1","id.orig_p":53,"id.resp_h":"2001:db8::2","id.resp_p":53,"proto":"udp","orig_pkts":1,"orig_ip_bytes":80,"resp_pkts":0,"resp_ip_bytes":0}
        {"ts":1.5,"uid":"C4","id.orig_h":"10.0.0.1","id.orig_p":8,"id.resp_h":"10.0.0.9","id.resp_p":0,"proto":"icmp"}
        {"this":"is another log"}
        {"ts":1.5,"uid":"C5","id.orig_h":"10.0.0.1","id.or
        """;

    private const string Tsv =
        "#separator \\x09\n#set_separator\t,\n#path\tconn\n" +
        "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n" +
        "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount\tcount\tcount\tcount\n" +
        "1.5\tC1\t10.0.0.1\t40000\t10.0.0.2\t443\ttcp\t10\t1000\t20\t30000\n" +
        "1.5\tC2\t2001:db8::1\t53\t2001:db8::2\t53\tudp\t1\t80\t0\t0\n" +
        "1.5\tC4\t10.0.0.1\t8\t10.0.0.9\t0\ticmp\t-\t-\t-\t-\n" +
        "1.5\tC5\tx\t8\t10.0.0.9\t0\ticmp\t-\t-\t-\t-\n#close\t2026\n1.5\tC6\t10.0";

    [Theory]
    [InlineData(Json)]
    [InlineData(Tsv)]
    public void Weighs_rows_by_packets_and_bytes(string text)
    {
        using TemporaryFolder folder = new();

        RssBalance balance = Measure(folder.Write("conn.log", text), out string[] warnings);

        Assert.Equal((32, 31080), (balance.Packets, balance.Bytes));
        Assert.Equal((3, 1), (balance.Flows, balance.TwoWayFlows));
        RssHeavyFlow heavy = balance.HeaviestFlows[0];
        Assert.Equal(("10.0.0.2", 443, "10.0.0.1", 40000, 6, 30), (heavy.Source, heavy.SourcePort, heavy.Destination, heavy.DestinationPort, heavy.Protocol, heavy.Packets));
        Assert.Equal(1, balance.HeaviestFlows.Single(flow => flow.Destination == "10.0.0.9").Protocol);
        Assert.Collection(
            warnings,
            warning => Assert.Contains("2 of 5 rows", warning, StringComparison.Ordinal),
            warning => Assert.Contains("1 of 3 rows have no orig_pkts", warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"orig_pkts\":5,\"orig_ip_bytes\":100", 5, 100, null)]
    [InlineData("\"resp_pkts\":5,\"resp_ip_bytes\":100", 5, 100, null)]
    [InlineData("\"orig_pkts\":5", 5, 0, "1 of 1 rows have no orig_ip_bytes")]
    [InlineData("\"orig_ip_bytes\":100", 1, 100, "1 of 1 rows have no orig_pkts")]
    [InlineData("\"x\":1", 1, 0, "1 of 1 rows have no orig_pkts")]
    [InlineData("\"orig_pkts\":9223372036854775807,\"orig_ip_bytes\":1", 0, 0, "1 of 1 rows are no rows")]
    [InlineData("\"orig_pkts\":1,\"orig_ip_bytes\":281474976710657", 0, 0, "1 of 1 rows are no rows")]
    public void What_a_row_weighs_and_what_it_lacks(string counts, long packets, long bytes, string? told)
    {
        using TemporaryFolder folder = new();
        string row = $$"""{"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2,"proto":"TCP",{{counts}}}""";

        RssBalance balance = Measure(folder.Write("conn.log", row), out string[] warnings);

        Assert.Equal((packets, bytes), (balance.Packets, balance.Bytes));
        Assert.Equal(told is null, warnings.Length == 0);
        Assert.Contains(told ?? "", warnings.FirstOrDefault() ?? "", StringComparison.Ordinal);
        Assert.All(balance.HeaviestFlows, flow => Assert.Equal(6, flow.Protocol));
    }

    [Fact]
    public void The_quick_way_reads_what_the_slow_one_reads_and_nothing_else()
    {
        string[] seeds = [.. Json.Split('\n'), """{"ts":0.25,"id.orig_h":"1.2.3.4","id.orig_p":1,"id.resp_h":"5.6.7.8","id.resp_p":2,"proto":"tcp","local_orig":true,"x":null,"orig_pkts":0}"""];
        byte[] inserts = [.. "\"\\{}[],:.-+e0 19\ttfn"u8, 0, 0x1F, 0x7F, 0x80, 0xFF];
        ConnLogJson json = new();
        int quick = 0;
        Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Select(Gen.Int[0, 250], Gen.Int[0, inserts.Length - 1], Gen.Int[0, 2]).Array[0, 3]).Sample((seed, changes) =>
        {
            List<byte> line = [.. System.Text.Encoding.UTF8.GetBytes(seeds[seed])];
            foreach ((int place, int insert, int kind) in changes)
            {
                int at = place % line.Count;
                if (kind > 0)
                {
                    line.RemoveAt(at);
                }

                if (kind < 2)
                {
                    line.Insert(at, inserts[insert]);
                }
            }

            ConnLogRow read = default;
            if (json.TryReadQuickly([.. line], ref read))
            {
                quick++;
                ConnLogRow slow = default;
                Assert.True(ConnLogJson.TryReadSlowly([.. line], ref slow), System.Text.Encoding.Latin1.GetString([.. line]));
                Assert.Equal(slow, read);
            }
        }, iter: 50_000, threads: 1);
        Assert.True(quick > 5000);
    }

    [Fact]
    public void Estimates_what_does_not_fit()
    {
        using BalanceMeter meter = new([RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Two, 4, 128)], isInner: false, 1 << 10);
        for (uint i = 0; i < 50_000; i++)
        {
            meter.Add(Key(i), 1, 64);
        }

        for (int i = 0; i < 5000; i++)
        {
            meter.Add(Key(49_999), 1, 64);
        }

        RssBalance balance = meter.Finish([], 3)[0];

        Assert.False(balance.IsFlowCountExact);
        Assert.InRange(balance.Flows, 47_000, 53_000);
        Assert.Equal(55_000, balance.ByQueue.Sum(load => load.Packets));
        Assert.InRange(balance.HeaviestFlows[0].Packets, 5001, 5001 + (50_000 / 1024) + 1);
        // Which of its directions is the heavier one is not kept of such a flow.
        Assert.Contains("10.0.195.79", new[] { balance.HeaviestFlows[0].Source, balance.HeaviestFlows[0].Destination });
    }

    [Fact]
    public void Suggests_rules_for_heavy_flows_and_ports()
    {
        using BalanceMeter meter = new([RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Two, 4, 128)]);
        meter.Add(Key(1), 700, 700_000);
        for (uint i = 2; i < 302; i++)
        {
            meter.Add(Key(i), 1, 64);
        }

        NicFlowRuleSuggestion[] rules = meter.Suggest("ens1f0", 5, 0.01);

        Assert.Equal(("ens1f0", ZeptAdmin.Nics.FlowRuleType.Udp4, "10.0.0.1", 5000, "10.9.9.9", 53, true, 700), (rules[0].InterfaceName, rules[0].FlowType, rules[0].Source, rules[0].SourcePort, rules[0].Destination, rules[0].DestinationPort, rules[0].Drop, rules[0].Packets));
        Assert.Equal(3, rules.Length);
        Assert.Contains(rules, rule => rule is { Source: null, SourcePort: null, Destination: null, DestinationPort: 53, Packets: 1000 });
        Assert.Contains(rules, rule => rule is { Source: null, SourcePort: 5000, DestinationPort: null, Packets: 1000 });
    }

    [Fact]
    public void A_card_that_may_take_its_key_one_byte_late_has_two_settings()
    {
        NicRss rss = new() { InterfaceName = "eth0", Driver = "virtio_net", Key = RssBalanceSetting.ExampleKey, IndirectionTable = [.. Enumerable.Range(0, 128)] };
        RssBalanceSetting[] both = RssBalanceSetting.Of(rss, new KernelVersion(6, 15)).Value;
        RssBalanceSetting right = Assert.Single(RssBalanceSetting.Of(rss with { Driver = "i40e" }, new KernelVersion(6, 15)).Value);
        Assert.Equal(2, both.Length);
        RssBalanceSetting late = both[1];

        // field.md H15: queue = table[(hash >> 8) & 127].
        for (uint host = 1; host < 100; host++)
        {
            Assert.Equal(right.Hash(Key(host)), both[0].Hash(Key(host)));
            Assert.Equal((int)(right.Hash(Key(host))!.Value >> 8) & 127, late.QueueOf(late.Hash(Key(host))));
        }
    }

    [Fact]
    public void A_card_whose_key_is_hidden_is_refused()
    {
        NicRss rss = new() { InterfaceName = "eth0", Driver = "i40e", IndirectionTable = [0, 1] };

        Assert.Equal(Errno.EOPNOTSUPP, RssBalanceSetting.Of(rss, null).Refusal!.Errno);
        Assert.Equal(Errno.EOPNOTSUPP, RssBalanceSetting.Of(rss with { Key = RssBalanceSetting.ExampleKey, Function = "xor" }, null).Refusal!.Errno);
    }

    private static ZeptAdmin.Rss.Captures.FlowKey Key(uint host) => new()
    {
        SourceLow = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(0x0A00_0000 | host),
        DestinationLow = 0x0909_090A,
        SourcePort = 5000,
        DestinationPort = 53,
        Protocol = 17,
        Shape = ZeptAdmin.Rss.Captures.FlowKey.Ip4 | ZeptAdmin.Rss.Captures.FlowKey.Ports,
    };

    private static RssBalance Measure(string path, out string[] warnings)
    {
        using BalanceMeter meter = new([RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Two, 4, 128)]);
        using TrafficSource source = TrafficSource.Open(path);
        while (source.AddTo(meter, 2))
        {
        }

        warnings = [.. source.Warnings];
        return meter.Finish([path], 10)[0];
    }
}
