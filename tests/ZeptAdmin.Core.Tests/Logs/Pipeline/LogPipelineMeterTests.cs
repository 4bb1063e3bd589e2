using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs.Pipeline;

namespace ZeptAdmin.Tests.Logs;

public sealed class LogPipelineMeterTests : IDisposable
{
    private const int Events = 2000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Written_and_shipped_are_counted_between_the_looks_and_what_waits_is_told()
    {
        using EventSink sink = new(2 * Events);
        using SyslogNgRun run = Start(sink);
        _ = _folder.Write("zeek/conn.log", "");
        Write(0, Events);
        Wait.Until(() => run.Counter("d_test", "written") == Events, () => $"{sink.Distinct} events came. {run.Said}");

        LogPipelineMeter meter = new(run.ControlSocket, run.PersistFile);
        Write(Events, 2 * Events);
        Wait.Until(() => Row(meter).BacklogEvents == 0 && run.Counter("d_test", "written") == 2 * Events, () => Row(meter).ToString());
        LogPipelineRow row = Row(meter);

        Assert.Equal(("d_test", "http", LogPipelineState.KeepsUp), (row.Destination, row.Driver, row.State));
        Assert.StartsWith(sink.Url, row.Address, StringComparison.Ordinal);
        Assert.Equal([_folder.Path + "/zeek/conn.log"], row.Logs);
        Assert.Equal(Events, Math.Round(row.WrittenPerSecond!.Value * row.Seconds, 0), 10.0);
        Assert.Equal(Events, Math.Round(row.ShippedPerSecond!.Value * row.Seconds, 0), 10.0);
        Assert.Equal((0, 0, 0, 0), (row.BufferedEvents, row.BufferedBytes, row.UnreadEvents, row.UnreadBytes));
        Assert.Null(row.Age);
        Assert.Equal(0, row.DroppedEvents);
        Assert.Empty(row.NotAsked);
        Assert.Equal(LogPipelineState.Idle, Row(new LogPipelineMeter(run.ControlSocket, run.PersistFile)).State);
    }

    [Fact]
    public void A_receiver_that_is_away_is_told_with_what_waits_and_since_when_and_so_is_a_syslog_ng_that_stopped()
    {
        DateTime before = DateTime.UtcNow;
        using EventSink sink = new(Events);
        sink.Stop();
        using (SyslogNgRun run = Start(sink))
        {
            Write(0, Events);
            Wait.Until(() => run.Counter("d_test", "processed") == Events, () => $"{run.Counter("d_test", "processed")} events were read. {run.Said}");
            LogPipelineMeter meter = new(run.ControlSocket, run.PersistFile);
            Wait.Until(() => Row(meter).UnreadEvents == 0, () => Row(meter).ToString());
            LogPipelineRow row = Row(meter);

            Assert.Equal((LogPipelineState.Stopped, (long?)Events, (long?)Events, (double?)0), (row.State, row.BacklogEvents, row.BufferedEvents, row.ShippedPerSecond));
            Assert.InRange(row.BufferedBytes!.Value, Events * 100L, Events * 1000L);
            Assert.InRange(row.OldestUnshipped!.Value, before, DateTime.UtcNow);
            Assert.InRange(row.Age!.Value, TimeSpan.Zero, DateTime.UtcNow - before);
            Assert.Empty(row.NotAsked);
        }

        Write(0, 1);
        LogPipelineRow after = Row(new LogPipelineMeter(Path.Combine(_folder.Path, "syslog-ng.ctl"), Path.Combine(_folder.Path, "syslog-ng.persist")));
        Assert.Equal((LogPipelineState.Unknown, (long?)Events, (long?)null, (double?)null), (after.State, after.BufferedEvents, after.BacklogEvents, after.ShippedPerSecond));
        Assert.Contains(after.NotAsked, sentence => sentence.Contains("control socket", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_nothing_can_be_asked_it_is_refused()
    {
        Answer<LogPipelineRow[]> answer = new LogPipelineMeter(Path.Combine(_folder.Path, "none.ctl"), Path.Combine(_folder.Path, "none.persist")).Finish(_ => true);

        Assert.Equal(Errno.ENOENT, answer.Refusal?.Errno);
    }

    [Theory]
    [InlineData(null, 0L, 5L, 5L, LogPipelineState.Unknown)]
    [InlineData(0L, 0L, 0L, 0L, LogPipelineState.Idle)]
    [InlineData(0L, 0L, 50_000L, 50_000L, LogPipelineState.KeepsUp)]
    [InlineData(900L, 0L, 49_100L, 50_000L, LogPipelineState.KeepsUp)]
    [InlineData(20_000L, 0L, 30_000L, 50_000L, LogPipelineState.FallsBehind)]
    [InlineData(20_000L, 90_000L, 120_000L, 50_000L, LogPipelineState.KeepsUp)]
    [InlineData(20_000L, 10_000L, 0L, 10_000L, LogPipelineState.Stopped)]
    [InlineData(10_000L, 10_000L, 0L, 0L, LogPipelineState.Stopped)]
    public void The_state_follows_from_the_counts(long? waiting, long? before, long? shipped, long? written, LogPipelineState state) =>
        Assert.Equal(state, LogPipelineMeter.StateOf(waiting, before, shipped, written, 5));

    [Fact]
    public void Answers_of_the_control_socket_are_taken_apart()
    {
        const string statistics =
            "SourceName;SourceId;SourceInstance;State;Type;Number\n"
            + "dst.http;d_h#0;http,http://192.0.2.1/x?a=1;b;a;processed;20000\ndst.http;d_h#0;http,http://192.0.2.1/x?a=1;b;a;written;19000\ndst.http;d_h#0;http,http://192.0.2.1/x?a=1;b;a;queued;1000\n"
            + "dst.file;d_auth#0;/var/log/auth.log;a;processed;3\nsrc.file;s_b#0;/opt/zeek/conn.log;a;processed;20000\nsrc.file;s_b#0;/opt/zeek/conn.log;a;stamp;1\ncenter;;queued;a;processed;40000\n";
        const string configuration =
            "# log { source(s_none); destination(d_h); };\nlog { source(s_b); filter(f); destination(\"d_h\"); flags(flow-control); };\nlog { source(s_c); destination(d_auth); };\n";

        Assert.Equal([new SyslogNgDestination("d_h", "http", "http,http://192.0.2.1/x?a=1;b", 20000, 19000, 1000, 0)], SyslogNgControl.Destinations(statistics));
        Assert.Equal([new SyslogNgLog("s_b", "/opt/zeek/conn.log")], SyslogNgControl.Logs(statistics));
        Assert.Equal(["s_b"], SyslogNgControl.SourcesOf(configuration, "d_h") ?? []);
        Assert.Null(SyslogNgControl.SourcesOf(configuration, "d_other"));
    }

    [Fact]
    public void A_persist_file_or_a_buffer_of_any_bytes_is_read_without_harm()
    {
        Random random = new(7);
        byte[] bytes = new byte[16384];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(bytes);
            "SLP4"u8.CopyTo(bytes);
            // Small numbers lead further than random ones.
            for (int at = 8; at < 400; at += random.Next(1, 9))
            {
                bytes[at] = 0;
            }

            _ = SyslogNgPersist.Parse(bytes);
            "SLRQ\x02"u8.CopyTo(bytes);
            _ = SyslogNgQueue.Read(new MemoryStream(bytes));
        }

        Assert.Null(SyslogNgPersist.Parse([]));
        Assert.Null(SyslogNgQueue.Read(new MemoryStream([1, 2, 3])));
    }

    private static LogPipelineRow Row(LogPipelineMeter meter) => Assert.Single(meter.Finish(_ => true).Value);

    private SyslogNgRun Start(EventSink sink)
    {
        string buffer = Path.Combine(_folder.Path, "buffer");
        _ = Directory.CreateDirectory(buffer);
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, "zeek"));
        SyslogNgConfig config = SyslogNgConfigs.Make(new SyslogNgWish { Name = "test", Url = sink.Url, Sources = [_folder.Path + "/zeek/*.log"], BufferFolder = buffer }).Value;
        return new SyslogNgRun(_folder.Path, _folder.Write("syslog-ng.conf", config.Text));
    }

    private void Write(int from, int to)
    {
        StringBuilder text = new();
        for (int i = from; i < to; i++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $$"""{"ts":1795860577.123456,"uid":"CwFs1P2UcUdlSxD2La","seq":{{i}}}""").Append('\n');
        }

        File.AppendAllText(Path.Combine(_folder.Path, "zeek", "conn.log"), text.ToString());
    }
}
