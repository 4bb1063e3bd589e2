using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Tests.Nics;

public sealed class NicSettingTests : IDisposable
{
    private const string Port = "ens1f0";

    private readonly TemporaryFolder _folder = new();
    private readonly SimulatedCard _card = new();

    public void Dispose()
    {
        _card.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_ring_is_set_and_nothing_else_of_the_structure_moves()
    {
        Change(new NicRingSetting().Plan(_card, Port, ("Rx", 4096), ("Tx", null)));

        NicRing ring = NicRings.Get(_card, Port).Value;
        Assert.Equal((4096L, 512L), (ring.Rx, ring.Tx));
        (uint command, string bytes) = Assert.Single(_card.Writes);
        Assert.Equal(EthtoolCommands.ETHTOOL_SRINGPARAM, command);
        Assert.Equal("110000000010000000000000000000000010000000100000000000000000000000020000", bytes);
        UndoAll();
        Assert.Equal(512L, NicRings.Get(_card, Port).Value.Rx);
    }

    [Fact]
    public void A_change_says_what_it_changes() =>
        Assert.Equal(
            "Set the receive ring of 'ens1f0' from 512 to 4096",
            new NicRingSetting().Plan(_card, Port, ("Rx", 4096), ("Tx", 512)).Value.ToString());

    [Fact]
    public void More_than_the_maximum_is_refused_before_anything_is_written()
    {
        Refusal ring = new NicRingSetting().Plan(_card, Port, ("Rx", 4097), ("Tx", null)).Refusal!;
        Refusal channels = new NicChannelSetting().Plan(_card, Port, ("Combined", 4), ("Rx", 100)).Refusal!;

        Assert.Equal((Errno.EINVAL, "Rx 4097 is more than its maximum, 4096."), (ring.Errno, ring.Detail));
        Assert.Equal(Errno.EINVAL, channels.Errno);
        Assert.True(new NicRingSetting().Plan(_card, Port, ("Rx", 4096)).IsKnown);
        Assert.Empty(_card.Writes);
    }

    [Fact]
    public void Adaptive_mode_and_times_go_in_one_call()
    {
        Change(new NicCoalesceSetting().Plan(_card, Port, ("AdaptiveRx", 0), ("RxMicroseconds", 84)));

        NicCoalesce coalesce = NicCoalesces.Get(_card, Port).Value;
        Assert.Equal((84L, false, true, 11905.0), (coalesce.RxMicroseconds, coalesce.IsAdaptiveRx, coalesce.IsAdaptiveTx, coalesce.InterruptsPerSecond));
        _ = Assert.Single(_card.Writes);
        UndoAll();
        Assert.Equal((50L, true), (NicCoalesces.Get(_card, Port).Value.RxMicroseconds, NicCoalesces.Get(_card, Port).Value.IsAdaptiveRx));
    }

    [Fact]
    public void Times_under_adaptive_mode_are_written_without_it_first()
    {
        Change(new NicCoalesceSetting().Plan(_card, Port, ("RxMicroseconds", 84)));

        NicCoalesce coalesce = NicCoalesces.Get(_card, Port).Value;
        Assert.Equal((84L, true), (coalesce.RxMicroseconds, coalesce.IsAdaptiveRx));
        Assert.Equal(2, _card.Writes.Count);
    }

    [Fact]
    public void Pause_frames_and_channels_are_set_and_taken_back()
    {
        Change(new NicPauseSetting().Plan(_card, Port, ("Rx", 0), ("Tx", 0)));
        Change(new NicChannelSetting().Plan(_card, Port, ("Combined", 4)));

        Assert.Equal((false, false), (NicPauses.Get(_card, Port).Value.Rx, NicPauses.Get(_card, Port).Value.Tx));
        Assert.Equal(4L, NicChannels.Get(_card, Port).Value.Combined);
        UndoAll();
        Assert.Equal((true, true), (NicPauses.Get(_card, Port).Value.Rx, NicPauses.Get(_card, Port).Value.Tx));
        Assert.Equal(8L, NicChannels.Get(_card, Port).Value.Combined);
    }

    [Fact]
    public void A_private_flag_is_found_by_its_name()
    {
        Change(new NicPrivateFlagSetting().Plan(_card, Port, "flow-director-atr", false));

        Assert.Equal(0u, _card.FlagBits);
        UndoAll();
        Assert.Equal(0b100u, _card.FlagBits);
    }

    [Fact]
    public void A_flag_that_the_card_lacks_is_told_before_anything_is_written()
    {
        Assert.Equal(Errno.EOPNOTSUPP, new NicPrivateFlagSetting().Plan(_card, Port, "fw-lldp-agent", false).Refusal?.Errno);
        Assert.Empty(_card.Writes);
    }

    [Fact]
    public void A_feature_is_turned_and_taken_back_with_what_hangs_on_it()
    {
        Change(new NicFeatureSetting().Plan(_card, Port, "rx-checksum", false));

        Assert.False(IsOn("rx-lro"));
        UndoAll();
        Assert.Equal((true, true), (IsOn("rx-checksum"), IsOn("rx-lro")));
    }

    [Fact]
    public void A_feature_that_the_kernel_wishes_for_but_does_not_grant_is_a_failure()
    {
        _card.FeatureWishes = 0;

        Assert.Equal(Errno.EOPNOTSUPP, Apply(new NicFeatureSetting().Plan(_card, Port, "rx-lro", true).Value).Refusal?.Errno);
        Assert.False(IsOn("rx-lro"));
    }

    [Fact]
    public void The_capture_profile_turns_what_differs_and_names_what_cannot_be_turned()
    {
        (string, bool)[] differences = CaptureProfile.Differences(NicFeatures.Get(_card, Port).Value, out string[] stuck);

        Assert.Equal([("rx-gro", false), ("rx-lro", false), ("rx-hashing", true)], differences);
        Assert.Equal(["rx-vlan-hw-parse", "rx-ntuple-filter"], stuck);
    }

    [Theory]
    [InlineData(6_000_000, 84, 512)]
    [InlineData(6_200_000, 84, 1024)]
    [InlineData(100, 84, 64)]
    [InlineData(14_880_000, 1000, 4096)]
    public void A_ring_for_a_rate_holds_what_arrives_during_the_wait(long packetsPerSecond, double microseconds, long expected) =>
        Assert.Equal(expected, RingForRate.Descriptors(NicRings.Get(_card, Port).Value, packetsPerSecond, microseconds));

    [Theory]
    [InlineData(Errno.EBUSY)]
    [InlineData(Errno.EIO)]
    [InlineData(Errno.ENODEV)]
    [InlineData(Errno.EOPNOTSUPP)]
    public void What_the_driver_refuses_is_one_refusal_and_no_half_change(Errno errno)
    {
        PlannedChange change = new NicRingSetting().Plan(_card, Port, ("Rx", 4096)).Value;
        _card.NextWrite = errno;

        Assert.Equal(errno, Apply(change).Refusal?.Errno);
        Assert.Equal(512L, NicRings.Get(_card, Port).Value.Rx);
    }

    private bool IsOn(string feature) => Array.Find(NicFeatures.Get(_card, Port).Value, item => item.Feature == feature)!.IsOn;

    private void Change(Answer<PlannedChange> change) => Assert.Equal(ChangeState.Done, Apply(change.Value).Value.State);

    private Answer<NsmChange> Apply(PlannedChange change)
    {
        using Journal journal = Journal.Open(_folder.Path);
        return new ChangeRun(_card, journal, KnownSettings.All).Apply(change);
    }

    private void UndoAll()
    {
        using Journal journal = Journal.Open(_folder.Path);
        NsmChange[] changes = ChangeHistory.Changes(Journal.Read(_folder.Path), KnownSettings.All, ChangeRun.BootId(_card));
        foreach (NsmChange change in ChangeUndo.Select(changes, _ => true))
        {
            Assert.Equal(ChangeState.Undone, ChangeUndo.Undo(_card, journal, Journal.Read(_folder.Path), KnownSettings.All, change).Value.State);
        }
    }
}
