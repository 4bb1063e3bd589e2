using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Rss;

public sealed class RssCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_key_has_the_length_of_the_card()
    {
        EngineResult result = _engine.Run("New-RssKey ens1f0, eno1 -Snapshot $args[0]", _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal([("ens1f0", 52), ("eno1", 40)], result.Output.Select(output => Assert.IsType<RssKeyReport>(output.BaseObject)).Select(report => (report.InterfaceName!, report.Key.Length)));
    }

    [Fact]
    public void A_key_is_symmetric_unless_random_bytes_are_wanted()
    {
        RssKeyReport best = Assert.IsType<RssKeyReport>(_engine.Run("New-RssKey").Single);
        RssKeyReport talk = Assert.IsType<RssKeyReport>(_engine.Run("New-RssKey -Pattern 6D:5A -Length 40").Single);
        RssKeyReport random = Assert.IsType<RssKeyReport>(_engine.Run("New-RssKey -Random").Single);

        Assert.Equal((true, 52, 16), (best.IsSymmetric, best.Key.Length, best.EntropyPorts4));
        Assert.Empty(best.TablesReachedInPart);
        Assert.Equal((true, 40), (talk.IsSymmetric, talk.Key.Length));
        Assert.Equal([8, 16, 128], talk.TablesReachedInPart);
        Assert.Equal((false, 32), (random.IsSymmetric, random.EntropyPorts4));
        Assert.Equal(["PatternIsNotTwoBytes"], _engine.Run("New-RssKey -Pattern 6D:5A:56").ErrorIds);
    }

    [Fact]
    public void Symmetry_is_proved_of_a_snapshot()
    {
        EngineResult result = _engine.Run("Test-RssSymmetry -Snapshot $args[0]", _snapshot);

        Assert.Empty(result.Errors);
        ILookup<string, RssSymmetry> verdicts = result.Output.Select(output => Assert.IsType<RssSymmetry>(output.BaseObject)).ToLookup(verdict => verdict.InterfaceName);
        Assert.Equal(["eno1", "ens1f0", "ens1f1"], verdicts.Select(group => group.Key));
        Assert.All(verdicts["ens1f0"], verdict => Assert.Equal((true, true, 16, 1.0), (verdict.IsSymmetric, verdict.IsSameQueue, verdict.EntropyBits, verdict.Balance)));
        Assert.All(verdicts["ens1f1"], verdict => Assert.Equal((false, false, 32), (verdict.IsSymmetric, verdict.IsSameQueue, verdict.EntropyBits)));
        Assert.All(verdicts["ens1f1"], verdict => Assert.NotEqual(verdict.Counterexample!.Queue, verdict.Counterexample.ReverseQueue));
        Assert.All(verdicts["eno1"], verdict => Assert.Contains("netdev_rss_key", verdict.Proof, StringComparison.Ordinal));
    }

    [Fact]
    public void Verdicts_and_reports_survive_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $all = @(Test-RssSymmetry ens1f1 -Snapshot $args[0]) + (New-RssKey ens1f0 -Snapshot $args[0])
            $back = foreach ($item in $all) { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($item, 6)) }
            [ZeptAdmin.Rss.RssSymmetry] $back[0]
            [ZeptAdmin.Rss.RssKeyReport] $back[-1]
            """,
            _snapshot);

        Assert.Empty(result.Errors);
        Assert.NotNull(Assert.IsType<RssSymmetry>(result.Output[0].BaseObject).Counterexample);
        RssKeyReport report = Assert.IsType<RssKeyReport>(result.Output[1].BaseObject);
        Assert.Equal((52, 9), (report.Key.Length, report.PortSpread.Length));
    }

    [Theory]
    [InlineData("-Symmetric")]
    [InlineData("-Symmetric -Fields sd")]
    [InlineData("-Fields SourceAddress, DestinationAddress")]
    [InlineData("-Queue 4")]
    [InlineData("-Key ((,0x6d + ,0x5a) * 26)")]
    [InlineData("-Key (Get-NicRss ens1f0 -Snapshot $args[0]).Key")]
    [InlineData("-Function toeplitz -InputTransform None")]
    public void What_is_so_already_is_not_asked_about_and_not_written(string wish)
    {
        EngineResult result = _engine.Run($"Set-NicRss ens1f0 {wish} -Snapshot $args[0] -Verbose -Confirm:$false", _snapshot);

        Assert.Empty(result.Errors);
        Assert.Contains(result.Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ens1f1 -Symmetric", "SnapshotIsReadOnly")]
    [InlineData("ens1f1 -Queue 25", "ValueRejected")]
    [InlineData("ens1f0 -Key 6D:5A", "ValueRejected")]
    [InlineData("ens1f0 -Key 6D:5", "ParameterArgumentTransformationError")]
    [InlineData("ens1f0 -Function xor", "NotSupportedByDriver")]
    [InlineData("eno1 -Symmetric", "NotSupportedByDriver")]
    [InlineData("ens9 -Symmetric", "InterfaceNotFound")]
    [InlineData("ens1f0 -Queue 2 -Weight 1,1", "AmbiguousParameterSet")]
    public void A_refusal_has_its_id(string arguments, string id) =>
        Assert.Equal([id], _engine.Run($"Set-NicRss {arguments} -Snapshot $args[0] -Confirm:$false", _snapshot).ErrorIds);

    [Fact]
    public void A_key_and_a_reading_pipe_in()
    {
        Assert.Empty(_engine.Run("New-RssKey ens1f0 -Pattern 6D:5A -Snapshot $args[0] | Set-NicRss -Snapshot $args[0]", _snapshot).Errors);
        Assert.Equal(["SnapshotIsReadOnly"], _engine.Run("New-RssKey ens1f0 -Snapshot $args[0] | Set-NicRss -Snapshot $args[0]", _snapshot).ErrorIds);
        EngineResult result = _engine.Run("Get-NicRss ens1f1 -Snapshot $args[0] | Set-NicRss -Symmetric -WhatIf -PassThru -Snapshot $args[0]", _snapshot);
        Assert.Empty(result.Errors);
        Assert.False(Assert.IsType<NicRss>(result.Single).IsKeySymmetric);
    }
}
