using ZeptAdmin.Logs;

namespace ZeptAdmin.Tests.Logs;

/// <summary>Logs that are written to, rotated and emptied while they are followed. Nothing here waits: each step is made, then looked at.</summary>
public sealed class FollowTests : IDisposable
{
    private const string Header = "#separator \\x09\n#path\tstats\n#fields\tts\tpeer\tpkts_proc\n";
    private const string OtherHeader = "#separator \\x09\n#path\tstats\n#fields\tpkts_proc\tpeer\tts\n";

    private readonly TemporaryFolder _folder = new();

    private string Log => Path.Combine(_folder.Path, "stats.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Gives_lines_when_they_are_whole()
    {
        _ = _folder.Write("stats.log", Header + Row(1));
        using LogReader<ZeekStatistic> reader = Follow();

        Assert.Equal([1], Packets(reader));
        Append(Row(2) + Row(3)[..5]);
        Assert.Equal([2], Packets(reader));
        Append(Row(3)[5..]);
        Assert.Equal([3], Packets(reader));
        Assert.Equal([], Packets(reader));
        Assert.Empty(reader.TakeWarnings());
    }

    [Fact]
    public void Goes_on_with_the_new_file_after_a_rename_and_loses_nothing_of_the_old_one()
    {
        _ = _folder.Write("stats.log", Header + Row(1));
        using LogReader<ZeekStatistic> reader = Follow();
        Assert.Equal([1], Packets(reader));

        // As logrotate does it: rename, make an empty one, and the program goes on with the old one until it is told.
        string old = Log + ".1";
        Append(Row(2));
        File.Move(Log, old);
        Assert.Equal([2], Packets(reader));
        File.WriteAllText(Log, "");
        File.AppendAllText(old, Row(3));
        Assert.Equal([3], Packets(reader));
        File.AppendAllText(old, Row(4).TrimEnd('\n'));
        File.WriteAllText(Log, OtherHeader + "6\tw\t6.0\n");

        Assert.Equal([4, 6], Packets(reader));
        Append("7\tw\t7.0\n");
        Assert.Equal([7], Packets(reader));
        Assert.Empty(reader.TakeWarnings());
    }

    [Fact]
    public void Goes_on_where_the_file_was_gone_for_a_while_and_where_it_was_emptied()
    {
        _ = _folder.Write("stats.log", Header + Row(1) + Row(2));
        using LogReader<ZeekStatistic> reader = Follow(tail: 1);
        Assert.Equal([2], Packets(reader));

        File.Delete(Log);
        Assert.Equal([], Packets(reader));
        _ = _folder.Write("stats.log", Header + Row(3));
        Assert.Equal([3], Packets(reader));

        // copytruncate: the same file, shorter.
        using (FileStream same = new(Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            same.SetLength(0);
        }

        Assert.Equal([], Packets(reader));
        Append(Row(4));
        Assert.Equal([4], Packets(reader));
        Assert.Empty(reader.TakeWarnings());
    }

    [Fact]
    public void Follows_several_logs_and_starts_at_the_end_of_the_last_rows()
    {
        string other = _folder.Write("other.log", Header + Row(1));
        _ = _folder.Write("stats.log", Header + Row(2));
        using LogReader<ZeekStatistic> reader = ZeekStatistics.Open([new LogFile(other), new LogFile(Log)], new LogQuery { Follow = true });
        Assert.Equal([1, 2], Packets(reader));

        Append(Row(3));
        File.AppendAllText(other, Row(4));
        Assert.Equal([4, 3], Packets(reader));

        using LogReader<ZeekStatistic> late = Follow(tail: 0);
        Assert.Equal([], Packets(late));
        Append(Row(5));
        Assert.Equal([5], Packets(late));
    }

    [Fact]
    public void Tells_changes_across_a_rotation()
    {
        string[] lines = File.ReadAllLines(Repository.Snapshot("logs/eve.json"));
        string eve = _folder.Write("eve.json", lines[3] + "\n");
        using LogReader<SuricataStatistic> reader = SuricataStatistics.Open([new LogFile(eve)], new LogQuery { Follow = true, IncludesWorker = name => name == "Total" });
        Assert.Null(Assert.Single(Reading.Now(reader)).KernelDropsDelta);

        File.Move(eve, eve + ".1");
        File.WriteAllText(eve, lines[7] + "\n");

        Assert.Equal(700, Assert.Single(Reading.Now(reader)).KernelDropsDelta);
    }

    [Fact]
    public void Parts_a_loss_by_drops_that_were_written_meanwhile()
    {
        string stats = _folder.Write("stats.log", "");
        string loss = _folder.Write("capture_loss.log", Loss(900));
        LogQuery query = new() { Follow = true };
        using WorkerDropsWindow drops = new(ZeekStatistics.Open([new LogFile(stats)], query));
        using LogReader<ZeekCaptureLoss> reader = ZeekCaptureLosses.Open([new LogFile(loss)], query, drops);
        Assert.Null(Assert.Single(Reading.Now(reader)).LostHerePercent);

        File.AppendAllText(stats, "{\"ts\":1800.0,\"peer\":\"w\",\"pkts_proc\":90,\"pkts_link\":100,\"pkts_dropped\":10}\n");
        File.AppendAllText(loss, Loss(1800));

        Assert.Equal(10, Assert.Single(Reading.Now(reader)).LostHerePercent);

        static string Loss(int time) => $"{{\"ts\":{time}.0,\"ts_delta\":900.0,\"peer\":\"w\",\"gaps\":30,\"acks\":100,\"percent_lost\":30.0}}\n";
    }

    [Fact]
    public void A_block_of_stats_log_is_given_when_nothing_more_is_written()
    {
        string[] blocks = File.ReadAllText(Repository.Snapshot("logs/suricata-stats.log")).Split("Date: ");
        string log = _folder.Write("suricata.log", blocks[0] + "Date: " + blocks[1]);
        using LogReader<SuricataStatistic> reader = SuricataStatistics.Open([new LogFile(log)], new LogQuery { Follow = true });

        Assert.Equal(["Total", "W#01-ens1f0", "W#02-ens1f0"], Reading.Now(reader).Select(row => row.Thread));
        File.AppendAllText(log, "Date: " + blocks[2]);
        Assert.Equal([700L, 700, 0], Reading.Now(reader).Select(row => row.KernelDropsDelta));
    }

    private static string Row(int packets) => $"{packets}.0\tw\t{packets}\n";

    private static long[] Packets(LogReader<ZeekStatistic> reader) => [.. Reading.Now(reader).Select(row => row.PacketsProcessed)];

    private void Append(string text) => File.AppendAllText(Log, text);

    private LogReader<ZeekStatistic> Follow(int? tail = null) => ZeekStatistics.Open([new LogFile(Log)], new LogQuery { Follow = true, Tail = tail });
}
