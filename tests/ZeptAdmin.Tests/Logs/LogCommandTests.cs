using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.Json;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Tests.Logs;

/// <summary>The commands that read logs, in the real engine; their figures against jq's.</summary>
public sealed class LogCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("zeek-json-stats.json.gz", "zeek-default-stats.log.gz")]
    [InlineData("zeek-json-capture_loss.json.gz", "zeek-default-capture_loss.log.gz")]
    public void Captured_logs_have_the_figures_that_jq_has(string json, string tsv)
    {
        string command = json.Contains("stats", StringComparison.Ordinal) ? "Get-ZeekStatistic" : "Get-ZeekCaptureLoss";
        string path = Repository.Captured("zeek-logs/" + json);
        string plain = _folder.Write("log.json", Unpack(path));

        EngineResult packed = _engine.Run($"{command} $args[0]", path);
        EngineResult text = _engine.Run($"{command} $args[0]", Repository.Captured("zeek-logs/" + tsv));

        Assert.Empty(packed.Errors);
        Assert.Empty(packed.Warnings);
        string[] wanted = [.. ByJq(plain)];
        Assert.NotEmpty(wanted);
        Assert.Equal(wanted, packed.Output.Select(row => Figures(row.BaseObject, "G17")));

        // The text log rounds to six digits after the point.
        Assert.Equal(packed.Output.Select(row => Figures(row.BaseObject, "F4")), text.Output.Select(row => Figures(row.BaseObject, "F4")));
    }

    [Fact]
    public void Counters_of_Suricata_are_those_that_jq_has()
    {
        string path = Repository.Snapshot("logs/eve.json");
        string[] wanted = ExternalTool.Run(
            "jq", "-r",
            """
            select(.event_type == "stats") | .timestamp as $t | .stats as $s
            | (["Total", ($s | del(.threads, .uptime))], ($s.threads | to_entries[] | [.key, .value]))
            | .[0] as $thread | .[1] | paths(numbers) as $p | "\($t[0:19]) \($thread) \($p | map(tostring) | join(".")) \(getpath($p))"
            """,
            path).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        EngineResult result = _engine.Run("Get-SuricataStatistic $args[0] -Counter *", path);

        Assert.Equal(wanted, result.Output.Select(row => Text((SuricataCounter)row.BaseObject)));

        static string Text(SuricataCounter row) => string.Create(CultureInfo.InvariantCulture, $"{row.Time:yyyy-MM-ddTHH:mm:ss} {row.Thread} {row.Name} {row.Value}");
    }

    [Fact]
    public void Tells_the_talk_s_day_from_the_log_and_the_one_beside_it()
    {
        ZeekCaptureLoss[] rows = [.. _engine.Run("Get-ZeekCaptureLoss $args[0]", Repository.Snapshot("logs/capture_loss.log")).Output.Select(row => (ZeekCaptureLoss)row.BaseObject)];

        Assert.Equal(["26.32", "35.03", "30.47", "22.50"], rows.Select(row => row.PercentLost.ToString("F2", CultureInfo.InvariantCulture)));
        Assert.All(rows, row => Assert.Equal(0, row.LostHerePercent));
    }

    [Fact]
    public void Without_a_log_beside_it_a_loss_is_not_parted()
    {
        string path = _folder.Write("capture_loss.log", File.ReadAllText(Repository.Snapshot("logs/capture_loss.log")));

        Assert.Null(((ZeekCaptureLoss)_engine.Run("Get-ZeekCaptureLoss $args[0] -Tail 1", path).Single).LostHerePercent);
        Assert.Equal(0.0, ((ZeekCaptureLoss)_engine.Run("Get-ZeekCaptureLoss $args[0] -Tail 1 -StatisticPath $args[1]", path, Repository.Snapshot("logs/stats.log")).Single).LostHerePercent);
    }

    [Fact]
    public void Rotated_logs_are_read_in_the_order_of_time_whatever_they_are_called()
    {
        string[] lines = File.ReadAllLines(Repository.Snapshot("logs/eve.json"));
        _ = _folder.Write("eve.json", string.Join('\n', lines[8..12]) + "\n");
        _ = _folder.Write("eve.json.1", string.Join('\n', lines[4..8]) + "\n");
        _ = _folder.Write("eve.json.2", string.Join('\n', lines[..4]) + "\n");
        _ = ExternalTool.Run("gzip", _folder.Path + "/eve.json.2");

        EngineResult result = _engine.Run("Get-SuricataStatistic \"$($args[0])/eve.json*\" -Thread Total", _folder.Path);

        Assert.Empty(result.Errors);
        Assert.Equal([null, 700L, 8000], result.Output.Select(row => ((SuricataStatistic)row.BaseObject).KernelDropsDelta));
    }

    [Fact]
    public void What_is_not_there_is_told_and_the_rest_is_read()
    {
        string good = Repository.Snapshot("logs/stats.log");
        string text = _folder.Write("text.log", string.Concat(Enumerable.Repeat("a line of text\n", 30)));

        EngineResult result = _engine.Run("Get-ZeekStatistic $args[0], $args[1], $args[2] -Tail 1", _folder.Path + "/none.log", text, good);

        Assert.Equal(["NotPresent", "UnreadableData"], result.ErrorIds);
        _ = Assert.Single(result.Output);
        Assert.Equal(["NotPresent"], _engine.Run("Get-ZeekStatistic -Snapshot $args[0]", Repository.Snapshot("two-port-i40e")).ErrorIds);
        Assert.Equal(["ParameterArgumentValidationError"], _engine.Run("Get-ZeekStatistic x -By Time -Every 00:00:00").ErrorIds);
    }

    [Fact]
    public void Bad_lines_are_warnings()
    {
        string[] lines = File.ReadAllLines(Repository.Snapshot("logs/zeek-json/stats.log"));
        string path = _folder.Write("stats.log", $"{lines[0]}\n{lines[1][..40]}\n{lines[2]}\n");

        EngineResult result = _engine.Run("Get-ZeekStatistic $args[0] -WarningAction Continue", path);

        Assert.Equal(2, result.Output.Length);
        Assert.Contains($"at byte {lines[0].Length + 1} ", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_has_its_own_logs_at_the_usual_places()
    {
        foreach ((string from, string to) in new[] { ("capture_loss.log", "opt/zeek/logs/current"), ("stats.log", "opt/zeek/logs/current"), ("eve.json", "var/log/suricata") })
        {
            _ = _folder.Write($"{to}/{from}", File.ReadAllText(Repository.Snapshot("logs/" + from)));
        }

        _ = _folder.Write("proc/version", "Linux version 6.12.0");
        _ = _folder.Write("sys/kernel/x", "");

        Assert.Equal(0.0, ((ZeekCaptureLoss)_engine.Run("Get-ZeekCaptureLoss -Snapshot $args[0] -Tail 1", _folder.Path).Single).LostHerePercent);
        Assert.Equal(8, _engine.Run("Get-ZeekStatistic -Snapshot $args[0]", _folder.Path).Output.Length);
        Assert.Equal(12, _engine.Run("Get-SuricataStatistic -Snapshot $args[0]", _folder.Path).Output.Length);
        Assert.Equal(12, _engine.Run("Get-SuricataStatistic /var/*/suricata/eve*.json -Snapshot $args[0]", _folder.Path).Output.Length);
        Assert.Equal(["NotPresent"], _engine.Run("Get-SuricataStatistic /etc/passwd -Snapshot $args[0]", _folder.Path).ErrorIds);
    }

    [Fact]
    public void Waiting_ends_when_it_is_stopped_and_gives_what_was_written_meanwhile()
    {
        string path = _folder.Write("stats.log", "#separator \\x09\n#path\tstats\n#fields\tts\tpeer\tpkts_proc\n1.0\tw\t1\n");

        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using PowerShell shell = PowerShell.Create(runspace);
        using PSDataCollection<PSObject> output = [];
        using BlockingCollection<long> packets = [];
        output.DataAdded += (_, added) => packets.Add(((ZeekStatistic)output[added.Index].BaseObject).PacketsProcessed);
        _ = shell.AddScript("Import-Module $args[0]; Get-ZeekStatistic $args[1] -Wait").AddArgument(Repository.Module).AddArgument(path);

        IAsyncResult run = shell.BeginInvoke<PSObject, PSObject>(null, output);
        Assert.Equal(1, packets.Take(TestContext.Current.CancellationToken));
        File.AppendAllText(path, "2.0\tw\t2\n");
        Assert.Equal(2, packets.Take(TestContext.Current.CancellationToken));
        shell.Stop();

        _ = Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(run));
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
    }

    [Fact]
    public void Rows_survive_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $all = @(Get-ZeekCaptureLoss $args[0]) + @(Get-ZeekStatistic $args[1]) + @(Get-SuricataStatistic $args[2]) + @(Get-SuricataStatistic $args[2] -Counter tcp.*) + @(Get-SuricataStatistic $args[2] -By Thread)
            foreach ($row in $all) {
                $back = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($row)) -as $row.GetType()
                $back -eq $row
            }
            """,
            Repository.Snapshot("logs/capture_loss.log"), Repository.Snapshot("logs/stats.log"), Repository.Snapshot("logs/eve.json"));

        Assert.Empty(result.Errors);
        Assert.All(result.Output, same => Assert.True((bool)same.BaseObject));
    }

    // Names and values of the JSON, in the form of Figures.
    private static IEnumerable<string> ByJq(string path)
    {
        foreach (string line in ExternalTool.Run("jq", "-c", ".", path).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement row = document.RootElement;
            yield return string.Join(' ', Known(row).Select(name => Value(row.GetProperty(name))));
        }

        static string Value(JsonElement value) => value.ValueKind == JsonValueKind.String
            ? DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, out DateTimeOffset time) ? time.UtcDateTime.ToString("O") : value.GetString()!
            : value.TryGetInt64(out long number) ? number.ToString(CultureInfo.InvariantCulture) : value.GetDouble().ToString("G17", CultureInfo.InvariantCulture);

        static string[] Known(JsonElement row) => row.TryGetProperty("gaps", out _)
            ? ["ts", "peer", "gaps", "acks", "percent_lost"]
            :
            [
                "ts", "peer", "mem", "pkts_proc", "bytes_recv", "events_proc", "events_queued", "active_tcp_conns", "active_udp_conns", "active_icmp_conns",
                "tcp_conns", "udp_conns", "icmp_conns", "timers", "active_timers", "files", "active_files", "dns_requests", "active_dns_requests",
                "reassem_tcp_size", "reassem_file_size", "reassem_frag_size", "reassem_unknown_size",
            ];
    }

    private static string Figures(object row, string form) => row switch
    {
        ZeekCaptureLoss loss => string.Join(' ', loss.Time.ToString("O"), loss.Peer, loss.Gaps, loss.Acks, loss.PercentLost.ToString(form, CultureInfo.InvariantCulture)),
        ZeekStatistic s => string.Join(
            ' ', s.Time.ToString("O"), s.Peer, s.MemoryMiB, s.PacketsProcessed, s.BytesReceived, s.EventsProcessed, s.EventsQueued, s.ActiveTcpConnections, s.ActiveUdpConnections,
            s.ActiveIcmpConnections, s.TcpConnections, s.UdpConnections, s.IcmpConnections, s.Timers, s.ActiveTimers, s.Files, s.ActiveFiles, s.DnsRequests, s.ActiveDnsRequests,
            s.TcpReassemblyBytes, s.FileReassemblyBytes, s.FragmentReassemblyBytes, s.UnknownReassemblyBytes),
        _ => throw new ArgumentException("no row", nameof(row)),
    };

    private static string Unpack(string path)
    {
        using System.IO.Compression.GZipStream content = new(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress);
        using StreamReader reader = new(content);
        return reader.ReadToEnd();
    }
}
