using System.Net;
using ZeptAdmin.Flows;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Tests.Flows;

/// <summary>Cards that hash with something else than they show, and what is found out of where their packets arrive.</summary>
public sealed class HashExplanationTests
{
    private const RssFields Addresses = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields All = Addresses | RssFields.SourcePort | RssFields.DestinationPort;
    private const int Queues = 4;
    private const int Trials = 1000;

    private static readonly RssKey Shown = RandomKey(1);
    private static readonly RssKey Kernel = RandomKey(2);

    public static TheoryData<string, string> Cards => new()
    {
        { "shown", "the settings as shown" },
        { "late", "the key that is shown, a byte late (field.md H15)" },
        { "late2", "the key that is shown, 2 bytes late (field.md H15)" },
        { "early", "the key that is shown, a byte early" },
        { "words", "the key that is shown, in words of 4 bytes swapped" },
        { "halves", "the key that is shown, in words of 2 bytes swapped" },
        { "end", "the key that is shown, from its end" },
        { "kernel", "the kernel's key (netdev_rss_key)" },
        { "example", "the key of Microsoft's example, which many drivers have for a default" },
        { "symmetric", "the symmetric key 6D:5A" },
        { "addresses", "addresses only" },
        { "xor", "input transformation SymmetricXor" },
        { "lateAddresses", "the key that is shown, a byte late (field.md H15); addresses only" },
        { "reversed", "destination hashed before source" },
    };

    [Theory]
    [MemberData(nameof(Cards))]
    public void What_a_card_hashes_with_is_found_from_where_packets_arrive(string card, string words)
    {
        (NicRss real, bool isReversed) = Real(card);
        (FlowKey Key, int Queue)[] seen = Seen(real, 200, isReversed);

        (string Words, RssKey Key)? found = HashExplanation.Find(Rss(Shown), Kernel, seen);

        Assert.Equal((words, real.Key), (found?.Words, found?.Key));
    }

    [Fact]
    public void Nothing_explains_what_is_no_hash()
    {
        Random random = new(3);
        (FlowKey Key, int Queue)[] seen = [.. Seen(Rss(Shown), 200).Select(each => (each.Key, random.Next(Queues)))];

        Assert.Null(HashExplanation.Find(Rss(Shown), Kernel, seen));
    }

    // All is well: any key, that of 6D:5A, one that the card hides and takes from the kernel. None is called a liar.
    [Theory]
    [InlineData("random")]
    [InlineData("symmetric")]
    [InlineData("hidden")]
    public void Where_all_is_well_there_is_no_false_alarm_in_a_thousand_trials(string card)
    {
        for (int trial = 0; trial < Trials; trial++)
        {
            RssKey key = card == "symmetric" ? RssBalanceSetting.SymmetricKey : RandomKey(1000 + trial);
            NicRss told = Rss(key) with { Key = card == "hidden" ? null : key, Function = card == "hidden" ? null : "toeplitz" };
            (string Words, RssKey Key)? found = HashExplanation.Find(told, card == "hidden" ? key : Kernel, Seen(Rss(key), HashExplanation.LeastDirections, seed: trial));

            Assert.Equal((trial, key, card == "hidden" ? "the kernel's key (netdev_rss_key)" : "the settings as shown"), (trial, found?.Key, found?.Words));
        }
    }

    [Fact]
    public void Where_no_hash_decides_none_is_found_in_a_thousand_trials()
    {
        for (int trial = 0; trial < Trials; trial++)
        {
            Random random = new(trial);
            (FlowKey Key, int Queue)[] seen = [.. Seen(Rss(Shown), HashExplanation.LeastDirections, seed: trial).Select(each => (each.Key, random.Next(Queues)))];

            Assert.Equal((trial, null), (trial, HashExplanation.Find(Rss(Shown), Kernel, seen)?.Words));
        }
    }

    [Fact]
    public void One_packet_that_does_not_fit_is_enough()
    {
        (FlowKey Key, int Queue)[] seen = Seen(Rss(Shown), 200);
        seen[^1].Queue = (seen[^1].Queue + 1) % Queues;

        Assert.Null(HashExplanation.Find(Rss(Shown), Kernel, seen));
    }

    [Fact]
    public void A_few_packets_or_one_queue_explain_nothing()
    {
        Assert.Null(HashExplanation.Find(Rss(Shown), Kernel, Seen(Rss(Shown), HashExplanation.LeastDirections - 1)));
        NicRss single = Rss(Shown) with { IndirectionTable = new int[128] };
        Assert.Null(HashExplanation.Find(single, Kernel, Seen(single, 200)));
    }

    [Fact]
    public void A_hidden_key_is_found_among_the_known_ones() =>
        Assert.Equal(Kernel, HashExplanation.Find(Rss(Shown) with { Key = null, Function = null }, Kernel, Seen(Rss(Kernel), 200))?.Key);

    [Fact]
    public void A_report_counts_directions_by_queue()
    {
        // Queue mappings are the queue and 1; flow 0 parts, flow 1 meets, flow 2 has one direction.
        QueueSightings sightings = new(Queues + 1);
        sightings.Add(Frame(0, isReturn: false), 1);
        sightings.Add(Frame(0, isReturn: true), 3);
        sightings.Add(Frame(0, isReturn: true), 3);
        sightings.Add(Frame(1, isReturn: false), 4);
        sightings.Add(Frame(1, isReturn: true), 4);
        sightings.Add(Frame(2, isReturn: false), 2);
        NicFlowSymmetry told = Report(sightings, "i40e", [0, 1, 1, 2, 2]);

        Assert.Equal((3, 2, 1, 0.5), (told.Flows, told.TwoWayFlows, told.AsymmetricFlows, told.AsymmetricShare));
        NicPartedFlow parted = Assert.Single(told.Parted);
        Assert.Equal("10.0.0.0:1000 192.0.2.1:53/17: queue 0, back 2", parted.ToString());
        Assert.Equal([(0, 1L), (1, 1L), (2, 1L), (3, 1L)], told.Queues.Select(queue => (queue.Queue!.Value, queue.Flows)));
        Assert.Equal((6, 3), (told.Packets, (int)told.Queues.Sum(queue => queue.PacketsPerSecond)));
    }

    [Fact]
    public void Packets_without_a_queue_are_told_apart_unless_there_is_one_queue_or_a_veth()
    {
        QueueSightings sightings = new(Queues + 1);
        sightings.Add(Frame(0, isReturn: false), 0);
        sightings.Add(Frame(0, isReturn: true), 0);
        NicFlowSymmetry unrecorded = Report(sightings, "cxgb4", [2, 0, 0, 0, 0]);
        NicFlowSymmetry veth = Report(sightings, "veth", [2, 0, 0, 0, 0]);
        NicFlowSymmetry recording = Report(sightings, "veth", [2, 0, 0, 0, 1]);

        Assert.Equal((1, 0, null), (unrecorded.Flows, unrecorded.TwoWayFlows, unrecorded.AsymmetricShare));
        Assert.Null(unrecorded.Queues[0].Queue);
        Assert.Contains(unrecorded.Notes, note => note.Contains("records no queue", StringComparison.Ordinal));
        Assert.Equal((1, 0, 2), (veth.TwoWayFlows, veth.Queues[0].Queue!.Value, (int)veth.Queues[0].Packets));
        Assert.Equal((0, 5), (recording.TwoWayFlows, recording.Queues.Length));

        QueueSightings single = new(2);
        single.Add(Frame(0, isReturn: false), 0);
        single.Add(Frame(0, isReturn: true), 0);
        NicFlowSymmetry one = Report(single, "e1000e", [2, 0], queues: 1);
        Assert.Equal((1, 0.0), (one.TwoWayFlows, one.AsymmetricShare));
        Assert.Equal((0, 2), (Assert.Single(one.Queues).Queue!.Value, (int)one.Queues[0].Packets));
    }

    [Fact]
    public void A_direction_that_moves_is_counted_and_not_predicted()
    {
        QueueSightings sightings = new(Queues + 1);
        sightings.Add(Frame(0, isReturn: false), 1);
        sightings.Add(Frame(0, isReturn: false), 2);
        sightings.Add(Frame(1, isReturn: false), 1);
        NicFlowSymmetry told = new SymmetryReport("ens1f0", "i40e", Rss(Shown), Queues, sightings) { Received = [0, 2, 1, 0, 0], Elapsed = TimeSpan.FromSeconds(1) }.Make();

        Assert.Equal((1, 1), (told.MovedDirections, told.PredictedDirections));
    }

    [Fact]
    public void Mlx5_is_predicted_as_it_hashes_and_not_as_it_shows()
    {
        NicRss shown = Rss(Shown) with { Driver = "mlx5_core", InputTransform = null };
        RssBalanceSetting real = RssBalanceSetting.Of(shown with { InputTransform = RssInputTransform.SymmetricOrXor }, null).Value[0];
        QueueSightings sightings = new(Queues + 1);
        for (int flow = 0; flow < 64; flow++)
        {
            byte[] frame = Frame(flow, isReturn: flow % 2 == 0);
            _ = PacketView.Read(frame, PacketView.Ethernet, isInner: false, out FlowKey key);
            sightings.Add(frame, 1 + real.QueueOf(real.Hash(key)));
        }

        NicFlowSymmetry told = new SymmetryReport("ens1f0", "mlx5_core", shown, Queues, sightings) { Received = [0, 16, 16, 16, 16], Elapsed = TimeSpan.FromSeconds(1) }.Make();

        Assert.Equal((64, 64), (told.PredictedDirections, told.EqualDirections));
        Assert.Contains(told.Notes, note => note.Contains("symmetric-or-xor is assumed", StringComparison.Ordinal));
    }

    [Fact]
    public void Memory_is_bounded()
    {
        QueueSightings sightings = new(Queues + 1, mostDirections: 10);
        for (int flow = 0; flow < 100; flow++)
        {
            sightings.Add(Frame(flow, isReturn: false), 1);
        }

        Assert.Equal((10, 90), (sightings.Directions.Count(), sightings.Unfollowed));
    }

    private static NicFlowSymmetry Report(QueueSightings sightings, string driver, long[] received, int queues = Queues) =>
        new SymmetryReport("ens1f0", driver, null, queues, sightings) { Received = received, Elapsed = TimeSpan.FromSeconds(2) }.Make();

    private static (NicRss Rss, bool IsReversed) Real(string card)
    {
        byte[] key = Shown.ToArray();
        NicRss Keyed(byte[] bytes) => Rss(new RssKey(bytes));
        NicRss ByAddresses(RssKey bytes) => Rss(bytes) with { Fields = [.. Rss(bytes).Fields.Select(fields => fields with { Fields = Addresses })] };
        return card switch
        {
            "late" => (Keyed([0, .. key[..^1]]), false),
            "late2" => (Keyed([0, 0, .. key[..^2]]), false),
            "early" => (Keyed([.. key[1..], 0]), false),
            "words" => (Keyed([.. key.Chunk(4).SelectMany(word => word.Reverse())]), false),
            "halves" => (Keyed([.. key.Chunk(2).SelectMany(word => word.Reverse())]), false),
            "end" => (Keyed([.. key.Reverse()]), false),
            "kernel" => (Rss(Kernel), false),
            "example" => (Rss(RssBalanceSetting.ExampleKey), false),
            "symmetric" => (Rss(RssBalanceSetting.SymmetricKey), false),
            "addresses" => (ByAddresses(Shown), false),
            "xor" => (Rss(Shown) with { InputTransform = RssInputTransform.SymmetricXor }, false),
            "lateAddresses" => (ByAddresses(new RssKey([0, .. key[..^1]])), false),
            "reversed" => (Rss(Shown), true),
            _ => (Rss(Shown), false),
        };
    }

    private static (FlowKey Key, int Queue)[] Seen(NicRss real, int count, bool isReversed = false, int seed = 7)
    {
        RssBalanceSetting setting = RssBalanceSetting.Of(real, null).Value[0];
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            byte[] addresses = new byte[8];
            random.NextBytes(addresses);
            Assert.True(FlowTuple.TryMake(new IPAddress(addresses[..4]), new IPAddress(addresses[4..]), random.Next(65536), random.Next(65536), "tcp", out FlowTuple? tuple, out _));
            return (tuple.Key, setting.QueueOf(setting.Hash(isReversed ? tuple.Key.Reversed() : tuple.Key)));
        })];
    }

    private static NicRss Rss(RssKey key) => new()
    {
        InterfaceName = "ens1f0",
        Function = "toeplitz",
        Queues = Queues,
        Key = key,
        KeySource = RssKeySource.Driver,
        IndirectionTable = [.. Enumerable.Range(0, 128).Select(entry => entry % Queues)],
        TableSize = 128,
        Fields = [.. NicRssReader.FlowTypes.Select(type => new NicHashFields { FlowType = type, Fields = All })],
    };

    private static RssKey RandomKey(int seed)
    {
        byte[] key = new byte[40];
        new Random(seed).NextBytes(key);
        return new RssKey(key);
    }

    // UDP over IPv4, headers only.
    private static byte[] Frame(int flow, bool isReturn)
    {
        byte[] there = [10, 0, (byte)(flow >> 8), (byte)flow];
        byte[] here = [192, 0, 2, 1];
        byte[] from = [(byte)((1000 + flow) >> 8), (byte)(1000 + flow)];
        byte[] to = [0, 53];
        return
        [
            .. new byte[12], 8, 0, 0x45, 0, 5, 0, 0, 0, 0, 0, 64, 17, 0, 0,
            .. isReturn ? here : there, .. isReturn ? there : here, .. isReturn ? to : from, .. isReturn ? from : to,
        ];
    }
}
