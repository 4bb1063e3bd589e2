using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Rss;

/// <summary>Writing key, function, transformation, table and fields, by the bytes that go to the kernel and by what comes back.</summary>
public sealed class RssSettingTests : IDisposable
{
    private const string Port = RssCard.Port;

    private static readonly byte[] Pattern = [.. Enumerable.Range(0, 52).Select(i => (byte)(i % 2 == 0 ? 0x6d : 0x5a))];

    private readonly ChangeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_key_goes_to_the_kernel_alone()
    {
        RssCard card = new();
        string before = card.State;

        _bench.Change(card, new NicRssSetting().Plan(card, Port, new RssKey(Pattern), null, null, null));

        (uint command, byte[] bytes) = Assert.Single(card.Writes);
        Assert.Equal(EthtoolCommands.ETHTOOL_SRSSH, command);
        // struct ethtool_rxfh: cmd, rss_context, indir_size (NO_CHANGE), key_size, hfunc, input_xfrm, rsvd8[2], rsvd32, then the key.
        Assert.Equal($"47000000 00000000 ffffffff 34000000 00 00 0000 00000000 {Convert.ToHexStringLower(Pattern)}".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(bytes));
        Assert.Equal(Pattern, card.Key);
        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_table_goes_to_the_kernel_with_what_it_leaves_alone_unsaid()
    {
        RssCard card = new(entries: 4, rings: 4);

        _bench.Change(card, new NicRssSetting().Plan(card, Port, null, null, null, [0, 0, 1, 1]));

        Assert.Equal(
            "47000000 00000000 04000000 00000000 00 00 0000 00000000 00000000 00000000 01000000 01000000".Replace(" ", "", StringComparison.Ordinal),
            Convert.ToHexStringLower(Assert.Single(card.Writes).Bytes));
        Assert.True(card.IsTableConfigured);
    }

    [Fact]
    public void The_default_table_is_asked_for_as_such()
    {
        RssCard card = new(entries: 4, rings: 4);
        _bench.Change(card, new NicRssSetting().Plan(card, Port, null, null, null, [0, 0, 1, 1]));

        _bench.UndoAll(card);

        Assert.Equal("470000000000000000000000000000000000000000000000", Convert.ToHexStringLower(card.Writes[1].Bytes));
        Assert.Equal([0u, 1u, 2u, 3u], card.Table);
        Assert.False(card.IsTableConfigured);
    }

    [Fact]
    public void All_parts_go_in_one_request()
    {
        RssCard card = new("ice") { Transforms = 1, Functions = 3, Kernel = "6.12.1" };
        string before = card.State;

        _bench.Change(card, new NicRssSetting().Plan(card, Port, new RssKey(Pattern), 2, RssInputTransform.SymmetricXor, NicRssSetting.DefaultTable(512, 4)));

        Assert.Equal((2, 1), (card.Function, card.Transform));
        _ = Assert.Single(card.Writes);
        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_transformation_that_is_not_to_change_is_sent_as_it_was_read()
    {
        RssCard card = new("ice") { Transforms = 1, Transform = 1 };
        _bench.Change(card, new NicRssSetting().Plan(card, Port, new RssKey(Pattern), null, null, null));
        Assert.Equal((1, Pattern[0]), (card.Transform, card.Key[0]));

        RssCard old = new() { IsReservedByte = true, Kernel = "6.1.0" };
        _bench.Change(old, new NicRssSetting().Plan(old, Port, new RssKey(Pattern), null, null, null));
        Assert.Equal(Pattern, old.Key);
    }

    [Fact]
    public void Kernels_without_SRSSH_get_the_table_alone()
    {
        RssCard card = new(entries: 4, rings: 4) { IsOld = true };

        _bench.Change(card, new NicRssSetting().Plan(card, Port, null, null, null, [3, 2, 1, 0]));

        Assert.Equal("390000000400000003000000020000000100000000000000", Convert.ToHexStringLower(Assert.Single(card.Writes).Bytes));
        Assert.Equal([3u, 2u, 1u, 0u], card.Table);
    }

    [Fact]
    public void Fields_go_to_the_kernel_kind_by_kind_and_only_where_they_differ()
    {
        RssCard card = new();
        card.Fields[2] = 0x30;
        string before = card.State;

        _bench.Change(card, new NicHashFieldsSetting().Plan(
            card, Port, [RssFlowType.Tcp4, RssFlowType.Udp4, RssFlowType.Udp6], RssFields.SourceAddress | RssFields.DestinationAddress));

        Assert.Equal(2, card.Writes.Count);
        Assert.All(card.Writes, write => Assert.Equal((EthtoolCommands.ETHTOOL_SRXFH, 192), (write.Command, write.Bytes.Length)));
        Assert.StartsWith("2a000000010000003000000000000000", Convert.ToHexStringLower(card.Writes[0].Bytes), StringComparison.Ordinal);
        Assert.StartsWith("2a000000060000003000000000000000", Convert.ToHexStringLower(card.Writes[1].Bytes), StringComparison.Ordinal);
        Assert.Equal((0x30ul, 0x30ul, 0xf0ul), (card.Fields[1], card.Fields[6], card.Fields[5]));
        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void Fields_that_a_driver_refuses_halfway_are_taken_back_whole()
    {
        RssCard card = new("ixgbe", 40, 128) { IsPicky = true };
        string before = card.State;
        PlannedChange change = new NicHashFieldsSetting()
            .Plan(card, Port, [RssFlowType.Udp4, RssFlowType.Tcp6], RssFields.SourceAddress | RssFields.DestinationAddress).Value;

        Refusal? refusal = _bench.Apply(card, change).Refusal;

        Assert.Equal(Errno.EINVAL, refusal?.Errno);
        Assert.Contains("hash Tcp6 by 'sd'", refusal?.Reason, StringComparison.Ordinal);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_bit_without_a_letter_survives()
    {
        RssCard card = new();
        card.Fields[1] = 0x10000f0;
        string before = card.State;
        Assert.Equal("0x10000f0", (string?)new NicHashFieldsSetting().Read(card, Port).Value["Tcp4"]);

        _bench.Change(card, new NicHashFieldsSetting().Plan(card, Port, [RssFlowType.Tcp4], RssFields.SourceAddress | RssFields.DestinationAddress));

        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_change_says_what_it_changes()
    {
        RssCard card = new(rings: 6);
        card.Key = new byte[52];

        Assert.Equal(
            "Set the hash key of 'ens1f0' from 52 B 00:00:00:00… to 52 B 6D:5A:6D:5A… and the indirection table of 'ens1f0' from 512 entries for 6 queues (0 1 2 3 4 5 0 1 …) to 512 entries for 2 queues (0 1 0 1 0 1 0 1 …)",
            new NicRssSetting().Plan(card, Port, new RssKey(Pattern), null, null, NicRssSetting.DefaultTable(512, 2)).Value.ToString());
        Assert.Equal(
            "Set the hash fields of 'ens1f0': Tcp4 from 'sdfn' to 'sd'",
            new NicHashFieldsSetting().Plan(card, Port, [RssFlowType.Tcp4], RssFields.SourceAddress | RssFields.DestinationAddress).Value.ToString());
    }

    [Theory]
    [InlineData(8, 4, false)] // the default of eight rings is no wish for eight queues
    [InlineData(8, 16, false)]
    [InlineData(8, 8, true)]
    public void A_default_table_is_not_put_back_over_other_rings(int before, int after, bool isRemembered)
    {
        RssCard card = new(rings: before);
        JToken remembered = new NicRssSetting().Read(card, Port).Value;
        RssCard now = new(rings: after) { Key = new byte[52] };

        JToken fitted = new NicRssSetting().Fit(remembered, new NicRssSetting().Read(now, Port).Value);

        Assert.Equal(Convert.ToHexStringLower(card.Key), (string?)fitted["Key"]);
        Assert.Equal((isRemembered ? card : now).Table, fitted["Table"]!.Select(queue => (uint)queue));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(4, true)]
    [InlineData(3, false)] // queue 3 is gone
    public void A_table_of_the_users_own_is_put_back_where_its_queues_are(int after, bool isRemembered)
    {
        RssCard card = new(rings: 8) { Table = [.. Enumerable.Range(0, 512).Select(entry => (uint)(entry % 4))] };
        RssCard now = new(rings: after);

        JToken fitted = new NicRssSetting().Fit(new NicRssSetting().Read(card, Port).Value, new NicRssSetting().Read(now, Port).Value);

        Assert.Equal((isRemembered ? card : now).Table, fitted["Table"]!.Select(queue => (uint)queue));
    }

    [Fact]
    public void A_hidden_key_is_left_alone()
    {
        RssCard card = new("igb", keyLength: 0, entries: 128);
        string before = card.State;

        _bench.Change(card, new NicRssSetting().Plan(card, Port, null, null, null, NicRssSetting.DefaultTable(128, 2)));

        Assert.Equal(0u, BitConverter.ToUInt32(Assert.Single(card.Writes).Bytes, 12));
        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Theory]
    [InlineData(Errno.EBUSY)]
    [InlineData(Errno.EIO)]
    [InlineData(Errno.ENODEV)]
    public void What_the_driver_refuses_is_one_refusal_and_no_half_change(Errno errno)
    {
        RssCard card = new();
        string before = card.State;
        PlannedChange change = new NicRssSetting().Plan(card, Port, new RssKey(Pattern), null, null, null).Value;
        card.NextWrite = errno;

        Assert.Equal(errno, _bench.Apply(card, change).Refusal?.Errno);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_process_that_dies_at_any_step_can_be_taken_back()
    {
        int steps = 0;
        Run(new RssCard(), () => steps++);
        Assert.InRange(steps, 12, 40);
        for (int death = 1; death <= steps; death++)
        {
            RssCard card = new();
            string before = card.State;
            int step = 0;
            _ = Assert.Throws<Death>(() => Run(card, () =>
            {
                if (++step == death)
                {
                    throw new Death();
                }
            }));

            card.Step = () => { };
            _bench.UndoAll(card);
            Assert.Equal(before, card.State);
            _bench.Forget();
        }
    }

    [Fact]
    public void The_kinds_that_a_reset_disturbs_are_known() =>
        Assert.All(
            NicDisturbance.OfReset(new RssCard(), Port).Where(key => key.Kind is "NicRss" or "NicHashFields" or "NicFlowRule"),
            key => Assert.NotNull(KnownSettings.All.Find(key.Kind)));

    private void Run(RssCard card, Action step)
    {
        card.Step = step;
        _bench.Change(card, new NicHashFieldsSetting().Plan(card, Port, [RssFlowType.Tcp4, RssFlowType.Udp4, RssFlowType.Tcp6, RssFlowType.Udp6], RssFields.SourceAddress | RssFields.DestinationAddress));
        _bench.Change(card, new NicRssSetting().Plan(card, Port, new RssKey(Pattern), null, null, NicRssSetting.DefaultTable(512, 4)));
        _bench.Change(card, new NicRssSetting().Plan(card, Port, null, null, null, NicRssSetting.DefaultTable(512, 2)));
    }

    private sealed class Death : Exception;
}
