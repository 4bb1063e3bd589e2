using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Tests.Zeek;

[Collection("journal")]
public sealed class ZeekNodeConfigCommandTests : IDisposable
{
    private static readonly string Talk = Path.Combine(Repository.Root, "examples", "sensors", "talk.zip");
    private static readonly string Plan = Path.Combine(Repository.Root, "examples", "sensors", "talk-plan.json");
    private static readonly string TalkNodeCfg = Path.Combine(Repository.Root, "tests", "Fixtures", "zeek", "talk-node.cfg");

    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_plan_becomes_a_file_with_its_pins()
    {
        ZeekNodeConfig config = Assert.IsType<ZeekNodeConfig>(_engine.Run("Import-NsmPlan $args[0] | New-ZeekNodeConfig", Plan).Single);

        Assert.Contains("[worker-enp7s0f1]\ntype=worker\nhost=localhost\ninterface=af_packet::enp7s0f1\nlb_method=custom\nlb_procs=10\npin_cpus=4,5,6,7,8,9,10,11,12,13\n", config.Text, StringComparison.Ordinal);
        Assert.Equal(20, config.Workers.Length);
    }

    [Fact]
    public void A_machine_gives_workers_as_many_as_queues_or_says_why_not()
    {
        Assert.Equal(["ValueRejected"], _engine.Run("New-ZeekNodeConfig enp7s0f1 -Snapshot $args[0]", Talk).ErrorIds);
        Assert.Equal(["InterfaceNotFound"], _engine.Run("New-ZeekNodeConfig nothere -Snapshot $args[0]", Talk).ErrorIds.Distinct());
        EngineResult udp = _engine.Run("New-ZeekNodeConfig -UdpSource udp::0.0.0.0:4789:vxlan -Workers 2 -WorkerCpu 4,5 -SystemCpu 0 -Snapshot $args[0] -Verbose", Talk);
        Assert.Contains("interface=udp::0.0.0.0:4789:vxlan\nlb_method=custom\nlb_procs=2\npin_cpus=4,5\n", udp.Output[0].ToString(), StringComparison.Ordinal);
        Assert.Contains(udp.Verbose, line => line.Contains("outer UDP header", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_survives_a_session_with_its_text()
    {
        EngineResult result = _engine.Run(
            "$c = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Import-ZeekNodeConfig $args[0]), 4)); $c | Test-ZeekNodeConfig -Snapshot $args[1]; ([ZeptAdmin.Zeek.ZeekNodeConfig]$c).ToString()",
            TalkNodeCfg, Talk);

        Assert.Empty(result.Errors);
        Assert.Contains(result.Output, item => item.BaseObject is ConfigCheck { Id: "J8.PinCount", Line: 27, Severity: CheckSeverity.Warn });
        Assert.Equal(File.ReadAllText(TalkNodeCfg), result.Output[^1].BaseObject);
    }

    [Fact]
    public void Corrected_gives_the_file()
    {
        EngineResult result = _engine.Run("Test-ZeekNodeConfig $args[0] -Snapshot $args[1] -Corrected", TalkNodeCfg, Talk);

        Assert.Equal("8,9,10,11,12,13", string.Join(',', Assert.IsType<ZeekNodeConfig>(result.Single).Workers.Select(worker => worker.Cpu)));
    }

    [Fact]
    public void Path_writes_keeps_the_old_file_and_is_taken_back()
    {
        string path = _folder.Write("node.cfg", "# old\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        const string make = "$env:ZEPTADMIN_STATE = $args[2]; Import-NsmPlan $args[0] | New-ZeekNodeConfig -Path $args[1] -Confirm:$false ";
        string state = Path.Combine(_folder.Path, "state");

        Assert.Equal(7, _engine.Run(make + "-WhatIf -PassThru | ForEach-Object { $_.Nodes.Count } ; 7", Plan, path, state).Output[^1].BaseObject);
        Assert.Equal("# old\n", File.ReadAllText(path));

        EngineResult result = _engine.Run(make + "-Mode 0640 -PassThru", Plan, path, state);
        Assert.Empty(result.Errors);
        Assert.Equal(result.Output[0].ToString(), File.ReadAllText(path));
        Assert.Equal("# old\n", File.ReadAllText(path + ".zeptadmin-old"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        Assert.Contains(_engine.Run(make + "-Mode 0640 -Verbose", Plan, path, state).Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));

        Assert.Empty(_engine.Run("$env:ZEPTADMIN_STATE = $args[0]; Get-NsmChange | Undo-NsmChange -Confirm:$false", state).Errors);
        Assert.Equal("# old\n", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal([Path.Combine(_folder.Path, "node.cfg"), Path.Combine(_folder.Path, "node.cfg.zeptadmin-old")], Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_owner_is_set_by_name_and_one_that_is_not_there_is_an_error()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "giving a file to another user needs root");
        string path = Path.Combine(_folder.Path, "node.cfg");
        const string make = "$env:ZEPTADMIN_STATE = $args[2]; Import-NsmPlan $args[0] | New-ZeekNodeConfig -Path $args[1] -Confirm:$false -Owner ";
        string state = Path.Combine(_folder.Path, "state");

        Assert.Equal(["NotPresent"], _engine.Run(make + "nobody-of-that-name", Plan, path, state).ErrorIds);
        Assert.False(File.Exists(path));
        Assert.Empty(_engine.Run(make + "nobody:daemon", Plan, path, state).Errors);
        Assert.Equal("nobody daemon", ExternalTool.Run("stat", "-c", "%U %G", path).Trim());
    }
}
