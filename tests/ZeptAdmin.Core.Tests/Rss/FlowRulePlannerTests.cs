using System.Runtime.InteropServices;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Rss;

/// <summary>Adding and removing flow rules: places, refusals told beforehand, and what undo brings back.</summary>
public sealed class FlowRulePlannerTests : IDisposable
{
    private const string Port = RssCard.Port;

    private static readonly NicFlowRuleWish Syslog = new() { FlowType = FlowRuleType.Udp4, DestinationPort = 514, Action = FlowRuleAction.Drop };

    private readonly ChangeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_rule_goes_to_the_highest_free_place_and_comes_back_by_undo()
    {
        RssCard card = new();
        Add(card, Syslog with { DestinationPort = 53 });
        string before = card.State;
        _bench.Forget();

        Add(card, Syslog);

        Assert.Equal([1022u, 1023u], card.Rules.Locations);
        NicFlowRule rule = NicFlowRules.Get(card, Port).Value[0];
        Assert.Equal(("Udp4 DestinationPort 514", "Drop", 1022L), (rule.Match, rule.Target, rule.Location));
        Assert.Equal(EthtoolCommands.ETHTOOL_SRXCLSRLINS, card.Writes[^1].Command);
        _bench.UndoAll(card);
        Assert.Equal(EthtoolCommands.ETHTOOL_SRXCLSRLDEL, card.Writes[^1].Command);
        Assert.Equal(1022u, MemoryMarshal.Read<uint>(card.Writes[^1].Bytes.AsSpan(16 + 160)));
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_rule_that_is_there_is_not_added_again()
    {
        RssCard card = new();
        Add(card, Syslog);

        Assert.True(Plan(card, Syslog).Value.Change.IsIdle);
        Assert.False(Plan(card, Syslog with { Location = 3 }).Value.Change.IsIdle);
    }

    [Fact]
    public void A_removed_rule_comes_back_where_it_was_byte_for_byte()
    {
        RssCard card = new();
        Add(card, Syslog with { Location = 7 });
        Add(card, Syslog with { FlowType = FlowRuleType.Tcp4, Source = "10.0.0.1", Action = FlowRuleAction.RssContext, ActionTarget = 2, Vlan = 100 });
        string before = card.State;
        _bench.Forget();

        _bench.Change(card, NicFlowRulePlanner.Remove(card, Port, [7, 1023]));

        Assert.Equal(0, card.Rules.Length);
        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_change_says_what_it_changes()
    {
        RssCard card = new();
        Assert.Equal("Set the flow rules of 'ens1f0': add 1023 (Udp4 DestinationPort 514: Drop)", Plan(card, Syslog).Value.Change.ToString());
        Add(card, Syslog);
        Assert.Equal("Set the flow rules of 'ens1f0': remove 1023 (Udp4 DestinationPort 514: Drop)", NicFlowRulePlanner.Remove(card, Port, [1023]).Value.ToString());
    }

    [Fact]
    public void What_is_dropped_is_warned_of() =>
        Assert.Contains("G9", Assert.Single(Plan(new RssCard(), Syslog).Value.Warnings), StringComparison.Ordinal);

    [Fact]
    public void What_a_rule_on_IP_does_not_take_is_warned_of()
    {
        NicFlowRuleWish host = new() { FlowType = FlowRuleType.Ip4, Source = "10.0.0.7", ActionTarget = 1 };
        Assert.Contains("neither TCP, UDP nor SCTP", Assert.Single(Plan(new RssCard(), host).Value.Warnings), StringComparison.Ordinal);
        Assert.Empty(Plan(new RssCard("ice"), host).Value.Warnings);
    }

    [Fact]
    public void A_driver_that_finds_places_itself_is_left_to_it()
    {
        RssCard card = new("sfc", 40, 128);
        card.Rules.Picks = true;
        Add(card, Syslog);
        Add(card, Syslog with { DestinationPort = 53 });
        Assert.Equal([5u, 6u], card.Rules.Locations);
        Assert.Equal("Set the flow rules of 'ens1f0': add (Udp4 DestinationPort 123: Drop)", Plan(card, Syslog with { DestinationPort = 123 }).Value.Change.ToString());
        _bench.Forget();

        _bench.Change(card, NicFlowRulePlanner.Remove(card, Port, [5]));
        _bench.UndoAll(card);

        // The same rules, the one at another place: it takes none but its own choice.
        Assert.Equal(["Udp4 DestinationPort 53", "Udp4 DestinationPort 514"], NicFlowRules.Get(card, Port).Value.Select(rule => rule.Match));
        Assert.Equal(Errno.EINVAL, Plan(card, Syslog with { DestinationPort = 1, Location = 9 }).Refusal?.Errno);
    }

    // field.md G6, as on the talk's slide: dst-port 514 stands, src-port 514 fails.
    [Fact]
    public void The_shared_fields_of_i40e_are_told_before_they_fail()
    {
        RssCard card = new();
        card.Rules.Habit = RuleHabit.SharedFields;
        Add(card, Syslog);
        NicFlowRuleWish other = new() { FlowType = FlowRuleType.Udp4, SourcePort = 514, Action = FlowRuleAction.Drop };

        Refusal? refusal = Plan(card, other).Refusal;

        Assert.Equal(Errno.EOPNOTSUPP, refusal?.Errno);
        Assert.Contains("rule 1023 is on DestinationPort. Remove-NicFlowRule ens1f0 -Location 1023 first.", refusal?.Reason, StringComparison.Ordinal);
        Add(card, other with { FlowType = FlowRuleType.Tcp4 });
        _bench.Change(card, NicFlowRulePlanner.Remove(card, Port, [1023]));
        Add(card, other);
    }

    [Fact]
    public void The_one_mask_of_ixgbe_is_told_before_it_fails_and_what_it_gives_back_is_understood()
    {
        RssCard card = new("ixgbe", 40, 128);
        card.Rules.Habit = RuleHabit.OneMask;
        Add(card, Syslog);
        Add(card, Syslog with { FlowType = FlowRuleType.Tcp4 });

        Refusal? refusal = Plan(card, Syslog with { Source = "10.0.0.0/8" }).Refusal;

        Assert.Equal(Errno.EINVAL, refusal?.Errno);
        Assert.Contains("one mask for all rules", refusal?.Reason, StringComparison.Ordinal);
        Assert.Equal(Errno.EINVAL, Plan(card, Syslog with { FlowType = FlowRuleType.Udp6 }).Refusal?.Errno);
        Assert.Equal(2, card.Rules.Length);
    }

    /// <summary>The prediction against the driver: what is predicted to fail fails, and what is not goes.</summary>
    [Theory]
    [InlineData("i40e", RuleHabit.SharedFields)]
    [InlineData("ixgbe", RuleHabit.OneMask)]
    public void A_prediction_is_what_the_driver_does(string driver, object habit)
    {
        Random random = new(6);
        int refused = 0;
        for (int round = 0; round < 300; round++)
        {
            RssCard card = new(driver);
            card.Rules.Habit = (RuleHabit)habit;
            for (int i = 0; i < 5; i++)
            {
                NicFlowRuleWish wish = Draw(random, driver);
                Answer<NicFlowRulePlan> plan = Plan(card, wish);
                (EthtoolFlowRule? rule, _) = NicFlowRuleEncoder.Encode(wish);
                int rules = card.Rules.Length;
                Refusal? insert = EthtoolFlowRules.Insert(card, Port, rule! with { Spec = rule.Spec with { Location = (uint)i } });
                if (plan.IsKnown && plan.Value.Change.IsIdle)
                {
                    continue;
                }

                Assert.True(plan.IsKnown == insert is null, $"{wish}: predicted {plan.Refusal?.Reason ?? "to go"}, and {insert?.Reason ?? "it went"}");
                refused += insert is null ? 0 : 1;
            }
        }

        Assert.InRange(refused, 300, 1300);
    }

    public static TheoryData<string, string, Errno, string> Refusals => new()
    {
        { "ntuple is off", "i40e", Errno.EOPNOTSUPP, "Set-NicFeature ens1f0 -Feature rx-ntuple-filter -On" },
        { "part of a field", "i40e", Errno.EOPNOTSUPP, "10.0.0.0/255.0.0.0" },
        { "a protocol", "i40e", Errno.EOPNOTSUPP, "protocol numbers" },
        { "a queue that is not there", "i40e", Errno.EINVAL, "8 receive queues" },
        { "a place that is not there", "i40e", Errno.EINVAL, "0 to 1023" },
        { "a place that is taken", "i40e", Errno.EINVAL, "There is a rule at 1023" },
        { "a table without places", "vmxnet3", Errno.EOPNOTSUPP, "no size" },
        { "a table that is full", "i40e", Errno.ENOSPC, "All 1 places" },
        { "a port without a transport", "ice", Errno.EINVAL, "Ip4 has no DestinationPort" },
        { "an address of the other kind", "ice", Errno.EINVAL, "not of the kind" },
        { "no address", "ice", Errno.EINVAL, "is no address" },
        { "no MAC address", "ice", Errno.EINVAL, "is no MAC address" },
        { "igb drops nothing", "igb", Errno.EINVAL, "EtherType only" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_the_driver_would_refuse_is_told_before_anything_is_written(string what, string driver, Errno errno, string told)
    {
        RssCard card = new(driver) { IsNtupleOn = what != "ntuple is off" };
        card.Rules.Size = what switch { "a table without places" => 0, "a table that is full" => 1, _ => 1024 };
        if (what is "a place that is taken" or "a table that is full")
        {
            Add(card, Syslog);
            card.Writes.Clear();
        }

        NicFlowRuleWish wish = what switch
        {
            "part of a field" => Syslog with { Source = "10.0.0.0/8" },
            "a protocol" => new NicFlowRuleWish { FlowType = FlowRuleType.Ip4, Protocol = 47, Action = FlowRuleAction.Drop },
            "a queue that is not there" => Syslog with { Action = FlowRuleAction.Queue, ActionTarget = 8 },
            "a place that is not there" => Syslog with { Location = 1024 },
            "a place that is taken" => Syslog with { DestinationPort = 53, Location = 1023 },
            "a table that is full" => Syslog with { DestinationPort = 53 },
            "a port without a transport" => Syslog with { FlowType = FlowRuleType.Ip4 },
            "an address of the other kind" => Syslog with { Source = "2001:db8::1" },
            "no address" => Syslog with { Source = "10.0.0.0/33" },
            "no MAC address" => new NicFlowRuleWish { FlowType = FlowRuleType.Ether, Source = "10.0.0.1", Action = FlowRuleAction.Drop },
            _ => Syslog,
        };

        Refusal? refusal = Plan(card, wish).Refusal;

        Assert.Equal(errno, refusal?.Errno);
        Assert.Contains(told, refusal?.Reason, StringComparison.Ordinal);
        Assert.Empty(card.Writes);
    }

    [Fact]
    public void A_rule_that_is_not_there_cannot_be_removed() =>
        Assert.Equal(Errno.ENOENT, NicFlowRulePlanner.Remove(new RssCard(), Port, [5]).Refusal?.Errno);

    // field.md G7
    [Fact]
    public void Rules_that_turning_the_filter_off_flushes_come_back_when_that_is_undone()
    {
        RssCard card = new();
        Add(card, Syslog);
        Add(card, Syslog with { FlowType = FlowRuleType.Tcp4 });
        string before = card.State;
        _bench.Forget();

        NsmChange change = _bench.Apply(card, new NicFeatureSetting().Plan(card, Port, "rx-ntuple-filter", false).Value).Value;

        Assert.StartsWith("NicFlowRule of 'ens1f0' was disturbed and could not be put back", change.Problem, StringComparison.Ordinal);
        Assert.Equal((0, false), (card.Rules.Length, card.IsNtupleOn));
        _bench.UndoAll(card);
        Assert.Equal(before, card.State);
    }

    [Fact]
    public void A_process_that_dies_at_any_step_can_be_taken_back()
    {
        int steps = 0;
        _ = Start(() => steps++, out RssCard whole);
        Assert.Equal(2, whole.Rules.Length);
        Assert.InRange(steps, 8, 20);
        for (int death = 1; death <= steps; death++)
        {
            int step = 0;
            string before = Start(
                () =>
                {
                    if (++step == death)
                    {
                        throw new Death();
                    }
                },
                out RssCard card);

            card.Step = () => { };
            _bench.UndoAll(card);
            Assert.Equal(before, card.State);
        }
    }

    private string Start(Action step, out RssCard card)
    {
        card = new RssCard();
        Add(card, Syslog);
        Add(card, Syslog with { DestinationPort = 123 });
        string before = card.State;
        _bench.Forget();
        card.Step = step;
        try
        {
            _bench.Change(card, NicFlowRulePlanner.Remove(card, Port, [1022, 1023]));
            Add(card, Syslog with { DestinationPort = 53 });
            Add(card, Syslog with { FlowType = FlowRuleType.Udp6, Action = FlowRuleAction.Queue, ActionTarget = 3 });
        }
        catch (Death)
        {
        }

        return before;
    }

    private void Add(RssCard card, NicFlowRuleWish wish) => _bench.Change(card, Plan(card, wish).Value.Change);

    private static Answer<NicFlowRulePlan> Plan(RssCard card, NicFlowRuleWish wish) => NicFlowRulePlanner.Add(card, Port, wish);

    private static NicFlowRuleWish Draw(Random random, string driver)
    {
        FlowRuleType[] types = driver == "i40e"
            ? [FlowRuleType.Tcp4, FlowRuleType.Udp4, FlowRuleType.Udp6]
            : [FlowRuleType.Tcp4, FlowRuleType.Udp4, FlowRuleType.Sctp4];
        return new NicFlowRuleWish
        {
            FlowType = types[random.Next(types.Length)],
            SourcePort = random.Next(3) == 0 ? random.Next(65536) : null,
            DestinationPort = random.Next(3) > 0 ? random.Next(65536) : null,
            Action = FlowRuleAction.Drop,
        };
    }

    private sealed class Death : Exception;
}
