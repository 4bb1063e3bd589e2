using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class FlowDirectorCheckTests
{
    [Theory]
    [InlineData("flow-director-atr", false, Pass)]
    [InlineData("flow-director-atr", true, Warn)]
    [InlineData("another", true, NotApplicable)]
    public void Atr_of_i40e_is_a_flag(string flag, bool isOn, CheckSeverity expected) =>
        Assert.Equal(expected, Flags("i40e", flag, isOn).Verdict("G1.Atr"));

    [Theory]
    [InlineData(true, Pass)]
    [InlineData(false, Warn)]
    public void Atr_of_ixgbe_is_the_opposite_of_exact_filters(bool isNtuple, CheckSeverity expected) => Assert.Equal(
        expected,
        Weighing.Blank().Answers<Nic>(new Nic { Driver = "ixgbe" }).Answers<NicFeature[]>(new[] { new NicFeature { Feature = "rx-ntuple-filter", IsOn = isNtuple } }).Verdict("G1.Atr"));

    [Fact]
    public void Where_Atr_cannot_be_told()
    {
        Assert.Equal(NotApplicable, Weighing.Blank().Answers<Nic>(new Nic { Driver = "ice" }).Verdict("G1.Atr"));
        Assert.Equal(Unknown, Weighing.Blank().Answers<Nic>(new Nic()).Verdict("G1.Atr"));
        Assert.Equal(Unknown, Weighing.Blank().Answers<Nic>(new Nic { Driver = "i40e" }).Refuses<NicPrivateFlag[]>(Errno.EPERM).Verdict("G1.Atr"));
    }

    // i40e and ice name the same thing the opposite way.
    [Theory]
    [InlineData("disable-fw-lldp", true, Pass)]
    [InlineData("disable-fw-lldp", false, Warn)]
    [InlineData("fw-lldp-agent", false, Pass)]
    [InlineData("fw-lldp-agent", true, Warn)]
    [InlineData("another", true, NotApplicable)]
    public void The_agent_in_the_card(string flag, bool isOn, CheckSeverity expected) =>
        Assert.Equal(expected, Flags("i40e", flag, isOn).Verdict("G3.FirmwareLldp"));

    [Theory]
    [InlineData("disable-source-pruning", true, 4, Pass)]
    [InlineData("disable-source-pruning", false, 0, Pass)]
    [InlineData("disable-source-pruning", false, 4, Warn)]
    [InlineData("another", false, 4, NotApplicable)]
    public void Frames_with_the_cards_own_address(string flag, bool isOn, int functions, CheckSeverity expected) => Assert.Equal(
        expected,
        Weighing.Blank().Answers<Nic>(new Nic { Driver = "i40e", SriovVfs = functions }).Answers<NicPrivateFlag[]>(new[] { new NicPrivateFlag { Flag = flag, IsOn = isOn } }).Verdict("G4.SourcePruning"));

    [Fact]
    public void A_rule_catches_both_directions()
    {
        NicFlowRule to = Rule(FlowRuleField.DestinationPort, "514");
        NicFlowRule back = Rule(FlowRuleField.SourcePort, "514");

        Assert.Equal(Pass, Rules());
        Assert.Equal(Pass, Rules(to, back));
        Assert.Equal(Warn, Rules(to));
        Assert.Equal(Warn, Rules(to, back with { FlowType = FlowRuleType.Tcp4 }));
        Assert.Equal(Warn, Rules(to, Rule(FlowRuleField.SourcePort, "53")));
        Assert.Equal(Fail, Rules(to with { Action = FlowRuleAction.Queue, Queue = 3 }));
        Assert.Equal(Fail, Rules(to with { Action = FlowRuleAction.Queue, Queue = 3 }, back with { Action = FlowRuleAction.Queue, Queue = 2 }));
        Assert.Equal(Pass, Rules(to with { Fields = [] }));
        Assert.Equal(NotApplicable, Weighing.Blank().Refuses<NicFlowRule[]>().Verdict("G5.FlowRulePairs"));
    }

    [Fact]
    public void With_one_queue_a_rule_tears_nothing_apart() => Assert.Equal(
        Pass,
        Weighing.Blank().Answers<Nic>(new Nic { RxQueues = 1 })
            .Answers<NicFlowRule[]>(new[] { Rule(FlowRuleField.DestinationPort, "514") with { Action = FlowRuleAction.Queue, Queue = 0 } }).Verdict("G5.FlowRulePairs"));

    [Theory]
    [InlineData(true, false, 4, Pass)]
    [InlineData(false, false, 4, Warn)]
    [InlineData(false, false, 1, Pass)]
    [InlineData(false, true, 4, NotApplicable)]
    public void Exact_filters(bool isOn, bool isFixed, int queues, CheckSeverity expected) => Assert.Equal(
        expected,
        Weighing.Blank().Answers<Nic>(new Nic { RxQueues = queues })
            .Answers<NicFeature[]>(new[] { new NicFeature { Feature = "rx-ntuple-filter", IsOn = isOn, IsFixed = isFixed } }).Verdict("G7.NtupleFilter"));

    [Fact]
    public void What_the_card_drops_is_told()
    {
        CheckResult drops = Weighing.Blank().Answers<NicFlowRule[]>(new[] { Rule(FlowRuleField.DestinationPort, "514") }).Weigh("G9.DropRules");

        Assert.Equal((Pass, "unseen: Udp4 DestinationPort 514"), (drops.Severity, drops.Actual));
        Assert.Equal(NotApplicable, Weighing.Blank().Answers<NicFlowRule[]>(Array.Empty<NicFlowRule>()).Verdict("G9.DropRules"));
        Assert.Equal(Unknown, Weighing.Blank().Refuses<NicFlowRule[]>(Errno.EPERM).Verdict("G9.DropRules"));
    }

    private static AuditSubject Flags(string driver, string flag, bool isOn) =>
        Weighing.Blank().Answers<Nic>(new Nic { Driver = driver }).Answers<NicPrivateFlag[]>(new[] { new NicPrivateFlag { Flag = flag, IsOn = isOn } });

    private static CheckSeverity Rules(params NicFlowRule[] rules) =>
        Weighing.Blank().Answers<Nic>(new Nic { RxQueues = 4 }).Answers<NicFlowRule[]>(rules).Verdict("G5.FlowRulePairs");

    private static NicFlowRule Rule(FlowRuleField field, string value) =>
        new() { FlowType = FlowRuleType.Udp4, Action = FlowRuleAction.Drop, Fields = [new NicFlowMatch { Field = field, Value = value }] };
}
