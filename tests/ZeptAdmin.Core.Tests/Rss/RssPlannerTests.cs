using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Rss;

/// <summary>From a wish to what a card does: what is chosen, what is refused before anything is written, and what undo brings back.</summary>
public sealed class RssPlannerTests : IDisposable
{
    private const string Port = RssCard.Port;
    private const RssFields Two = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields Four = Two | RssFields.SourcePort | RssFields.DestinationPort;

    private static readonly RssWish Symmetric = new() { IsSymmetric = true };

    private readonly ChangeBench _bench = new();

    public static TheoryData<string, int, int> Cards => new() { { "i40e", 52, 512 }, { "ixgbe", 40, 128 }, { "virtio_net", 40, 128 }, { "somebody's", 52, 64 } };

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Cards))]
    public void A_repeated_key_of_the_cards_own_length_makes_it_symmetric(string driver, int length, int entries)
    {
        RssCard card = new(driver, length, entries);
        string before = card.State;

        Make(card, Symmetric);

        Assert.Equal(RssKeys.FromPattern(RssKeys.TalkPattern, length).ToArray(), card.Key);
        Assert.All(RssSymmetries.Get(card, Port).Value, verdict => Assert.True(verdict.IsSameQueue));
        Assert.True(IsIdle(card, Symmetric));
        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_transformation_is_taken_where_driver_and_kernel_have_it()
    {
        RssCard card = new("ice") { Transforms = 1 };
        byte[] key = card.Key;

        Make(card, Symmetric);

        Assert.Equal((1, key), (card.Transform, card.Key));
        Assert.All(RssSymmetries.Get(card, Port).Value, verdict => Assert.Equal((true, false), (verdict.IsSymmetric, verdict.IsConstant)));
        Assert.True(IsIdle(card, Symmetric));
    }

    [Fact]
    public void A_repeated_key_does_not_stay_under_symmetric_xor()
    {
        RssCard card = new("ice") { Transforms = 1, Transform = 1, Key = RssKeys.FromPattern(RssKeys.TalkPattern, 52).ToArray() };
        Assert.All(RssSymmetries.Get(card, Port).Value, verdict => Assert.True(verdict.IsConstant));

        Make(card, Symmetric);

        Assert.All(RssSymmetries.Get(card, Port).Value, verdict => Assert.Equal((true, false), (verdict.IsSymmetric, verdict.IsConstant)));
    }

    [Theory]
    [InlineData("6.1.0", null)]
    [InlineData("6.12.95", "2.6.6")]
    public void The_key_is_taken_where_kernel_or_driver_are_without_a_transformation(string kernel, string? version)
    {
        RssCard card = new("ice") { Kernel = kernel, DriverVersion = version, IsReservedByte = version is null };

        Make(card, Symmetric);

        Assert.Equal((0, 0x6d), (card.Transform, card.Key[0]));
    }

    [Fact]
    public void There_is_nothing_to_do_where_the_card_is_always_symmetric()
    {
        RssCard card = new("mlx5_core", 40, 128);

        RssPlan plan = RssPlanner.Plan(card, Port, Symmetric).Value;

        Assert.Empty(plan.Changes);
        Assert.StartsWith("Nothing to do", Assert.Single(plan.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_symmetric_key_is_as_good()
    {
        RssCard card = new() { Key = RssKeys.FromPattern(RssKeys.BestPattern, 52).ToArray() };

        Assert.Empty(RssPlanner.Plan(card, Port, Symmetric).Value.Changes);
    }

    [Fact]
    public void A_card_whose_device_may_get_the_key_late_is_warned_of()
    {
        RssCard card = new("virtio_net", 40, 128);

        Assert.Contains("one byte late", Assert.Single(RssPlanner.Plan(card, Port, Symmetric).Value.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_function_gives_way_to_toeplitz()
    {
        RssCard card = new("somebody's", 40, 128) { Functions = 3, Function = 2 };

        Make(card, Symmetric);

        Assert.Equal((1, 0x6d), (card.Function, card.Key[0]));
    }

    [Fact]
    public void Fields_stay_as_they_are_unless_asked_for()
    {
        RssCard card = new();
        Make(card, Symmetric);
        Assert.DoesNotContain(card.Writes, write => write.Command == EthtoolCommands.ETHTOOL_SRXFH);

        Make(card, new RssWish { Fields = Two });

        Assert.Equal([0x30ul, 0x30, 0x30, 0x30], new uint[] { 1, 2, 5, 6 }.Select(type => card.Fields[type]));
        Assert.Equal(4, card.Writes.Count(write => write.Command == EthtoolCommands.ETHTOOL_SRXFH));
    }

    [Fact]
    public void Fields_are_made_two_sided_before_the_transformation_comes()
    {
        RssCard card = new("ice") { Transforms = 1 };
        card.Fields[2] = 0x10;
        string before = card.State;
        Assert.Equal(Errno.EINVAL, RssPlanner.Plan(card, Port, Symmetric).Refusal?.Errno);

        Make(card, Symmetric with { Fields = Four });

        Assert.Equal((1, 0xf0ul), (card.Transform, card.Fields[2]));
        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    [InlineData(8)]
    public void Queues_share_the_table_evenly(int queues)
    {
        RssCard card = new();
        Make(card, new RssWish { QueueCount = queues });

        Assert.Equal(Enumerable.Range(0, 512).Select(entry => (uint)(entry % queues)), card.Table);
    }

    [Fact]
    public void A_short_list_is_repeated()
    {
        RssCard card = new(entries: 8);
        Make(card, new RssWish { Table = [0, 2, 4, 6] });

        Assert.Equal([0u, 2u, 4u, 6u, 0u, 2u, 4u, 6u], card.Table);
    }

    // What ethtool 6.1 sends; EthtoolSendsTests asks it again.
    [Theory]
    [InlineData("6 2", "0 0 0 0 0 0 1 1")]
    [InlineData("1 2 1", "0 0 1 1 1 1 2 2")]
    [InlineData("0 1 0 2", "1 1 3 3 3 3 3 3")]
    [InlineData("3 1 2", "0 0 0 0 1 2 2 2")]
    public void Weights_fill_the_table_as_ethtool_does(string weights, string table)
    {
        RssCard card = new(entries: 8);
        Make(card, new RssWish { Weights = [.. weights.Split(' ').Select(int.Parse)] });

        Assert.Equal(table, string.Join(' ', card.Table));
    }

    public static TheoryData<string, string, Errno, string> Refusals => new()
    {
        { "ixgbe needs sdfn for TCP", "ixgbe", Errno.EINVAL, "sdfn only" },
        { "igb takes no key", "igb", Errno.EOPNOTSUPP, "late 2026" },
        { "igb cannot be made symmetric", "igb", Errno.EOPNOTSUPP, "late 2026" },
        { "ena takes no key", "ena", Errno.EOPNOTSUPP, "FANOUT_HASH" },
        { "ena cannot be made symmetric", "ena", Errno.EOPNOTSUPP, "FANOUT_HASH" },
        { "one-sided fields under a transformation", "ice", Errno.EINVAL, "both sides" },
        { "one-sided fields cannot be symmetric", "i40e", Errno.EINVAL, "One side only" },
        { "a repeated key under symmetric-xor", "ice", Errno.EINVAL, "would be 0" },
        { "a key of the wrong length", "i40e", Errno.EINVAL, "52 bytes, not 40" },
        { "a queue that is not there", "i40e", Errno.EINVAL, "8 receive queues" },
        { "a table with a queue that is not there", "i40e", Errno.EINVAL, "8 receive queues" },
        { "a table that does not fill", "i40e", Errno.EINVAL, "512 entries" },
        { "too many weights", "i40e", Errno.EINVAL, "8 receive queues" },
        { "weights of nothing", "i40e", Errno.EINVAL, "add up to 0" },
        { "a function that the kernel has not", "i40e", Errno.EINVAL, "toeplitz, xor, crc32" },
        { "a function that the card has not", "i40e", Errno.EOPNOTSUPP, "H6" },
        { "symmetry of another function", "somebody's", Errno.EINVAL, "Nothing is known" },
        { "a transformation that the driver has not", "i40e", Errno.EOPNOTSUPP, "H10" },
        { "a transformation that the kernel has not", "ice", Errno.EOPNOTSUPP, "6.8" },
        { "a kind of packets that the card has not", "i40e", Errno.EOPNOTSUPP, "Sctp4" },
        { "kinds without fields", "i40e", Errno.EINVAL, "give Fields too" },
        { "symmetry with a key that is not", "i40e", Errno.EINVAL, "leave out Key" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_the_driver_would_refuse_is_told_before_anything_is_written(string what, string driver, Errno errno, string told)
    {
        RssKey talk = RssKeys.FromPattern(RssKeys.TalkPattern, 52);
        RssCard card = new(driver, driver is "igb" ? 0 : driver is "i40e" or "ice" ? 52 : 40, driver is "i40e" or "ice" ? 512 : 128)
        {
            IsPicky = driver == "ixgbe",
            Transforms = (byte)(driver == "ice" ? 1 : 0),
        };
        RssWish wish = what switch
        {
            "ixgbe needs sdfn for TCP" => new RssWish { Fields = Two },
            "igb takes no key" or "ena takes no key" => new RssWish { Key = RssKeys.Random(40) },
            "one-sided fields under a transformation" => new RssWish { Fields = RssFields.SourceAddress, InputTransform = RssInputTransform.SymmetricXor },
            "one-sided fields cannot be symmetric" => Symmetric with { Fields = RssFields.SourceAddress },
            "a repeated key under symmetric-xor" => new RssWish { Key = talk, InputTransform = RssInputTransform.SymmetricXor },
            "a key of the wrong length" => new RssWish { Key = RssKeys.Random(40) },
            "a queue that is not there" => new RssWish { QueueCount = 9 },
            "a table with a queue that is not there" => new RssWish { Table = [0, 8] },
            "a table that does not fill" => new RssWish { Table = [0, 1, 2] },
            "too many weights" => new RssWish { Weights = [1, 1, 1, 1, 1, 1, 1, 1, 1] },
            "weights of nothing" => new RssWish { Weights = [0, 0] },
            "a function that the kernel has not" => new RssWish { Function = "sha1" },
            "a function that the card has not" => new RssWish { Function = "xor" },
            "symmetry of another function" => Symmetric with { Function = "xor" },
            "a transformation that the driver has not" or "a transformation that the kernel has not" => new RssWish { InputTransform = RssInputTransform.SymmetricXor },
            "a kind of packets that the card has not" => new RssWish { Fields = Two, FlowTypes = [RssFlowType.Sctp4] },
            "kinds without fields" => new RssWish { FlowTypes = [RssFlowType.Udp4] },
            "symmetry with a key that is not" => Symmetric with { Key = RssKeys.Random(52) },
            _ => Symmetric,
        };
        if (what == "a transformation that the kernel has not")
        {
            card.Kernel = "6.6.1";
        }

        if (what == "a kind of packets that the card has not")
        {
            _ = card.Fields.Remove(3);
        }

        Refusal? refusal = RssPlanner.Plan(card, Port, wish).Refusal;

        Assert.Equal(errno, refusal?.Errno);
        Assert.Contains(told, refusal?.Reason, StringComparison.Ordinal);
        Assert.Equal(Port, refusal?.Target);
        Assert.Empty(card.Writes);
    }

    [Fact]
    public void A_reading_that_is_piped_back_brings_no_wish_for_its_own_key()
    {
        RssCard card = new();
        NicRss reading = NicRssReader.Get(card, Port).Value;

        Make(card, Symmetric with { Key = reading.Key });

        Assert.Equal(0x6d, card.Key[0]);
    }

    [Fact]
    public void A_wish_for_what_is_so_changes_nothing()
    {
        RssCard card = new();
        RssWish wish = new() { QueueCount = 8, Fields = Four, Function = "toeplitz", InputTransform = RssInputTransform.None, Key = new RssKey(card.Key) };

        Assert.True(IsIdle(card, wish));
    }

    [Fact]
    public void A_card_that_is_not_there_is_refused() => Assert.Equal(Errno.ENODEV, RssPlanner.Plan(new RssCard(), "e9", Symmetric).Refusal?.Errno);

    private static bool IsIdle(RssCard card, RssWish wish) => RssPlanner.Plan(card, Port, wish).Value.Changes.All(change => change.IsIdle);

    private void Make(RssCard card, RssWish wish)
    {
        foreach (PlannedChange change in RssPlanner.Plan(card, Port, wish).Value.Changes)
        {
            _bench.Change(card, change);
        }
    }
}
