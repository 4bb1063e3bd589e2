using System.Globalization;
using ZeptAdmin.Logs.Pipeline;

namespace ZeptAdmin.Tests.Logs;

[Collection("journal")]
public sealed class LogPipelineCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Path_writes_keeps_the_old_file_and_is_taken_back()
    {
        string path = _folder.Write("zeek.conf", "# old\n");
        string state = Path.Combine(_folder.Path, "state");
        const string make = "$env:ZEPTADMIN_STATE = $args[1]; New-SyslogNgConfig http://192.0.2.1:8088/ -Header 'Authorization: Bearer x' -Source /var/log/suricata/eve.json -Fragment -Path $args[0] -Confirm:$false ";

        Assert.Empty(_engine.Run(make + "-WhatIf", path, state).Errors);
        Assert.Equal("# old\n", File.ReadAllText(path));

        EngineResult result = _engine.Run(make + "-Mode 0640 -PassThru", path, state);
        Assert.Empty(result.Errors);
        Assert.Equal(Assert.IsType<SyslogNgConfig>(result.Single).Text, File.ReadAllText(path));
        Assert.Equal("# old\n", File.ReadAllText(path + ".zeptadmin-old"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        Assert.Contains(_engine.Run(make + "-Mode 0640 -Verbose", path, state).Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));

        Assert.Empty(_engine.Run("$env:ZEPTADMIN_STATE = $args[0]; Get-NsmChange | Undo-NsmChange -Confirm:$false", state).Errors);
        Assert.Equal("# old\n", File.ReadAllText(path));
    }

    [Fact]
    public void A_new_file_is_not_for_everybody_to_read()
    {
        string path = Path.Combine(_folder.Path, "conf.d", "zeek.conf");

        Assert.Empty(_engine.Run("$env:ZEPTADMIN_STATE = $args[1]; New-SyslogNgConfig http://192.0.2.1:8088/ -Source /var/log/suricata/eve.json -Path $args[0] -Confirm:$false", path, Path.Combine(_folder.Path, "state")).Errors);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
    }

    [Fact]
    public void What_syslog_ng_does_not_take_is_not_written()
    {
        Assert.SkipUnless(File.Exists(SyslogNgRun.Program), "syslog-ng is not installed");
        string path = Path.Combine(_folder.Path, "zeek.conf");

        Assert.Equal(["ValueRejected"], _engine.Run("New-SyslogNgConfig https://192.0.2.1:8088/ -AuthorityFile /nowhere/ca.pem -Source /var/log/suricata/eve.json -Path $args[0] -Confirm:$false", path).ErrorIds);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void The_pipeline_is_measured_by_the_name_that_the_file_has()
    {
        const int events = 500;
        string log = _folder.Write("eve.json", "");
        string buffer = Path.Combine(_folder.Path, "buffer");
        _ = Directory.CreateDirectory(buffer);
        using EventSink sink = new(events);
        sink.Stop();
        EngineResult made = _engine.Run("New-SyslogNgConfig $args[0] -Name test -Source $args[1] -BufferFolder $args[2]", sink.Url, log, buffer);
        using SyslogNgRun run = new(_folder.Path, _folder.Write("syslog-ng.conf", Assert.IsType<SyslogNgConfig>(made.Single).Text));
        File.AppendAllLines(log, Enumerable.Range(0, events).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"timestamp":"2026-11-28T10:09:37.000000+0000","seq":{{i}}}""")));
        Wait.Until(() => run.Counter("d_test", "queued") == events, () => $"{run.Counter("d_test", "queued")} events are queued. {run.Said}");

        EngineResult result = _engine.Run("Test-LogPipeline d_t* -Duration 0.2 -ControlSocket $args[0] -PersistFile $args[1]; Test-LogPipeline other -Duration 0.1 -ControlSocket $args[0] -PersistFile $args[1]", run.ControlSocket, run.PersistFile);

        Assert.Empty(result.Errors);
        LogPipelineRow row = Assert.IsType<LogPipelineRow>(result.Single);
        Assert.Equal((LogPipelineState.Stopped, (long?)events), (row.State, row.BufferedEvents));
        Assert.NotNull(row.Age);
        Assert.Equal(["NotPresent"], _engine.Run("Test-LogPipeline -Duration 0.1 -ControlSocket /nowhere/a -PersistFile /nowhere/b").ErrorIds);
    }
}
