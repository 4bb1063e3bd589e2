using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Tests.Suricata;

[Collection("journal")]
public sealed class SuricataConfigCommandTests : IDisposable
{
    private static readonly string Talk = Path.Combine(Repository.Root, "examples", "sensors", "talk.zip");
    private static readonly string Plan = Path.Combine(Repository.Root, "examples", "sensors", "talk-plan.json");

    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(7, "    - worker-cpu-set:\n        cpu: [ 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27 ]\n")]
    [InlineData(8, "        - interface: enp7s0f1\n          cpu: [ 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 ]\n")]
    [InlineData(9, "        - interface: enp17s0f0\n          cpu: [ 18, 19, 20, 21, 22, 23, 24, 25, 26, 27 ]\n")]
    public void A_plan_becomes_a_file_in_the_layout_of_the_version(int version, string expected)
    {
        SuricataConfig config = Assert.IsType<SuricataConfig>(_engine.Run("Import-NsmPlan $args[0] | New-SuricataConfig -Version $args[1] -Snapshot $args[2]", Plan, version, Talk).Single);

        Assert.StartsWith("%YAML 1.1\n---\n", config.Text, StringComparison.Ordinal);
        Assert.Contains(expected, config.Text, StringComparison.Ordinal);
        Assert.Equal(20, config.Workers.Length);
        Assert.Equal(version, config.Version);
    }

    [Fact]
    public void A_machine_gives_threads_as_many_as_queues_or_says_why_not()
    {
        Assert.Equal(["ValueRejected"], _engine.Run("New-SuricataConfig enp7s0f1 -Snapshot $args[0]", Talk).ErrorIds);
        Assert.Equal(["InterfaceNotFound"], _engine.Run("New-SuricataConfig nothere -Snapshot $args[0]", Talk).ErrorIds.Distinct());
        Assert.Equal(["ValueRejected"], _engine.Run("New-SuricataConfig enp7s0f1 -Workers 2 -WorkerCpu 4,5 -ClusterType cluster_ebpf -Snapshot $args[0]", Talk).ErrorIds);
        EngineResult made = _engine.Run("New-SuricataConfig enp7s0f1 -Workers 4 -WorkerCpu 4,5,6,7 -SystemCpu 0 -Bypass -XdpFilterFile /usr/lib/suricata/ebpf/xdp_filter.bpf -XdpMode driver -Snapshot $args[0] -Verbose", Talk);
        Assert.Contains("    xdp-mode: driver\n    xdp-filter-file: /usr/lib/suricata/ebpf/xdp_filter.bpf\n    bypass: yes\n", made.Single!.ToString(), StringComparison.Ordinal);
        Assert.Contains(made.Verbose, line => line.StartsWith("Memory: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_configuration_survives_a_session_and_is_checked_there()
    {
        EngineResult result = _engine.Run(
            "$made = Import-NsmPlan $args[0] | New-SuricataConfig -Snapshot $args[1]; $c = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($made, 4)); $c | Test-SuricataConfig -Snapshot $args[1]; ([ZeptAdmin.Suricata.SuricataConfig]$c).Text -eq $made.Text",
            Plan, Talk);

        Assert.Empty(result.Errors);
        Assert.Contains(result.Output, item => item.BaseObject is ConfigCheck { Id: "L6.Memory", Severity: CheckSeverity.Pass });
        Assert.Equal(true, result.Output[^1].BaseObject);
    }

    [Fact]
    public void Path_writes_keeps_the_old_file_and_is_taken_back()
    {
        string path = _folder.Write("zept.yaml", "# old\n");
        const string make = "$env:ZEPTADMIN_STATE = $args[2]; Import-NsmPlan $args[0] | New-SuricataConfig -Path $args[1] -Confirm:$false ";
        string state = Path.Combine(_folder.Path, "state");

        Assert.Equal(7, _engine.Run(make + "-WhatIf; 7", Plan, path, state).Output[^1].BaseObject);
        Assert.Equal("# old\n", File.ReadAllText(path));

        EngineResult result = _engine.Run(make + "-Mode 0640 -PassThru", Plan, path, state);
        Assert.Empty(result.Errors);
        Assert.Equal(result.Single!.ToString(), File.ReadAllText(path));
        Assert.Equal("# old\n", File.ReadAllText(path + ".zeptadmin-old"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        Assert.Contains(_engine.Run(make + "-Mode 0640 -Verbose", Plan, path, state).Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));
        EngineResult read = _engine.Run("Import-SuricataConfig $args[0] | ForEach-Object { $_.Version; $_.Interfaces.Count; $_.Path }", path);
        Assert.Equal([8, 2, path], read.Output.Select(item => item.BaseObject));

        Assert.Empty(_engine.Run("$env:ZEPTADMIN_STATE = $args[0]; Get-NsmChange | Undo-NsmChange -Confirm:$false", state).Errors);
        Assert.Equal("# old\n", File.ReadAllText(path));
    }

    [Fact]
    public void What_cannot_be_read_is_an_error_with_its_line()
    {
        string path = _folder.Write("broken.yaml", "%YAML 1.1\n---\naf-packet: [\n");

        EngineResult result = _engine.Run("Import-SuricataConfig $args[0]; Test-SuricataConfig $args[0]; Test-SuricataConfig /nothere.yaml", path);
        Assert.Equal(3, result.ErrorIds.Length);
        Assert.Equal(result.ErrorIds[0], result.ErrorIds[1]);
        Assert.Equal("NotPresent", result.ErrorIds[2]);
        Assert.Contains("line ", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }
}
