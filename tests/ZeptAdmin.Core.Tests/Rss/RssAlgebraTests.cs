using System.Net;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Rss;

/// <summary>What is proved of a key against what hashing shows.</summary>
public sealed class RssAlgebraTests
{
    private const RssFields Two = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields Four = Two | RssFields.SourcePort | RssFields.DestinationPort;

    private static readonly RssKey Talk = RssKeys.FromPattern(RssKeys.TalkPattern, 52);

    [Theory]
    [InlineData(40)]
    [InlineData(52)]
    public void The_talks_key_is_symmetric_and_has_16_bits(int length)
    {
        RssKeyReport report = RssKeys.Report(RssKeys.FromPattern(RssKeys.TalkPattern, length));

        Assert.True(report.IsSymmetric);
        Assert.Equal((16, 16, 16, 16), (report.EntropyAddresses4, report.EntropyAddresses6, report.EntropyPorts4, report.EntropyPorts6));
    }

    // field.md H5: half of an 8-, 16- or 128-entry table.
    [Fact]
    public void The_talks_key_reaches_half_of_three_tables()
    {
        RssKeyReport report = RssKeys.Report(Talk);

        Assert.Equal([8, 16, 128], report.TablesReachedInPart);
        Assert.Equal(["2 of 2", "4 of 4", "4 of 8", "8 of 16", "32 of 32", "64 of 64", "64 of 128", "256 of 256", "512 of 512"], report.PortSpread.Select(spread => spread.ToString()));
    }

    [Theory]
    [InlineData("10.0.0.1", "192.0.2.1")]
    [InlineData("2001:db8::10", "2001:db8:ff::20")]
    public void Consecutive_ports_reach_as_many_entries_as_the_rank_says(string source, string destination)
    {
        foreach (RssKey key in new[] { Talk, RssKeys.FromPattern(RssKeys.BestPattern, 40), RssKeys.Random(52) })
        {
            RssHashMap map = new(key.AsSpan(), IPAddress.Parse(source).GetAddressBytes().Length, Four, RssInputTransform.None);
            foreach (RssPortSpread spread in RssKeys.Report(key).PortSpread)
            {
                int reached = Enumerable.Range(0, spread.TableEntries)
                    .Select(port => Hash(map, source, destination, 32768 + port, 443) % (uint)spread.TableEntries)
                    .Distinct().Count();
                Assert.InRange(reached, spread.EntriesReached, spread.TableEntries);
                if (key.IsSymmetric)
                {
                    Assert.Equal(spread.EntriesReached, reached);
                }
            }
        }
    }

    // field.md H5: top16 == low16; 60,000 random pairs give some 39,400 hashes, since 65,536 there are: 65,536 (1 - (1 - 1/65,536)^60,000) = 39,303.
    [Fact]
    public void The_talks_key_gives_two_thirds_as_many_hashes_as_pairs()
    {
        RssHashMap map = new(Talk.AsSpan(), 4, Two, RssInputTransform.None);
        Random random = new(514);
        HashSet<uint> hashes = [];
        byte[] pair = new byte[8];
        for (int i = 0; i < 60_000; i++)
        {
            random.NextBytes(pair);
            uint hash = map.Hash(pair.AsSpan(0, 4), pair.AsSpan(4), 0, 0);
            Assert.Equal(hash >> 16, hash & 0xffff);
            _ = hashes.Add(hash);
        }

        Assert.InRange(hashes.Count, 39_000, 39_600);
    }

    [Fact]
    public void The_best_pattern_reaches_all_of_every_table_and_has_16_bits()
    {
        RssKeyReport report = RssKeys.Report(RssKeys.FromPattern(RssKeys.BestPattern, 52));

        Assert.True(report.IsSymmetric);
        Assert.Equal(16, report.EntropyPorts4);
        Assert.Empty(report.TablesReachedInPart);
    }

    [Fact]
    public void The_entropy_of_small_maps_is_that_of_going_through_all_inputs()
    {
        Random random = new(8);
        for (int round = 0; round < 40; round++)
        {
            byte[] key = new byte[8];
            random.NextBytes(key);
            key.AsSpan(random.Next(1, 8)).Clear();
            RssHashMap map = new(key, 4, RssFields.SourcePort, RssInputTransform.None);
            HashSet<uint> hashes = [.. Enumerable.Range(0, 65536).Select(port => map.Hash([0, 0, 0, 0], [0, 0, 0, 0], (ushort)port, 0))];

            Assert.Equal(hashes.Count, 1 << map.Span.Rank);
            Assert.True(hashes.SetEquals(map.Span.Elements()));
        }
    }

    /// <summary>The verdict on thousands of random settings, near-symmetric keys among them, against hashing both directions of many packets.</summary>
    [Fact]
    public void The_verdict_is_what_hashing_shows()
    {
        Random random = new(20261124);
        RssFields[] sets = [Two, Four, RssFields.SourceAddress, RssFields.DestinationAddress, Two | RssFields.SourcePort, RssFields.DestinationAddress | RssFields.SourcePort];
        int symmetric = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] key = MakeKey(random, round % 4);
            RssFields fields = sets[random.Next(sets.Length)];
            bool isTwoSided = fields == Two || fields == Four;
            RssInputTransform transform = isTwoSided ? (RssInputTransform)random.Next(3) : RssInputTransform.None;
            int width = random.Next(2) == 0 ? 4 : 16;
            RssHashMap map = new(key, width, fields, transform);

            string settings = $"{Convert.ToHexString(key)} {fields} {transform} {width}";
            bool parted = Parts(map, width, random);
            Assert.True(map.IsSymmetric == !parted, settings);
            symmetric += map.IsSymmetric ? 1 : 0;
        }

        Assert.InRange(symmetric, 600, 2400);
    }

    // One changed bit is enough for a key to part packets, as long as some bit of the input looks at it.
    [Fact]
    public void A_repeated_key_with_one_bit_flipped_is_symmetric_only_where_no_input_reaches()
    {
        for (int bit = 0; bit < 52 * 8; bit++)
        {
            byte[] key = Talk.ToArray();
            key[bit / 8] ^= (byte)(0x80 >> (bit % 8));

            // Windows of the 96 bits of two addresses and two ports end at bit 126.
            Assert.Equal(bit > 126, new RssHashMap(key, 4, Four, RssInputTransform.None).IsSymmetric);
            Assert.Equal(bit > 94, new RssHashMap(key, 4, Two, RssInputTransform.None).IsSymmetric);
        }
    }

    [Fact]
    public void A_repeated_key_under_symmetric_xor_is_a_constant_and_under_or_xor_is_not()
    {
        Assert.Equal(0, new RssHashMap(Talk.AsSpan(), 4, Four, RssInputTransform.SymmetricXor).Span.Rank);
        Assert.Equal(16, new RssHashMap(Talk.AsSpan(), 4, Four, RssInputTransform.SymmetricOrXor).Span.Rank);
    }

    /// <summary>Queues of both directions, proved over all cases, against going through all ports of two hosts.</summary>
    [Fact]
    public void Both_directions_meet_where_the_table_makes_them()
    {
        RssHashMap late = new([0, .. Talk.ToArray()[..^1]], 4, Four, RssInputTransform.None);

        Assert.False(late.IsSymmetric);
        Assert.True(late.IsSymmetricUnder(0x7f));

        NicRss even = Card(RssKeys.Random(52)) with { IndirectionTable = new int[512] };
        Assert.All(RssSymmetries.Of(even, null), verdict => Assert.Equal((false, true), (verdict.IsSymmetric, verdict.IsSameQueue)));
    }

    [Fact]
    public void A_counterexample_parts_and_is_one_of_both_queues()
    {
        for (int round = 0; round < 20; round++)
        {
            NicRss rss = Card(RssKeys.Random(52));
            foreach (RssSymmetry verdict in RssSymmetries.Of(rss, null))
            {
                Assert.Equal((false, false), (verdict.IsSymmetric, verdict.IsSameQueue));
                RssCounterexample example = verdict.Counterexample!;
                int width = IPAddress.Parse(example.SourceAddress).GetAddressBytes().Length;
                Assert.Equal(verdict.FlowType.ToString().EndsWith('6') ? 16 : 4, width);
                RssHashMap map = new(rss.Key!.AsSpan(), width, verdict.Fields, RssInputTransform.None);
                Assert.Equal(example.Hash, Hash(map, example.SourceAddress, example.DestinationAddress, example.SourcePort, example.DestinationPort));
                Assert.Equal(example.ReverseHash, Hash(map, example.DestinationAddress, example.SourceAddress, example.DestinationPort, example.SourcePort));
                Assert.NotEqual(example.Queue, example.ReverseQueue);
            }
        }
    }

    [Fact]
    public void The_queues_and_the_balance_are_those_of_the_table()
    {
        NicRss rss = Card(Talk) with { IndirectionTable = [.. Enumerable.Range(0, 128).Select(entry => entry % 6)] };

        RssSymmetry verdict = RssSymmetries.Of(rss, null).Single(verdict => verdict.FlowType == RssFlowType.Tcp4);

        // field.md H8: 22 of 128 entries for two of six queues, 21 for the others: 22 * 6 / 128.
        Assert.Equal((true, true, 16, 128, 1.031), (verdict.IsSymmetric, verdict.IsSameQueue, verdict.EntropyBits, verdict.TableEntriesReached, verdict.Balance));
        Assert.Equal([0, 1, 2, 3, 4, 5], verdict.Queues);
        Assert.Null(verdict.Counterexample);
    }

    [Fact]
    public void A_constant_hash_is_flagged_with_its_one_queue()
    {
        NicRss rss = Card(Talk) with { InputTransform = RssInputTransform.SymmetricXor };

        Assert.All(RssSymmetries.Of(rss, null), verdict =>
        {
            Assert.Equal((true, true, 1, 4.0), (verdict.IsSymmetric, verdict.IsConstant, verdict.TableEntriesReached, verdict.Balance));
            Assert.Equal([0], verdict.Queues);
        });
    }

    [Theory]
    [InlineData("xor", RssFields.None)]
    [InlineData(null, RssFields.None)]
    [InlineData("toeplitz", RssFields.Vlan)]
    public void What_is_not_known_is_said_to_be_so(string? function, RssFields more)
    {
        NicRss rss = Card(Talk) with { Function = function };
        rss = rss with { Fields = Array.ConvertAll(rss.Fields, fields => fields with { Fields = fields.Fields | more }) };

        Assert.All(RssSymmetries.Of(rss, null), verdict => Assert.Equal((null, null, null), (verdict.IsSymmetric, verdict.IsSameQueue, verdict.EntropyBits)));
    }

    [Fact]
    public void A_hidden_key_is_unknown_but_under_a_transformation()
    {
        NicRss rss = Card(Talk) with { Key = null, KeySource = null };

        Assert.All(RssSymmetries.Of(rss, null), verdict => Assert.Null(verdict.IsSymmetric));
        Assert.All(RssSymmetries.Of(rss with { InputTransform = RssInputTransform.SymmetricXor }, null), verdict => Assert.True(verdict.IsSymmetric));
    }

    // field.md H15
    [Fact]
    public void A_key_that_may_have_gone_one_byte_late_leaves_the_hash_open_and_the_queue_not()
    {
        NicRss rss = Card(RssKeys.FromPattern(RssKeys.TalkPattern, 40), "virtio_net");

        Assert.All(RssSymmetries.Of(rss, new KernelVersion(6, 12, 95)), verdict => Assert.Equal((null, true), (verdict.IsSymmetric, verdict.IsSameQueue)));
        Assert.All(RssSymmetries.Of(rss, new KernelVersion(6, 12, 90)), verdict => Assert.Equal((true, true), (verdict.IsSymmetric, verdict.IsSameQueue)));
    }

    [Theory]
    [InlineData(RssFlowType.Tcp4, RssFields.SourceAddress, false)]
    [InlineData(RssFlowType.Tcp4, Two | RssFields.DestinationMac, false)]
    [InlineData(RssFlowType.AhEsp4, Four, false)]
    [InlineData(RssFlowType.AhEsp6, Two, true)]
    [InlineData(RssFlowType.Udp6, RssFields.None, true)]
    [InlineData(RssFlowType.Udp6, RssFields.Discard, null)]
    public void Fields_decide_before_the_key_does(RssFlowType type, RssFields fields, bool? expected) =>
        Assert.Equal(expected, Assert.Single(RssSymmetries.Of(Card(Talk) with { Fields = [new NicHashFields { FlowType = type, Fields = fields }] }, null)).IsSymmetric);

    [Fact]
    public void A_card_that_is_always_symmetric_is_so_with_any_key() =>
        Assert.All(RssSymmetries.Of(Card(RssKeys.Random(40), "mlx5_core"), null), verdict => Assert.True(verdict.IsSymmetric));

    private static NicRss Card(RssKey key, string driver = "i40e") => new()
    {
        InterfaceName = "e0",
        Driver = driver,
        Queues = 4,
        Function = "toeplitz",
        Key = key,
        KeySource = RssKeySource.Driver,
        InputTransform = RssInputTransform.None,
        IndirectionTable = [.. Enumerable.Range(0, 512).Select(entry => entry % 4)],
        Fields =
        [
            new NicHashFields { FlowType = RssFlowType.Tcp4, Fields = Four }, new NicHashFields { FlowType = RssFlowType.Udp4, Fields = Two },
            new NicHashFields { FlowType = RssFlowType.Tcp6, Fields = Four }, new NicHashFields { FlowType = RssFlowType.Udp6, Fields = Two },
        ],
    };

    private static byte[] MakeKey(Random random, int kind)
    {
        byte[] key = new byte[random.Next(40, 53)];
        random.NextBytes(key);
        if (kind == 0)
        {
            return key;
        }

        key = RssKeys.FromPattern((ushort)random.Next(1, 65536), key.Length).ToArray();
        if (kind == 1)
        {
            int bit = random.Next(key.Length * 8);
            key[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        }

        return key;
    }

    // Each single bit, and random packets: a linear map that parts any packet parts one with a single bit set.
    private static bool Parts(RssHashMap map, int width, Random random)
    {
        byte[] packet = new byte[(2 * width) + 4];
        for (int bit = 0; bit < packet.Length * 8; bit++)
        {
            Array.Clear(packet);
            packet[bit / 8] = (byte)(0x80 >> (bit % 8));
            if (Parts(map, packet, width))
            {
                return true;
            }
        }

        for (int i = 0; i < 50; i++)
        {
            random.NextBytes(packet);
            if (Parts(map, packet, width))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Parts(RssHashMap map, byte[] packet, int width)
    {
        ReadOnlySpan<byte> source = packet.AsSpan(0, width);
        ReadOnlySpan<byte> destination = packet.AsSpan(width, width);
        ushort sourcePort = (ushort)((packet[^4] << 8) | packet[^3]);
        ushort destinationPort = (ushort)((packet[^2] << 8) | packet[^1]);
        return map.Hash(source, destination, sourcePort, destinationPort) != map.Hash(destination, source, destinationPort, sourcePort);
    }

    private static uint Hash(RssHashMap map, string source, string destination, int sourcePort, int destinationPort) =>
        map.Hash(IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse(destination).GetAddressBytes(), (ushort)sourcePort, (ushort)destinationPort);
}
