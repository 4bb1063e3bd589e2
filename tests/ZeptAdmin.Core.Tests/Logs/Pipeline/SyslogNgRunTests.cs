using System.Diagnostics;
using System.Globalization;
using System.Text;
using ZeptAdmin.Logs.Pipeline;

namespace ZeptAdmin.Tests.Logs;

/// <summary>syslog-ng itself, with the file that the module makes.</summary>
public sealed class SyslogNgRunTests(ITestOutputHelper output) : IDisposable
{
    private const int Events = 1_000_000;
    private const int BeforeTheStop = 200_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_million_events_come_through_although_the_receiver_stops_for_a_while()
    {
        Assert.SkipUnless(new DriveInfo(_folder.Path).AvailableFreeSpace > 2L << 30, "the logs and the disk buffer of a million events need 2 GiB of room");
        using EventSink sink = new(Events);
        using SyslogNgRun run = Start(sink);
        long started = Stopwatch.GetTimestamp();

        Write(0, BeforeTheStop);
        Wait.Until(() => sink.Distinct >= BeforeTheStop / 4, () => $"{sink.Distinct} events came. {run.Said}");

        // Cut in the midst: what is on its way then has no answer and has to come again.
        sink.Stop();
        Write(BeforeTheStop, Events);
        Wait.Until(() => run.Counter("d_test", "processed") == Events, () => $"{run.Counter("d_test", "processed")} events were read. {run.Said}");
        int before = sink.Distinct;
        double buffered = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Assert.True(before < Events);

        sink.Start();
        long again = Stopwatch.GetTimestamp();
        Wait.Until(() => sink.Distinct == Events, () => $"{sink.Distinct} of {Events} events came. {run.Said}");
        double shipping = Stopwatch.GetElapsedTime(again).TotalSeconds;
        Wait.Until(() => run.Counter("d_test", "written") == Events, () => $"{run.Counter("d_test", "written")} events are counted as shipped");

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Events} events in {Stopwatch.GetElapsedTime(started).TotalSeconds:n1} s, {sink.Twice} twice; {before} before the stop; read into the buffer after {buffered:n1} s; {(Events - before) / shipping:n0} a second from the buffer"));
        Assert.Equal(0, sink.Strange);
        Assert.Equal(0, run.Counter("d_test", "dropped"));
        Assert.Equal(0, run.Counter("d_test", "queued"));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(422)]
    [InlineData(410)]
    [InlineData(508)]
    public void What_a_receiver_refuses_is_sent_again(int status)
    {
        const int events = 3000;
        using EventSink sink = new(events) { Status = status };
        using SyslogNgRun run = Start(sink);

        Write(0, events);
        Wait.Until(() => sink.Refused > 1, () => $"nothing was refused twice. {run.Said}");
        Assert.Equal(0, sink.Distinct);

        sink.Status = 200;
        Wait.Until(() => sink.Distinct == events, () => $"{sink.Distinct} of {events} events came. {run.Said}");
        Assert.Equal(0, run.Counter("d_test", "dropped"));
    }

    [Fact]
    public void Logs_that_rotate_while_the_receiver_is_away_are_whole_and_lines_that_are_no_JSON_stay()
    {
        const int events = 20_000;
        using EventSink sink = new(events);
        sink.Stop();
        using SyslogNgRun run = Start(sink);

        _ = _folder.Write("zeek/stdout.log", "processing started\n#separator \\x09\n");
        Write(0, events / 2);
        Wait.Until(() => run.Counter("d_test", "processed") == events / 2, () => $"{run.Counter("d_test", "processed")} events were read. {run.Said}");

        // zeekctl moves a log into a folder of its day; Suricata's is moved aside and opened anew.
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, "2026-11-28"));
        File.Move(Path.Combine(_folder.Path, "zeek", "conn.log"), Path.Combine(_folder.Path, "2026-11-28", "conn.10:00:00-11:00:00.log"));
        File.Move(Path.Combine(_folder.Path, "eve.json"), Path.Combine(_folder.Path, "eve.json.1"));
        Write(events / 2, events);
        Wait.Until(() => run.Counter("d_test", "processed") == events, () => $"{run.Counter("d_test", "processed")} events were read. {run.Said}");

        sink.Start();
        Wait.Until(() => sink.Distinct == events, () => $"{sink.Distinct} of {events} events came. {run.Said}");
        Assert.Equal(0, sink.Strange);
    }

    private SyslogNgRun Start(EventSink sink)
    {
        string buffer = Path.Combine(_folder.Path, "buffer");
        _ = Directory.CreateDirectory(buffer);
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, "zeek"));
        SyslogNgConfig config = SyslogNgConfigs.Make(new SyslogNgWish
        {
            Name = "test",
            Url = sink.Url,
            Sources = [Path.Combine(_folder.Path, "zeek", "*.log"), Path.Combine(_folder.Path, "eve.json")],
            BufferFolder = buffer,
            DiskBufferBytes = 2L << 30,
        }).Value;
        return new SyslogNgRun(_folder.Path, _folder.Write("syslog-ng.conf", config.Text));
    }

    // Half of them to Zeek's folder, half to Suricata's file, as the two write them.
    private void Write(int from, int to)
    {
        StringBuilder conn = new();
        StringBuilder eve = new();
        for (int i = from; i < to; i++)
        {
            if (i % 2 == 0)
            {
                _ = conn.Append(CultureInfo.InvariantCulture, $$"""{"ts":1795860577.123456,"uid":"CwFs1P2UcUdlSxD2La","id.orig_h":"192.0.2.{{i % 250}}","id.orig_p":{{i % 60000}},"id.resp_h":"198.51.100.7","id.resp_p":443,"proto":"tcp","conn_state":"SF","orig_bytes":514,"seq":{{i}}}""").Append('\n');
            }
            else
            {
                _ = eve.Append(CultureInfo.InvariantCulture, $$"""{"timestamp":"2026-11-28T10:09:37.000000+0000","event_type":"flow","src_ip":"192.0.2.{{i % 250}}","dest_ip":"198.51.100.7","proto":"TCP","seq":{{i}},"flow":{"pkts_toserver":3} }""").Append('\n');
            }
        }

        File.AppendAllText(Path.Combine(_folder.Path, "zeek", "conn.log"), conn.ToString());
        File.AppendAllText(Path.Combine(_folder.Path, "eve.json"), eve.ToString());
    }
}
