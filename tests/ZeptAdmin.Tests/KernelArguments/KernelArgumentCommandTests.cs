using ZeptAdmin.KernelArguments;

namespace ZeptAdmin.Tests.KernelArguments;

public sealed class KernelArgumentCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("boot-entries");

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Set-KernelArgument iommu=pt -Confirm:$false -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Set-KernelArgument isolcpus=4-9 -Confirm:$false -Snapshot $args[0]", "ValueRejected")]
    [InlineData("Set-KernelArgument 'a=$(reboot)' -Confirm:$false -Snapshot $args[0]", "ValueRejected")]
    [InlineData("Set-KernelArgument a=1 -Remove 'x y' -Confirm:$false -Snapshot $args[0]", "ValueRejected")]
    public void Says_what_cannot_be(string script, string id) => Assert.Equal([id], _engine.Run(script, _snapshot).ErrorIds);

    [Fact]
    public void A_misspelled_argument_is_told_before_it_is_set() =>
        Assert.Contains("intel_idle.max_cstate", Assert.Single(_engine.Run("Set-KernelArgument intel_idle.max_cstates=1 -WhatIf -Snapshot $args[0]", _snapshot).Warnings), StringComparison.Ordinal);

    [Theory]
    [InlineData("Set-KernelArgument isol", "isolcpus")]
    [InlineData("Set-KernelArgument iommu=pt, rcu_n", "rcu_nocb_poll rcu_nocbs")]
    [InlineData("Get-KernelArgument intel_idle", "intel_idle.max_cstate intel_idle.max_cstates")]
    [InlineData("Set-KernelArgument -Remove qui", "quiet")]
    [InlineData("Set-KernelArgument -Remove thread", "")]
    public void Names_are_completed_and_of_those_to_remove_only_what_is_there(string line, string expected)
    {
        EngineResult result = _engine.Run(
            "$line = $args[1].Replace('-KernelArgument', \"-KernelArgument -Snapshot '$($args[0])'\"); (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText", _snapshot, line);

        Assert.Equal(expected, string.Join(' ', result.Output.Select(match => match?.ToString())));
    }

    [Fact]
    public void Arguments_and_findings_come_whole_over_a_session()
    {
        EngineResult result = _engine.Run(
            """
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@(Get-KernelArgument isolcpus -Snapshot $args[0])))
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@(Test-KernelArgument -Snapshot $args[0])))
            """,
            _snapshot);

        Assert.Empty(result.Errors);
        KernelArgument argument = Assert.Single(result.Output.Select(record => record.BaseObject).OfType<KernelArgument>());
        Assert.Equal((KernelArgumentChange.Changed, "1-3", "1-5"), (argument.Change, Assert.Single(argument.Running), Assert.Single(argument.Next)));
        Assert.Contains(result.Output.Select(record => record.BaseObject).OfType<KernelArgumentFinding>(), finding => finding.Severity == KernelArgumentVerdict.Warn);
    }
}
