using ZeptAdmin.Audit;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Audit;

public sealed class TestNsmSensorTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("H4.SymmetricHash", "H4.SymmetricHash")]
    [InlineData("h4.*", "H4.SymmetricHash")]
    [InlineData("*.Pause, G1*", "G1.Atr,I8.Pause")]
    [InlineData("nothing*", "")]
    public void Takes_ids_with_wildcards(string id, string expected)
    {
        EngineResult result = _engine.Run($"Test-NsmSensor -Id {id} -InterfaceName ens1f1 -Snapshot $args[0]", _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal(expected, string.Join(',', Results(result).Select(check => check.Id)));
    }

    [Fact]
    public void Takes_categories() => Assert.All(
        Results(_engine.Run("Test-NsmSensor -Category Rss, FlowDirector -Snapshot $args[0]", _snapshot)),
        check => Assert.Contains(check.Category, new[] { CheckCategory.Rss, CheckCategory.FlowDirector }));

    [Fact]
    public void Takes_severities()
    {
        CheckResult[] failed = Results(_engine.Run("Test-NsmSensor -Severity Fail -InterfaceName ens1f1 -Snapshot $args[0]", _snapshot));

        Assert.Equal(["H4.SymmetricHash", "I8.Pause"], failed.Select(check => check.Id));
        Assert.All(failed, check => Assert.NotEqual("", check.Remedy));
    }

    [Fact]
    public void What_does_not_apply_is_shown_on_demand_only()
    {
        Assert.DoesNotContain(Results(_engine.Run("Test-NsmSensor -Snapshot $args[0]", _snapshot)), check => check.Severity == CheckSeverity.NotApplicable);
        Assert.NotEmpty(Results(_engine.Run("Test-NsmSensor -Severity NotApplicable -Snapshot $args[0]", _snapshot)));
    }

    [Fact]
    public void Interfaces_from_the_pipeline_are_one_audit()
    {
        CheckResult[] found = Results(_engine.Run("'ens1f0', 'ens1f1' | Test-NsmSensor -Id I8.*, A16.* -Snapshot $args[0]", _snapshot));

        Assert.Equal(["A16.KernelFanout", "I8.Pause ens1f0", "I8.Pause ens1f1"], found.Select(check => $"{check.Id} {check.InterfaceName}".TrimEnd()));
    }

    [Fact]
    public void An_empty_pipeline_audits_nothing() =>
        Assert.Empty(_engine.Run("Get-Nic nothing* -Snapshot $args[0] | Test-NsmSensor -Snapshot $args[0]", _snapshot).Output);

    [Fact]
    public void A_wildcard_means_the_interfaces_that_it_catches() => Assert.Equal(
        ["ens1f0", "ens1f1"],
        Results(_engine.Run("Test-NsmSensor -Id I8.Pause -InterfaceName ens* -Snapshot $args[0]", _snapshot)).Select(check => check.InterfaceName));

    [Fact]
    public void An_unknown_interface_is_an_error_and_the_others_are_audited()
    {
        EngineResult result = _engine.Run("Test-NsmSensor -Id I8.Pause -InterfaceName missing0, ens1f0 -Snapshot $args[0]", _snapshot);

        Assert.Equal(["InterfaceNotFound"], result.ErrorIds);
        Assert.Equal("missing0", result.Errors[0].TargetObject);
        Assert.Equal("ens1f0", Assert.Single(Results(result)).InterfaceName);
    }

    [Fact]
    public void An_unknown_interface_alone_audits_nothing()
    {
        EngineResult result = _engine.Run("Test-NsmSensor -InterfaceName missing0 -Snapshot $args[0]", _snapshot);

        Assert.Equal(["InterfaceNotFound"], result.ErrorIds);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_result_pipes_into_the_cmdlets_of_its_port()
    {
        EngineResult result = _engine.Run("Test-NsmSensor -Id I8.Pause -Severity Fail -Snapshot $args[0] | Get-NicPause -Snapshot $args[0]", _snapshot);

        Assert.Equal("ens1f1", Assert.IsType<ZeptAdmin.Nics.NicPause>(result.Single).InterfaceName);
    }

    [Fact]
    public void Survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $check = Test-NsmSensor -Id I8.Pause -InterfaceName ens1f1 -Snapshot $args[0]
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($check))
            $back = [ZeptAdmin.Audit.CheckResult] $wire
            $back -eq $check
            """,
            _snapshot);

        Assert.Empty(result.Errors);
        Assert.True((bool)result.Single);
    }

    // What an audit reads a snapshot has to hold: nobody can ask the machine again.
    [Fact]
    public void A_saved_snapshot_gives_the_audit_of_its_machine()
    {
        using TemporaryFolder folder = new();
        _ = ExternalTool.Run("cp", "-a", _snapshot + "/.", folder.Path);
        _ = folder.Write("proc/net/packet", "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n0000000000000000 3      3    0003   2     1 0      0      1\n");
        _ = folder.Write("proc/sys/net/ipv6/conf/ens1f0/disable_ipv6", "0\n");
        _ = folder.Write("proc/sys/net/core/netdev_budget", "300\n");
        _ = folder.Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        _ = folder.Write("etc/modprobe.d/ixgbe.conf", "options ixgbe RSS=4\n");
        EngineResult result = _engine.Run(
            """
            $all = [Enum]::GetValues([ZeptAdmin.Sensors.CheckSeverity])
            $null = Save-NsmSnapshot -Path $args[1] -Snapshot $args[0]
            Test-NsmSensor -Severity $all -Snapshot $args[0]
            Test-NsmSensor -Severity $all -Snapshot $args[1]
            """,
            folder.Path,
            Path.Combine(folder.Path, "saved.zip"));

        Assert.Empty(result.Errors);
        CheckResult[] results = Results(result);
        Assert.Equal("ens1f0 (a program captures there)", results.First(check => check.Id == "I10.CapturePorts").Actual);
        Assert.Equal("IPv6 is on", results.First(check => check.Id == "I10.SilentPort").Actual);
        Assert.Equal(results[..(results.Length / 2)], results[(results.Length / 2)..]);
    }

    // A remedy is a line to type: it has to be PowerShell, and its parameters those of the command.
    [Fact]
    public void Remedies_can_be_typed()
    {
        EngineResult result = _engine.Run(
            """
            foreach ($check in Test-NsmSensor -Severity Warn, Fail -Snapshot $args[0] | Where-Object Remedy -cmatch '^[A-Z][a-z]+-[A-Z]') {
                $problems = $null
                $line = [System.Management.Automation.Language.Parser]::ParseInput($check.Remedy, [ref] $null, [ref] $problems)
                if ($problems) { "not PowerShell: $($check.Remedy)" }
                foreach ($command in $line.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                    $known = Get-Command $command.GetCommandName() -ErrorAction Ignore
                    if (-not $known) { "?$($command.GetCommandName())"; continue }
                    foreach ($part in $command.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                        if (-not $known.Parameters.ContainsKey($part.ParameterName)) { "$($known.Name) has no -$($part.ParameterName)" }
                    }
                    $known.Name
                }
            }
            """,
            _snapshot);
        string[] told = [.. result.Output.Select(item => item.ToString()).Distinct()];

        Assert.Empty(result.Errors);
        Assert.Contains("Set-NicPause", told);
        Assert.Contains("Set-NicCoalesce", told);

        Assert.Empty(told.Except(["Set-NicPause", "Set-NicCoalesce", "Set-NicRing", "Set-NicFeature", "Set-NicPrivateFlag", "Set-NetBudget", "Set-NicChannel", "Set-NicRss", "Set-IrqAffinity", "Remove-NicFlowRule", "Get-PacketDrops"]));
    }

    [Theory]
    [InlineData("lo")]
    [InlineData("eno1")]
    public void Any_interface_can_be_named(string name)
    {
        EngineResult result = _engine.Run("Test-NsmSensor -InterfaceName $args[1] -Severity Pass, Warn, Fail, Unknown, NotApplicable -Snapshot $args[0]", _snapshot, name);

        Assert.Empty(result.Errors);
        Assert.All(Results(result), check => Assert.Contains(check.InterfaceName, new[] { null, name }));
    }

    // The brief of a first look at any machine: something true, and no more than a screen of it.
    [Fact]
    public void This_machine_gives_a_verdict()
    {
        EngineResult result = _engine.Run("Test-NsmSensor");

        Assert.Empty(result.Errors);
        Assert.Contains(Results(result), check => check.Id == "A16.KernelFanout");
        Assert.All(Results(result), check => Assert.NotEqual("", check.Actual));
    }

    private static CheckResult[] Results(EngineResult result) => [.. result.Output.Select(item => Assert.IsType<CheckResult>(item.BaseObject))];
}
