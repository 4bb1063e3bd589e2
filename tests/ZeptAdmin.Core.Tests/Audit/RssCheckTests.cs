using ZeptAdmin.Audit;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class RssCheckTests
{
    private const RssFields SD = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields SDFN = SD | RssFields.SourcePort | RssFields.DestinationPort;

    private static readonly RssKey Repeated = new([.. Enumerable.Range(0, 52).Select(i => (byte)(i % 2 == 0 ? 0x6d : 0x5a))]);
    private static readonly RssKey Drawn = new([.. Enumerable.Range(0, 52).Select(i => (byte)((i * 73) + 41))]);

    // field.md H2, H4, H8: as a sensor with an X710 is set.
    private static readonly NicRss Tuned = Over(4) with
    {
        Driver = "i40e",
        Function = "toeplitz",
        Key = Repeated,
        KeySource = RssKeySource.Driver,
        IsKeySymmetric = true,
        InputTransform = RssInputTransform.None,
        Fields = Fields(SD, SD, SD, SD),
    };

    [Fact]
    public void Both_schools_of_fields_pass_and_a_mixture_does_not()
    {
        Assert.Equal(Pass, Weigh("H1.HashFields", Tuned));
        Assert.Equal(Pass, Weigh("H1.HashFields", Tuned with { Fields = Fields(SDFN, SDFN, SDFN, SDFN) }));
        Assert.Equal(Warn, Weigh("H1.HashFields", Tuned with { Fields = Fields(SDFN, SD, SDFN, SD) }));
        Assert.Equal(Warn, Weigh("H1.HashFields", Tuned with { Fields = Fields(SD, SD, SDFN, SDFN) }));
        Assert.Equal(Warn, Weigh("H1.HashFields", Tuned with { Fields = Fields(SD, SD, SD, RssFields.None) }));
        Assert.Equal(Fail, Weigh("H1.HashFields", Tuned with { Fields = Fields(SD, SD, SD, RssFields.SourceAddress) }));
        Assert.Equal(Unknown, Weigh("H1.HashFields", Tuned with { Fields = [] }));
    }

    [Fact]
    public void The_remedy_asks_no_driver_for_fields_that_it_refuses()
    {
        NicRss mixed = Tuned with { Fields = Fields(SDFN, SD, SDFN, SD) };

        Assert.EndsWith("-Fields SourceAddress, DestinationAddress", Of("H1.HashFields", mixed).Remedy, StringComparison.Ordinal);
        Assert.EndsWith("SourcePort, DestinationPort", Of("H1.HashFields", mixed with { Driver = "ixgbe" }).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Symmetric_by_key_by_transform_or_by_nature()
    {
        NicRss drawn = Tuned with { Key = Drawn, IsKeySymmetric = false };
        NicRss hidden = Tuned with { Key = null, IsKeySymmetric = null, KeySource = null };

        Assert.Equal(Pass, Weigh("H4.SymmetricHash", Tuned));
        Assert.Equal(Fail, Weigh("H4.SymmetricHash", drawn));
        Assert.Equal(Pass, Weigh("H4.SymmetricHash", drawn with { InputTransform = RssInputTransform.SymmetricXor }));
        Assert.Equal(Pass, Weigh("H4.SymmetricHash", drawn with { InputTransform = RssInputTransform.SymmetricOrXor }));
        Assert.Equal(Pass, Weigh("H4.SymmetricHash", drawn with { Driver = "mlx5_core" }));
        Assert.Equal(Unknown, Weigh("H4.SymmetricHash", hidden));
        Assert.Equal(Fail, Weigh("H4.SymmetricHash", hidden with { Driver = "ena" }));
        Assert.Equal(Fail, Weigh("H4.SymmetricHash", Tuned with { Function = "crc32" }));
        Assert.Equal(Pass, Weigh("H4.SymmetricHash", drawn with { Function = "xor" }));
    }

    [Theory]
    [InlineData("i40e", "Set-NicRss ens1f0 -Symmetric")]
    [InlineData("igb", "Set-NicRss ens1f0 -Symmetric # kernels before late 2026")]
    [InlineData("ena", "ena takes no other key: use FANOUT_HASH")]
    public void The_remedy_is_one_that_the_driver_takes(string driver, string remedy) =>
        Assert.StartsWith(remedy, Of("H4.SymmetricHash", Tuned with { Driver = driver, Key = Drawn, IsKeySymmetric = false }).Remedy, StringComparison.Ordinal);

    [Theory]
    [InlineData("H1.HashFields")]
    [InlineData("H4.SymmetricHash")]
    [InlineData("H5.KeyEntropy")]
    [InlineData("H6.HashFunction")]
    [InlineData("H7.ReceiveHashing")]
    [InlineData("H8.TableSpread")]
    [InlineData("H10.RepeatedKeyXor")]
    [InlineData("H12.QueueBalance")]
    [InlineData("H14.KeySource")]
    [InlineData("H15.ShownKey")]
    public void One_queue_needs_no_hash(string id)
    {
        NicRss one = new() { Queues = 1, Key = Drawn, IsKeySymmetric = false };

        Assert.Equal(NotApplicable, Weigh(id, one));
    }

    [Fact]
    public void A_table_of_one_queue_is_one_queue() =>
        Assert.Equal(NotApplicable, Weigh("H4.SymmetricHash", Tuned with { IsKeySymmetric = false, QueueShare = [.. Shares(128, 0, 0, 0)] }));

    [Fact]
    public void Several_queues_and_a_silent_driver_are_unknown()
    {
        Assert.Equal(Unknown, Weighing.Blank().Refuses<NicRss>().Answers<Nic>(new Nic { RxQueues = 4 }).Verdict("H4.SymmetricHash"));
        Assert.Equal(NotApplicable, Weighing.Blank().Refuses<NicRss>().Answers<Nic>(new Nic { RxQueues = 1 }).Verdict("H4.SymmetricHash"));
        Assert.Equal(Unknown, Weighing.Blank().Refuses<NicRss>(Errno.EPERM).Answers<Nic>(new Nic { RxQueues = 4 }).Verdict("H4.SymmetricHash"));
    }

    // field.md H5: the matrix of 6D:5A is singular for 3, 4 and 7 low bits; 512 entries (9) of i40e and 64 of ice are whole.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 5)]
    [InlineData(6, 6)]
    [InlineData(7, 6)]
    [InlineData(8, 8)]
    [InlineData(9, 9)]
    public void Rank_of_the_low_bits(int bits, int rank) => Assert.Equal(rank, KeyEntropyCheck.Rank(Repeated, bits));

    [Fact]
    public void What_a_repeated_key_costs_is_a_note()
    {
        NicRss ports = Tuned with { Fields = Fields(SDFN, SDFN, SDFN, SDFN), TableSize = 128 };

        Assert.Contains("1 of 2 entries", Of("H5.KeyEntropy", ports).Actual, StringComparison.Ordinal);
        Assert.Equal(Pass, Weigh("H5.KeyEntropy", ports));
        Assert.Equal("16 bits of entropy", Of("H5.KeyEntropy", Tuned).Actual);
        Assert.Equal(Pass, Weigh("H5.KeyEntropy", Tuned with { Key = Drawn }));
        Assert.Equal(Unknown, Weigh("H5.KeyEntropy", Tuned with { Key = null }));
    }

    [Fact]
    public void The_function_is_Toeplitz()
    {
        Assert.Equal(Pass, Weigh("H6.HashFunction", Tuned));
        Assert.Equal(Warn, Weigh("H6.HashFunction", Tuned with { Function = "xor" }));
        Assert.Equal(Unknown, Weigh("H6.HashFunction", Tuned with { Function = null }));
    }

    [Fact]
    public void Receive_hashing_is_on()
    {
        Assert.Equal(Pass, WeighFeature("rx-hashing", true, false));
        Assert.Equal(Warn, WeighFeature("rx-hashing", false, false));
        Assert.Equal(NotApplicable, WeighFeature("rx-hashing", false, true));
        Assert.Equal(Unknown, Weighing.Blank().Answers<NicRss>(Tuned).Refuses<NicFeature[]>(Errno.ENODATA).Verdict("H7.ReceiveHashing"));
    }

    [Fact]
    public void The_table_names_all_queues_alike()
    {
        Assert.Equal(Pass, Weigh("H8.TableSpread", Tuned));
        Assert.Equal(Pass, Weigh("H8.TableSpread", Over(6, 128)));
        Assert.Equal(Pass, Weigh("H8.TableSpread", Over(48, 128)));
        Assert.Equal(Warn, Weigh("H8.TableSpread", Tuned with { QueueShare = [.. Shares(256, 256, 0, 0)] }));
        Assert.Equal(Warn, Weigh("H8.TableSpread", Tuned with { QueueShare = [.. Shares(128, 128, 64, 192)] }));
        Assert.Equal(Fail, Weigh("H8.TableSpread", Tuned with { Queues = 2 }));
        Assert.Equal(Unknown, Weigh("H8.TableSpread", new NicRss { Queues = 4 }));
    }

    [Fact]
    public void A_repeated_key_and_symmetric_xor_cancel_each_other()
    {
        Assert.Equal(Fail, Weigh("H10.RepeatedKeyXor", Tuned with { InputTransform = RssInputTransform.SymmetricXor }));
        Assert.Equal(Pass, Weigh("H10.RepeatedKeyXor", Tuned with { InputTransform = RssInputTransform.SymmetricXor, Key = Drawn, IsKeySymmetric = false }));
        Assert.Equal(NotApplicable, Weigh("H10.RepeatedKeyXor", Tuned with { InputTransform = RssInputTransform.SymmetricOrXor }));
        Assert.Equal(Unknown, Weigh("H10.RepeatedKeyXor", Tuned with { InputTransform = RssInputTransform.SymmetricXor, Key = null, IsKeySymmetric = null }));
        Assert.Equal(NotApplicable, Weigh("H10.RepeatedKeyXor", Tuned));
    }

    [Fact]
    public void Counters_show_what_the_table_promised()
    {
        Assert.Equal(Pass, WeighPackets(100_000, 90_000, 110_000, 100_000));
        Assert.Equal(Warn, WeighPackets(900_000, 1000, 1000, 1000));
        Assert.Equal(Unknown, WeighPackets(900, 1, 1, 1));
        Assert.Equal(Unknown, WeighPackets(900_000));

        // Queues that are not in use have counters as well.
        Assert.Equal(Pass, WeighPackets(100_000, 90_000, 110_000, 100_000, 0, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal(NotApplicable, Weighing.Blank().Answers<NicRss>(Tuned).Refuses<NicCounter[]>().Verdict("H12.QueueBalance"));
    }

    [Fact]
    public void Where_the_key_is_from()
    {
        Assert.Equal(Pass, Weigh("H14.KeySource", Tuned));
        Assert.Equal(Pass, Weigh("H14.KeySource", Tuned with { KeySource = RssKeySource.Kernel }));
        Assert.Equal(Unknown, Weigh("H14.KeySource", Tuned with { KeySource = null, Key = null }));
    }

    [Theory]
    [InlineData("virtio_net", "6.12.95", Warn)]
    [InlineData("virtio_net", "6.12.48", Pass)]
    [InlineData("i40e", "6.18.0", Pass)]
    public void The_key_shown_is_the_key_used(string driver, string kernel, CheckSeverity expected) => Assert.Equal(
        expected,
        Weighing.Blank(new SmallMachine().With("/proc/sys/kernel/osrelease", kernel + "\n")).Answers<NicRss>(Tuned with { Driver = driver }).Verdict("H15.ShownKey"));

    [Fact]
    public void No_key_is_shown() => Assert.Equal(NotApplicable, Weigh("H15.ShownKey", Tuned with { Key = null }));

    private static CheckResult Of(string id, NicRss rss) => Weighing.Blank().Answers<NicRss>(rss).Weigh(id);

    private static CheckSeverity Weigh(string id, NicRss rss) => Weighing.Blank().Answers<NicRss>(rss).Verdict(id);

    private static CheckSeverity WeighFeature(string feature, bool isOn, bool isFixed) => Weighing.Blank().Answers<NicRss>(Tuned)
        .Answers<NicFeature[]>(new[] { new NicFeature { Feature = feature, IsOn = isOn, IsFixed = isFixed } }).Verdict("H7.ReceiveHashing");

    private static CheckSeverity WeighPackets(params ulong[] packets) => Weighing.Blank().Answers<NicRss>(Tuned)
        .Answers<NicCounter[]>(packets.Select((count, queue) => new NicCounter
        {
            Name = $"rx-{queue}.packets",
            CanonicalName = "rx_packets",
            Direction = CounterDirection.Receive,
            Queue = queue,
            Value = count,
        }).ToArray()).Verdict("H12.QueueBalance");

    private static NicRss Over(int queues, int entries = 512)
    {
        int[] table = [.. Enumerable.Range(0, entries).Select(entry => entry % queues)];
        return new NicRss { Queues = queues, IndirectionTable = table, TableSize = entries, QueueShare = NicRssReader.Shares(table, queues) };
    }

    private static IEnumerable<NicQueueShare> Shares(params int[] entries) =>
        entries.Select((count, queue) => new NicQueueShare { Queue = queue, Entries = count, Share = (double)count / entries.Sum() });

    private static NicHashFields[] Fields(RssFields tcp4, RssFields udp4, RssFields tcp6, RssFields udp6) =>
    [
        new() { FlowType = RssFlowType.Tcp4, Fields = tcp4 },
        new() { FlowType = RssFlowType.Udp4, Fields = udp4 },
        new() { FlowType = RssFlowType.Tcp6, Fields = tcp6 },
        new() { FlowType = RssFlowType.Udp6, Fields = udp6 },
    ];
}
