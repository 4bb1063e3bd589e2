using System.Management.Automation;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Nics;

public sealed class GetNicTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Shows_all_but_loopback()
    {
        EngineResult result = _engine.Run("Get-Nic -Snapshot $args[0]", _snapshot);

        Assert.Equal(["eno1", "ens1f0", "ens1f1"], result.Output.Select(nic => ((Nic)nic.BaseObject).InterfaceName));
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void Shows_loopback_by_name() =>
        Assert.Equal("loopback", Assert.IsType<Nic>(_engine.Run("Get-Nic lo -Snapshot $args[0]", _snapshot).Single).Kind);

    [Fact]
    public void Pipes_cards_into_settings()
    {
        EngineResult result = _engine.Run("Get-Nic -Snapshot $args[0] | Where-Object Driver -eq i40e | Get-NicCoalesce -Snapshot $args[0]", _snapshot);

        Assert.Equal([11905.0, null], result.Output.Select(item => ((NicCoalesce)item.BaseObject).InterruptsPerSecond));
    }

    [Theory]
    [InlineData("Get-NicFeature ens1f0 rx-hash*", "rx-hashing")]
    [InlineData("Get-NicFeature ens1f0 RX-GRO", "rx-gro")]
    [InlineData("Get-NicPrivateFlag ens1f0 -Flag flow-director-atr", "flow-director-atr")]
    public void Picks_by_name(string command, string expected)
    {
        EngineResult result = _engine.Run($"{command} -Snapshot $args[0] | ForEach-Object {{ if ($_.Feature) {{ $_.Feature }} else {{ $_.Flag }} }}", _snapshot);

        Assert.Equal(expected, result.Single);
    }

    [Theory]
    [InlineData("Get-Nic gone0", "InterfaceNotFound")]
    [InlineData("Get-Nic ../lo", "InterfaceNotFound")]
    [InlineData("Get-Nic 'ens1f0:1'", "InterfaceNotFound")]
    [InlineData("Get-NicPause lo", "NotSupportedByDriver")]
    [InlineData("Get-NicPrivateFlag lo", "NotSupportedByDriver")]
    [InlineData("Get-NicPrivateFlag eno1 -Flag flow-director-atr", "NotSupportedByDriver")]
    [InlineData("Get-NicFeature eno1 -Feature no-such-feature", "NotSupportedByDriver")]
    [InlineData("Get-NicChannel gone0", "InterfaceNotFound")]
    public void Says_why_a_named_one_has_nothing(string command, string id)
    {
        EngineResult result = _engine.Run($"{command} -Snapshot $args[0]", _snapshot);

        Assert.Equal([id], result.ErrorIds);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Passes_over_cards_without_the_flag_under_a_wildcard()
    {
        EngineResult result = _engine.Run("Get-NicPrivateFlag * flow-director-atr -Snapshot $args[0]", _snapshot);

        Assert.Equal([("ens1f0", false), ("ens1f1", true)], result.Output.Select(item => (NicPrivateFlag)item.BaseObject).Select(flag => (flag.InterfaceName, flag.IsOn)));
        Assert.Empty(result.Errors);
    }

    [Theory]
    [InlineData("Get-NicPrivateFlag eno1 -Flag ", "legacy-rx")]
    [InlineData("Get-NicFeature ens1f0 -Feature rx-has", "rx-hashing")]
    public void Completes_the_cards_own_names(string line, string expected)
    {
        string whole = $"{line.Split(" -")[0]} -Snapshot '{_snapshot}' -{line.Split(" -")[1]}";
        EngineResult result = _engine.Run("([System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null)).CompletionMatches | ForEach-Object CompletionText", whole);

        Assert.Equal(expected, result.Single);
    }

    [Fact]
    public void Survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $nic = Get-Nic ens1f0 -Snapshot $args[0]
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($nic))
            [ZeptAdmin.Nics.Nic]$wire
            """,
            _snapshot);

        Nic nic = Assert.IsType<Nic>(result.Single);
        Assert.Equal((LinkDuplex.Full, "0-11,24-35", 0), (nic.Duplex, nic.LocalCpus.ToString(), nic.NumaNode));
        Assert.Contains("10000baseSR/Full", nic.SupportedLinkModes);
    }

    [Fact]
    public void A_damaged_answer_is_one_clear_error()
    {
        using TemporaryFolder folder = new();
        _ = folder.Write("sys/class/net/e0/ifindex", "2\n");
        // ETHTOOL_GSSET_INFO for features: 4,294,967,295 of them.
        _ = folder.Write("ethtool.txt", "e0 00000037 0000000010 370000000000000010000000000000" + "00ffffffff\n");

        EngineResult result = _engine.Run("Get-NicFeature -Snapshot $args[0]", folder.Path);

        Assert.Equal(["UnreadableData"], result.ErrorIds);
        Assert.Equal(ErrorCategory.InvalidData, result.Errors[0].CategoryInfo.Category);
    }
}
