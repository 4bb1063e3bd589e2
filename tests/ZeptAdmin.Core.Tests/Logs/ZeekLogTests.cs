using System.IO.Compression;
using System.Text;
using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Tests.Logs;

/// <summary>Rows of stats.log and capture_loss.log in all their forms, and what is wrong with them.</summary>
public sealed class ZeekLogTests : IDisposable
{
    private const string Row = """{"ts":1521911780.600725,"peer":"w1","mem":110,"pkts_proc":10,"bytes_recv":1514,"pkts_dropped":5,"pkts_link":20,"pkt_lag":0.25,"events_proc":1}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tells_the_talk_s_numbers_and_that_nothing_of_it_was_lost_here()
    {
        LogFile log = new(Repository.Snapshot("logs/capture_loss.log"));
        using WorkerDropsWindow drops = new(ZeekStatistics.Open(LogFiles.StatisticsBeside([log]), new LogQuery()));

        (ZeekCaptureLoss[] rows, string[] warnings) = Reading.All(ZeekCaptureLosses.Open([log], new LogQuery(), drops));

        Assert.Empty(warnings);
        Assert.Equal([26.32, 35.03, 30.47, 22.50], rows.Select(row => Math.Round(row.PercentLost, 2)));
        Assert.All(rows, row => Assert.Equal((0.0, row.PercentLost), (row.LostHerePercent, row.NeverArrivedPercent)));
        Assert.Equal((38907, 147799, TimeSpan.FromMicroseconds(300_000_054)), (rows[0].Gaps, rows[0].Acks, rows[0].Interval));
    }

    [Fact]
    public void Parts_a_loss_by_what_the_same_worker_dropped_at_the_same_time()
    {
        DateTime noon = new(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc);
        ZeekCaptureLoss loss = new() { Time = noon, Peer = "w1", Interval = TimeSpan.FromMinutes(15), PercentLost = 12, Gaps = 12, Acks = 100 };
        WorkerDrops[] drops =
        [
            Drops("w1", noon.AddMinutes(-10), 1000, 50),
            Drops("w1", noon, 1000, 30),
            Drops("w1", noon.AddMinutes(2), 1000, 20), // its middle is before noon
            Drops("w1", noon.AddMinutes(3), 1000, 999),
            Drops("w1", noon.AddMinutes(-13), 1000, 999), // its middle is before the measurement
            Drops("w2", noon, 1000, 999),
        ];

        ZeekCaptureLoss split = ZeekCaptureLosses.Split(loss, drops);

        Assert.Equal(100.0 / 30, split.LostHerePercent!.Value, 9);
        Assert.Equal(12 - (100.0 / 30), split.NeverArrivedPercent!.Value, 9);
        Assert.Equal((12.0, 0.0), (Here(loss, 990), ZeekCaptureLosses.Split(loss, [Drops("w1", noon, 1000, 990)]).NeverArrivedPercent));
        Assert.Null(ZeekCaptureLosses.Split(loss, [Drops("w2", noon, 1000, 1)]).LostHerePercent);
        Assert.Null(ZeekCaptureLosses.Split(loss, [Drops("w1", noon, null, null)]).LostHerePercent);

        static WorkerDrops Drops(string worker, DateTime to, long? received, long? dropped) =>
            new() { Worker = worker, From = to.AddMinutes(-5), To = to, Received = received, Dropped = dropped };

        static double? Here(ZeekCaptureLoss loss, long dropped) =>
            ZeekCaptureLosses.Split(loss, [Drops(loss.Peer, loss.Time, 1000, dropped)]).LostHerePercent;
    }

    [Theory]
    [InlineData("1521911780.600725", "2018-03-24T17:16:20.6007250Z")]
    [InlineData("1521911780", "2018-03-24T17:16:20.0000000Z")]
    [InlineData("1521911780600", "2018-03-24T17:16:20.6000000Z")]
    [InlineData("1.521911780600725e9", "2018-03-24T17:16:20.6007249Z")]
    [InlineData("2018-03-24T17:16:20.600725Z", "2018-03-24T17:16:20.6007250Z")]
    [InlineData("2018-03-24T17:16:20.600725+0000", "2018-03-24T17:16:20.6007250Z")]
    [InlineData("2018-03-24T19:16:20.600725+02:00", "2018-03-24T17:16:20.6007250Z")]
    [InlineData("2018-03-24T12:46:20-0430", "2018-03-24T17:16:20.0000000Z")]
    [InlineData("2018-02-29T12:46:20Z", null)]
    [InlineData("2018-03-24T25:16:20Z", null)]
    [InlineData("2018-03-24", null)]
    [InlineData("0001-01-01T00:00:00+2359", null)]
    [InlineData("999999999999999999", null)]
    [InlineData("-5", null)]
    [InlineData("", null)]
    [InlineData("12.", null)]
    [InlineData("1521911780.6x", null)]
    public void Reads_the_times_that_Zeek_and_Suricata_write(string text, string? expected)
    {
        bool isTime = LogTime.TryParse(Encoding.UTF8.GetBytes(text), out DateTime time);

        Assert.Equal(expected, isTime ? time.ToString("O") : null);
    }

    [Fact]
    public void Reads_a_row_whatever_the_order_and_the_gaps_of_its_keys()
    {
        string path = _folder.Write(
            "stats.log",
            $$"""
            {{Row}}
            {"peer":"w2","pkts_proc":7,"ts":"2018-03-24T17:16:21Z"}
            { "ts" : 1521911782.5, "new":{"a":[1,{"b":2}]}, "peer":"w\u00653","pkts_proc":1e3,"pkts_dropped":null}
            {"_path":"conn","ts":1521911783.5,"uid":"C1"}
            {"_path":"stats","ts":1521911784.5,"peer":"w4","pkts_proc":9,"pkts_link":0,"pkts_dropped":0}
            {{Row.Replace("w1", "w5", StringComparison.Ordinal)}}
            """);

        (ZeekStatistic[] rows, string[] warnings) = Reading.Statistics(path);

        Assert.Empty(warnings);
        Assert.Equal(["w1", "w2", "we3", "w4", "w5"], rows.Select(row => row.Peer));
        Assert.Equal([10L, 7, 1000, 9, 10], rows.Select(row => row.PacketsProcessed));
        Assert.Equal([5L, null, null, 0, 5], rows.Select(row => row.PacketsDropped));
        Assert.Equal([25.0, null, null, null, 25.0], rows.Select(row => row.DropPercent));
        Assert.Equal(TimeSpan.FromMilliseconds(250), rows[4].PacketLag);
    }

    [Fact]
    public void Tells_the_time_since_the_row_before_of_the_same_peer()
    {
        string path = _folder.Write("stats.log", string.Join('\n', Line(0, "a"), Line(1, "b"), Line(300, "a"), Line(301, "b"), Line(301, "b")));

        (ZeekStatistic[] rows, _) = Reading.Statistics(path);

        Assert.Equal([null, null, 300.0, 300.0, null], rows.Select(row => row.Interval?.TotalSeconds));
    }

    [Fact]
    public void Reads_TSV_with_its_own_separator_and_what_is_unset()
    {
        string path = _folder.Write(
            "stats.log",
            "#separator \\x2c\n#unset_field,NIL\n#path,stats\n#fields,peer,ts,pkts_proc,other,pkts_link,pkts_dropped\n" +
            "a\\x2cb,1521911780.5,5,x,NIL,-\nc,1521911781.5,6,x,100,1\n#close,2018\n");

        (ZeekStatistic[] rows, string[] warnings) = Reading.Statistics(path);

        // A dash is no number where another word says what is unset.
        Assert.Contains("at byte 100 ", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(("c", 6L, 100L, 1.0), (rows.Single().Peer, rows[0].PacketsProcessed, rows[0].PacketsLink, rows[0].DropPercent));
    }

    [Fact]
    public void A_bad_line_costs_that_line_and_one_warning_with_its_place()
    {
        byte[] random = new byte[300];
        new Random(7).NextBytes(random);
        random.AsSpan().Replace((byte)'\n', (byte)0);
        byte[][] lines =
        [
            Encoding.UTF8.GetBytes(Row),
            Encoding.UTF8.GetBytes(Row[..100]),
            Encoding.UTF8.GetBytes(Row[..60] + Row),
            random,
            [.. new byte[10], .. Encoding.UTF8.GetBytes(Row)],
            Encoding.UTF8.GetBytes(Row + "\r"),
            [],
            Encoding.UTF8.GetBytes(Row + "}"),
            Encoding.UTF8.GetBytes(Row.Replace("110", "1\u0001", StringComparison.Ordinal)),
            Encoding.UTF8.GetBytes(Row.Replace(":20,", ":-20,", StringComparison.Ordinal)),
            Encoding.UTF8.GetBytes(Row.Replace(":20,", ":2x,", StringComparison.Ordinal)),
            Encoding.UTF8.GetBytes("""{"ts":1521911780.600725,"peer":"w1"}"""),
            Encoding.UTF8.GetBytes(Row),
        ];
        long[] offsets = [.. Enumerable.Range(0, lines.Length).Select(i => lines.Take(i).Sum(line => line.Length + 1L))];
        string path = Write("stats.log", [.. lines.SelectMany(line => (byte[])[.. line, (byte)'\n'])]);

        (ZeekStatistic[] rows, string[] warnings) = Reading.Statistics(path);

        Assert.Equal(3, rows.Length);
        int[] bad = [1, 2, 3, 4, 7, 8, 9, 10, 11];
        Assert.Equal(bad.Length, warnings.Length);
        Assert.All(bad.Zip(warnings), pair => Assert.Contains($"at byte {offsets[pair.First]} ", pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_without_an_end_is_passed_over_in_bounded_memory()
    {
        byte[] endless = new byte[LogText.MostLine + (3 << 20)];
        endless.AsSpan().Fill((byte)'{');
        string path = Write("stats.log", [.. Encoding.UTF8.GetBytes(Row + "\n"), .. endless, .. Encoding.UTF8.GetBytes("\n" + Row)]);

        (ZeekStatistic[] rows, string[] warnings) = Reading.Statistics(path);

        Assert.Equal(2, rows.Length);
        Assert.Contains($"at byte {Row.Length + 1} is longer than 16 MiB", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_lines_past_the_hundredth_are_counted()
    {
        string path = _folder.Write("stats.log", Row + "\n" + string.Concat(Enumerable.Repeat("{]\n", 250)) + Row);

        (ZeekStatistic[] rows, string[] warnings) = Reading.Statistics(path);

        Assert.Equal((2, 101), (rows.Length, warnings.Length));
        Assert.Contains("150 more lines", warnings[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_made_of_a_line_that_is_left_out()
    {
        string stats = _folder.Write("stats.log", string.Concat(Enumerable.Repeat(Row + "\n", 50_000)));
        string eve = _folder.Write("eve.json", string.Concat(Enumerable.Repeat(File.ReadLines(Repository.Snapshot("logs/eve.json")).First() + "\n", 50_000)));
        LogQuery others = new() { IncludesWorker = name => name == "w2" };
        LogQuery later = new() { After = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc) };

        // Buffers and what is learned of the first line; a row alone would be 50,000 times some hundred bytes.
        Assert.InRange(Allocated(() => Assert.Empty(Reading.Statistics(stats, others).Rows)), 0, 1 << 20);
        Assert.InRange(Allocated(() => Assert.Empty(Reading.Statistics(stats, later).Rows)), 0, 1 << 20);
        Assert.InRange(Allocated(() => Assert.Empty(Reading.Suricata(eve).Rows)), 0, 1 << 20);
        Assert.InRange(Allocated(() => Assert.Equal(50_000, Reading.Statistics(stats).Rows.Length)), 5 << 20, long.MaxValue);

        static long Allocated(Action read)
        {
            read();
            long before = GC.GetAllocatedBytesForCurrentThread();
            read();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData("some text\n")]
    [InlineData("#separator \\x09\n#path\tconn\n#fields\tts\tuid\n1\t2\n")]
    public void Another_file_is_refused(string text)
    {
        string path = _folder.Write("stats.log", string.Concat(Enumerable.Repeat(text, 30)));

        Assert.Equal(path, Assert.Throws<KernelFormatException>(() => Reading.Statistics(path)).SourceName);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_does_not_hide_the_next_one()
    {
        string good = _folder.Write("stats.log", Row);
        using LogReader<ZeekStatistic> reader = ZeekStatistics.Open([new LogFile(_folder.Path + "/none"), new LogFile(good)], new LogQuery());
        List<ZeekStatistic> rows = [];

        Assert.Equal(Errno.ENOENT, Assert.Throws<KernelException>(() => reader.Read(rows)).Errno);
        while (reader.Read(rows) != LogState.Ended)
        {
        }

        _ = Assert.Single(rows);
    }

    [Fact]
    public void Reads_gzip_and_tells_where_a_damaged_one_ends()
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => Line(i, $"w{i % 7}{i * 7919 % 1009}") + "\n"));
        byte[] packed = Pack(text);

        (ZeekStatistic[] whole, string[] none) = Reading.Statistics(Write("a.log.gz", packed));
        packed.AsSpan(packed.Length / 2, 64).Clear();
        (ZeekStatistic[] cut, string[] warnings) = Reading.Statistics(Write("b.log.gz", packed));

        Assert.Equal((20_000, 0), (whole.Length, none.Length));
        Assert.InRange(cut.Length, 1000, 19_000);
        Assert.NotEmpty(warnings);
    }

    [Fact]
    public void Reads_Zstandard()
    {
        string path = _folder.Write("stats.log", Row + "\n" + Row);
        _ = ExternalTool.Run("zstd", "-q", path);

        Assert.Equal(2, Reading.Statistics(path + ".zst").Rows.Length);
    }

    [Fact]
    public void Keeps_to_the_time_and_the_workers_that_are_wanted()
    {
        string path = _folder.Write("stats.log", string.Join('\n', Enumerable.Range(0, 100).Select(i => Line(i, $"w{i % 4}"))));
        DateTime start = DateTime.UnixEpoch.AddSeconds(1521911780);

        (ZeekStatistic[] rows, _) = Reading.Statistics(path, new LogQuery { After = start.AddSeconds(10), Before = start.AddSeconds(20), IncludesWorker = name => name is "w1" });

        Assert.Equal([13.0, 17.0], rows.Select(row => (row.Time - start).TotalSeconds));
        Assert.All(rows, row => Assert.Equal(4, row.Interval?.TotalSeconds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    [InlineData(100_000)]
    public void Gives_the_last_rows_of_all_files_together(int tail)
    {
        LogFile[] files =
        [
            new(Write("a.log.gz", Pack(Text(0, 2000)))),
            new(_folder.Write("b.log", Text(2000, 4000))),
            new(_folder.Write("c.log", Text(4000, 6000))),
        ];

        (ZeekStatistic[] rows, _) = Reading.All(ZeekStatistics.Open(files, new LogQuery { Tail = tail }));

        Assert.Equal(Enumerable.Range(0, 6000).TakeLast(tail), rows.Select(row => (int)row.PacketsProcessed));

        static string Text(int from, int to) => string.Concat(Enumerable.Range(from, to - from).Select(i => Line(i, $"w{i % 3}", i) + "\n"));
    }

    [Fact]
    public void The_last_rows_of_a_long_TSV_log_have_its_header_and_what_the_row_before_tells()
    {
        StringBuilder text = new("#separator \\x09\n#path\tstats\n#fields\tts\tpeer\tpkts_proc\n");
        for (int i = 0; i < 100_000; i++)
        {
            _ = text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{1521911780 + i}.000000\tw{i % 5}\t{i}\n");
        }

        (ZeekStatistic[] rows, string[] warnings) = Reading.Statistics(_folder.Write("stats.log", text.ToString()), new LogQuery { Tail = 3 });

        Assert.Empty(warnings);
        Assert.Equal([(99_997L, 5.0), (99_998, 5), (99_999, 5)], rows.Select(row => (row.PacketsProcessed, row.Interval!.Value.TotalSeconds)));
    }

    [Fact]
    public void Sums_up_by_peer_and_time_weighing_by_acknowledgements()
    {
        ZeekCaptureLossSums sums = new(ZeekGrouping.Peer | ZeekGrouping.Time, TimeSpan.FromHours(1));
        DateTime noon = new(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc);
        sums.Add(Loss("b", noon.AddMinutes(10), 10, 100, 4));
        sums.Add(Loss("a", noon.AddMinutes(30), 10, 100, 4));
        sums.Add(Loss("a", noon.AddMinutes(60), 0, 300, 0)); // its middle is before one o'clock
        sums.Add(Loss("a", noon.AddMinutes(90), 5, 10, null));

        ZeekCaptureLossSummary[] all = [.. sums.Finish()];

        Assert.Equal([("a", 2L), ("b", 1), ("a", 1)], all.Select(sum => (sum.Peer!, sum.Rows)));
        Assert.Equal((2.5, 10.0, 1.0, 1.5), (all[0].PercentLost, all[0].MaximumPercentLost, all[0].LostHerePercent, all[0].NeverArrivedPercent));
        Assert.Equal((noon.AddMinutes(15), noon.AddMinutes(60)), (all[0].From, all[0].To));
        Assert.Null(all[2].LostHerePercent);

        static ZeekCaptureLoss Loss(string peer, DateTime time, long gaps, long acks, double? here) =>
            new() { Peer = peer, Time = time, Interval = TimeSpan.FromMinutes(15), Gaps = gaps, Acks = acks, PercentLost = 100.0 * gaps / acks, LostHerePercent = here };
    }

    private static string Line(int second, string peer, int packets = 1) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"ts":{{1521911780 + second}}.0,"peer":"{{peer}}","pkts_proc":{{packets}}}""");

    private static byte[] Pack(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
