using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Nics;

public sealed class GetNicFlowRuleTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Reads_the_rules_that_drop_syslog()
    {
        NicFlowRule[] rules = [.. _engine.Run("Get-NicFlowRule -Snapshot $args[0]", _snapshot).Output.Select(rule => (NicFlowRule)rule.BaseObject)];

        Assert.Equal([7678L, 7679L], rules.Select(rule => rule.Location));
        Assert.Equal(["Tcp4 DestinationPort 514", "Udp4 DestinationPort 514"], rules.Select(rule => rule.Match));
        Assert.All(rules, rule => Assert.Equal(("ens1f0", FlowRuleAction.Drop, null, 7680L), (rule.InterfaceName, rule.Action, rule.Queue, rule.TableSize)));
    }

    [Fact]
    public void A_card_without_rules_is_no_error()
    {
        EngineResult result = _engine.Run("Get-NicFlowRule ens1f1 -Snapshot $args[0]", _snapshot);

        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void Says_that_a_named_driver_has_no_classifier() =>
        Assert.Equal(["NotSupportedByDriver"], _engine.Run("Get-NicFlowRule lo -Snapshot $args[0]", _snapshot).ErrorIds);
}
