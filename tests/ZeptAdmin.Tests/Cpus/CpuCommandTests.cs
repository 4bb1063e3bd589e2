using ZeptAdmin.Cpus;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("cpus-skylake");

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Get-CpuIdleState -Snapshot $args[0]", 16)]
    [InlineData("Get-CpuIdleState 0,2-3 C1* -Snapshot $args[0]", 6)]
    [InlineData("Get-CpuFrequencyPolicy -Snapshot $args[0]", 4)]
    [InlineData("Get-CpuFrequencyPolicy 1-2 -Snapshot $args[0]", 2)]
    [InlineData("Get-CpuPrefetcher -Snapshot $args[0]", 16)]
    [InlineData("Get-CpuPrefetcher 3 l2* -Snapshot $args[0]", 2)]
    [InlineData("Get-CpuLatencyLimit -Snapshot $args[0]", 2)]
    [InlineData("[pscustomobject]@{ Cpu = 1 } | Get-CpuIdleState -Snapshot $args[0]", 4)]
    public void Reads_a_snapshot(string script, int count)
    {
        EngineResult result = _engine.Run(script, _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal(count, result.Output.Length);
    }

    [Theory]
    [InlineData("Set-CpuIdleState -MaxLatencyMicroseconds 50 -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Set-CpuIdleState -Name C6 -Off -Cpu 9 -Snapshot $args[0]", "NotPresent")]
    [InlineData("Set-CpuIdleState -Name C7 -Off -Snapshot $args[0]", "NotPresent")]
    [InlineData("Start-CpuLatencyLimit 20 -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Start-CpuLatencyLimit 20 -Cpu 0 -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Stop-CpuLatencyLimit -Cpu 3 -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Start-CpuLatencyLimit 20 -Cpu 17 -Snapshot $args[0]", "NotPresent")]
    [InlineData("Set-CpuFrequencyPolicy -Governor performance -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Set-CpuFrequencyPolicy -Governor ondemand -Snapshot $args[0]", "ValueRejected")]
    [InlineData("Set-CpuPrefetcher -Name DcuIp -Off -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Set-CpuPrefetcher -Name L3 -Off -Snapshot $args[0]", "NotPresent")]
    public void Says_what_cannot_be(string script, string id) => Assert.Contains(id, _engine.Run(script, _snapshot).ErrorIds);

    [Theory]
    [InlineData("Get-CpuIdleState")]
    [InlineData("Get-CpuFrequencyPolicy")]
    [InlineData("Get-CpuPrefetcher")]
    public void A_machine_without_says_so(string command) =>
        Assert.Equal(["NotSupportedByDriver"], _engine.Run($"{command} -Snapshot $args[0]", Repository.Snapshot("irqs-i40e")).ErrorIds);

    [Fact]
    public void Records_pipe_back_in_also_over_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@(Get-CpuIdleState 0-1 C6 -Snapshot $args[0])))
            $wire | Set-CpuIdleState -Off -WhatIf -PassThru -Snapshot $args[0]
            $policies = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@(Get-CpuFrequencyPolicy 1-2 -Snapshot $args[0])))
            $policies | Set-CpuFrequencyPolicy -Governor performance -WhatIf -PassThru -Snapshot $args[0]
            """,
            _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal([0, 1], result.Output.Select(record => record.BaseObject).OfType<CpuIdleState>().Select(state => state.Cpu));
        Assert.Equal([1, 2], result.Output.Select(record => record.BaseObject).OfType<CpuFrequencyPolicy>().Select(policy => policy.Policy));
    }

    [Fact]
    public void Warns_when_nothing_but_polling_is_left() =>
        Assert.Contains("CPU 0-3", Assert.Single(_engine.Run("Set-CpuIdleState -MaxLatencyMicroseconds 0 -WhatIf -Snapshot $args[0]", _snapshot).Warnings), StringComparison.Ordinal);
}
