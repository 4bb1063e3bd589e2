using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Nics;

public sealed class FlowRuleCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Add-NicFlowRule ens1f0 Udp4 -DestinationPort 53 -Drop", "SnapshotIsReadOnly")]
    [InlineData("Add-NicFlowRule ens1f0 Udp4 -SourcePort 514 -Drop", "NotSupportedByDriver")] // field.md G6
    [InlineData("Add-NicFlowRule ens1f0 Udp4 -Source 10.0.0.0/8 -Drop", "NotSupportedByDriver")]
    [InlineData("Add-NicFlowRule ens1f0 Udp4 -DestinationPort 53 -ToQueue 4", "ValueRejected")]
    [InlineData("Add-NicFlowRule ens1f0 Udp4 -DestinationPort 53 -Drop -Location 7679", "ValueRejected")]
    [InlineData("Add-NicFlowRule ens1f0 Ip4 -DestinationPort 53 -Drop", "ValueRejected")]
    [InlineData("Add-NicFlowRule ens1f0 Udp4 -DestinationPort 53", "AmbiguousParameterSet")]
    [InlineData("Add-NicFlowRule ens9 Udp4 -DestinationPort 53 -Drop", "InterfaceNotFound")]
    [InlineData("Remove-NicFlowRule ens1f0 -Location 7679", "SnapshotIsReadOnly")]
    [InlineData("Remove-NicFlowRule ens1f0 -Location 1", "NotPresent")]
    public void A_refusal_has_its_id(string command, string id) =>
        Assert.Equal([id], _engine.Run($"{command} -Snapshot $args[0] -Confirm:$false -WarningAction SilentlyContinue", _snapshot).ErrorIds);

    [Fact]
    public void A_rule_that_is_there_is_not_added_again()
    {
        EngineResult result = _engine.Run("Add-NicFlowRule ens1f0 Udp4 -DestinationPort 514 -Drop -Snapshot $args[0] -Verbose -PassThru", _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal(7679, Assert.IsType<NicFlowRule>(result.Single).Location);
        Assert.Contains(result.Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));
    }

    [Fact]
    public void Rules_pipe_into_their_removal()
    {
        EngineResult result = _engine.Run("Get-NicFlowRule ens1f0 -Snapshot $args[0] | Remove-NicFlowRule -Snapshot $args[0]", _snapshot);

        Assert.Equal(["SnapshotIsReadOnly", "SnapshotIsReadOnly"], result.ErrorIds);
    }

    [Fact]
    public void A_drop_is_warned_of_and_nothing_is_written_under_WhatIf()
    {
        EngineResult result = _engine.Run("Add-NicFlowRule ens1f0 Udp4 -DestinationPort 53 -Drop -Snapshot $args[0] -WhatIf", _snapshot);

        Assert.Empty(result.Errors);
        Assert.Contains("G9", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }
}
