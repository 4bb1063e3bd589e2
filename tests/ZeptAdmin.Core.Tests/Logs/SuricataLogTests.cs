using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using ZeptAdmin.Drops;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Tests.Logs;

/// <summary>Statistics of Suricata: eve.json against a plain reading of the same JSON, stats.log against eve.json.</summary>
public sealed class SuricataLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tells_changes_and_a_new_start()
    {
        (SuricataStatistic[] rows, string[] warnings) = Reading.Suricata(Repository.Snapshot("logs/eve.json"));

        Assert.Empty(warnings);
        SuricataStatistic[] worker = [.. rows.Where(row => row.Thread == "W#01-ens1f0")];
        Assert.Equal((4, "ens1f0"), (worker.Length, worker[0].InterfaceName));
        Assert.Equal([null, 700L, 8000, 0], worker.Select(row => row.KernelDropsDelta));
        Assert.Equal([null, 0.875, 10.0, 0.0], worker.Select(row => row.DropPercentDelta));
        Assert.Equal([false, false, false, true], worker.Select(row => row.IsRestarted));
        Assert.Equal([null, 8.0, 8, 8], worker.Select(row => row.Interval?.TotalSeconds));
        Assert.Equal((9_900_000L, 1290L, 6048L, 402L, 34L), (rows[0].KernelPackets, rows[0].KernelDrops, rows[0].WrongThreadPackets, rows[0].ReassemblyGaps, rows[0].MemcapDrops));
        Assert.Equal(("Total", null), (rows[0].Thread, rows[0].InterfaceName));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 0)]
    public void What_was_written_since_an_instant_is_read_from_the_end_as_far_as_it_goes_back(int since, int events)
    {
        // The bad line at the start would be told of if it were read.
        string alerts = string.Join('\n', Enumerable.Repeat("{\"timestamp\":\"2025-11-24T15:00:00.000000+0000\",\"event_type\":\"alert\",\"payload\":\"" + new string('A', 1000) + "\"}", 2000));
        string stats = string.Join('\n', Enumerable.Range(0, 4).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"timestamp":"2025-11-24T16:00:0{{{i}}}.000000+0000","event_type":"stats","stats":{"uptime":{{{100 + i}}},"threads":{"W#01-zb":{"capture":{"kernel_packets":{{{1000 * i}}},"kernel_drops":0 } } } } }""")));
        LogFile log = new(_folder.Write("eve.json", "{\"timestamp\n" + alerts + "\n" + stats + "\n"));
        DateTime after = new(2025, 11, 24, 16, 0, since, 500, DateTimeKind.Utc);

        (SuricataStatistic[] rows, string[] warnings) = Reading.All(SuricataStatistics.Open([log], new LogQuery { After = after, Tail = 32768 }));

        Assert.Equal([.. Enumerable.Repeat(1000L, events)], rows.Select(row => row.KernelPacketsDelta!.Value));
        Assert.Empty(warnings);
        Assert.NotEmpty(Reading.All(SuricataStatistics.Open([log], new LogQuery { Tail = 32768 })).Warnings);
    }

    [Fact]
    public void Stats_log_tells_the_same_as_eve_json()
    {
        (SuricataStatistic[] text, string[] warnings) = Reading.Suricata(Repository.Snapshot("logs/suricata-stats.log"));
        SuricataStatistic[] json = Reading.Suricata(Repository.Snapshot("logs/eve.json")).Rows[..9];

        Assert.Empty(warnings);
        // The text leaves out what is 0, so that a sum of such counters is not known there.
        Assert.Equal(json.Select(row => row with { Path = "", MemcapDrops = null }), text.Select(row => row with { Path = "", MemcapDrops = null }));
    }

    [Fact]
    public void Counters_have_the_values_and_dotted_names_of_the_JSON()
    {
        string path = Repository.Snapshot("logs/eve.json");

        (SuricataCounter[] counters, _) = Reading.Counters(path);

        Assert.Equal(Expected(File.ReadLines(path)), counters.Select(Text));
        Assert.Contains("2025-11-24T16:00:08.0000000Z Total detect.engines.0.rules_loaded 41234", counters.Select(Text));
    }

    [Fact]
    public void Whatever_changes_from_event_to_event_it_is_read_as_the_plain_reading_has_it()
    {
        // Events whose names, numbers and threads change now and then, so that what was learned of one does not fit the next.
        Gen<string> names = Of("capture", "a", "b.c", "tcp", "x_delta", "x", "1", "ä\"\\");
        Gen<string> numbers = Gen.OneOf(Gen.Int[0, 99].Select(i => i.ToString(CultureInfo.InvariantCulture)), Of("0", "7", "9223372036854775807", "1.5", "-3", "true", "\"t\"", "[1,{\"y\":2}]", "{}"));
        Gen<string> group = Gen.Select(names, numbers).Array[0, 4].Select(pairs =>
            "{" + string.Join(',', pairs.DistinctBy(pair => pair.Item1).Select(pair => $"{JsonSerializer.Serialize(pair.Item1)}:{pair.Item2}")) + "}");
        Gen<string> groups = Gen.Select(names.Where(name => name is not "1"), group).Array[1, 3].Select(pairs =>
            string.Join(',', pairs.DistinctBy(pair => pair.Item1).Select(pair => $"{JsonSerializer.Serialize(pair.Item1)}:{pair.Item2}")));
        Gen<string> stats = Gen.Select(groups, groups, Gen.Int[1, 3], Gen.Bool).Select((totals, thread, threads, hasUptime) =>
            "{" + (hasUptime ? "\"uptime\":7," : "") + totals + ",\"threads\":{" + string.Join(',', Enumerable.Range(1, threads).Select(i => $"\"W#0{i}-e0\":{{{thread}}}")) + "}}");
        stats.Array[1, 3].Select(Gen.Int[0, 1_000_000].Array[1, 12]).Sample(
            (kinds, picks) =>
            {
                string[] lines =
                [
                    .. picks.Select((pick, i) =>
                        $$"""{"timestamp":"2026-11-24T00:00:{{i:00}}.{{pick:000000}}+0000","event_type":"stats","stats":{{kinds[pick % kinds.Length]}}}"""),
                ];
                string path = _folder.Write($"{Guid.NewGuid()}.json", string.Join('\n', lines));
                string[] expected = [.. Expected(lines)];
                string[] read = [.. Reading.Counters(path).Rows.Select(Text)];
                File.Delete(path);
                return expected.SequenceEqual(read);
            },
            iter: 2000);
    }

    [Fact]
    public void Passes_over_other_events_and_tells_lines_that_are_none()
    {
        string[] good = File.ReadAllLines(Repository.Snapshot("logs/eve.json"));
        string[] lines =
        [
            good[3],
            """{"timestamp":"2025-11-24T16:00:09.000000+0000","event_type":"http","http":{"url":"\"stats\"","hostname":"stats"}}""",
            """{"timestamp":"2025-11-24T16:00:09.000000+0000","event_type":"stats_like","x":"stats"}""",
            """{"event_type":"flow","flow":{"pkts""",
            good[7][..1500],
            good[7][..500] + good[7],
            good[7][..^1] + ",\"x\":}",
            "binary \0\u0001\u0002",
            """{"event_type":"flow","a":"\u0000b"}""".Replace("\\u0000", "\0", StringComparison.Ordinal),
            """{"event_type":"stats","stats":{"uptime":1}}""",
            """{"timestamp":"2025-11-24T16:00:16.000000+0000","event_type":"stats","stats":7}""",
            good[7],
        ];
        long[] offsets = [.. Enumerable.Range(0, lines.Length).Select(i => lines.Take(i).Sum(line => Encoding.UTF8.GetByteCount(line) + 1L))];

        (SuricataStatistic[] rows, string[] warnings) = Reading.Suricata(_folder.Write("eve.json", string.Join('\n', lines)));

        Assert.Equal(6, rows.Length);
        Assert.Equal(700, rows.Single(row => row.Thread == "Total" && row.Interval is not null).KernelDropsDelta);
        int[] bad = [3, 4, 5, 6, 7, 8, 9, 10];
        Assert.Equal(bad.Length, warnings.Length);
        Assert.All(bad.Zip(warnings), pair => Assert.Contains($"at byte {offsets[pair.First]} ", pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Reads_what_others_wrote_anew_in_another_order_and_with_spaces()
    {
        string path = _folder.Write(
            "eve.json",
            """
            { "stats" : { "threads" : { "W#01-ens1f0" : { "10" : { "capture" : { "kernel_packets" : 5 } } }, "W#02-enp0s31..f6": {"capture":{"kernel_packets":6}} }, "capture" : { "kernel_packets" : 11 }, "uptime" : 3 }, "event_type" : "stats", "timestamp" : "2026-11-24T00:00:00Z" }
            { "stats" : { "threads" : { "W#01-ens1f0" : { "10" : { "capture" : { "kernel_packets" : 7 } } }, "W#02-enp0s31..f6": {"capture":{"kernel_packets":9}} }, "capture" : { "kernel_packets" : 16 }, "uptime" : 4 }, "event_type" : "stats", "timestamp" : "2026-11-24T00:00:01Z" }
            """);

        (SuricataStatistic[] rows, string[] warnings) = Reading.Suricata(path);

        Assert.Empty(warnings);
        Assert.Equal(
            [("Total", null, 11L, null), ("W#01-ens1f0.10", "ens1f0.10", 5, null), ("W#02-enp0s31..f6", null, 6, null), ("Total", null, 16, 5L), ("W#01-ens1f0.10", "ens1f0.10", 7, 2), ("W#02-enp0s31..f6", null, 9, 3)],
            rows.Select(row => (row.Thread, row.InterfaceName, row.KernelPackets!.Value, row.KernelPacketsDelta)));
    }

    [Fact]
    public void Takes_changes_from_the_log_for_its_first_event_only()
    {
        string path = _folder.Write("eve.json", Line(0, 905344474, 2376742) + "\n" + Line(8, 905344484, 3));

        (SuricataCounter[] rows, _) = Reading.Counters(path);

        Assert.Equal([("capture.kernel_packets", 905344474L, 2376742L), ("capture.kernel_packets", 905344484, 10)], rows.Select(row => (row.Name, row.Value, row.Delta!.Value)));

        static string Line(int second, long packets, long delta) =>
            $"{{\"timestamp\":\"2026-11-24T00:00:{second:00}Z\",\"event_type\":\"stats\",\"stats\":{{\"uptime\":{second},\"capture\":{{\"kernel_packets\":{packets},\"kernel_packets_delta\":{delta}}}}}}}";
    }

    [Fact]
    public void A_line_that_was_lost_does_not_spoil_the_changes()
    {
        string[] lines = File.ReadAllLines(Repository.Snapshot("logs/eve.json"));

        (SuricataStatistic[] rows, _) = Reading.Suricata(_folder.Write("eve.json", lines[3] + "\n" + lines[7][..900] + "\n" + lines[11]));

        Assert.Equal((8700L, 16.0), (rows[^2].KernelDropsDelta, rows[^2].Interval!.Value.TotalSeconds));
    }

    [Fact]
    public void Reads_dates_of_old_stats_logs_in_local_time()
    {
        string path = _folder.Write(
            "stats.log",
            """
            capture.kernel_packets                     | AFPacketeth01             | 1
            --------------------------------------------------------------------------------------
            Date: 3/4/2018 -- 17:16:20 (uptime: 1d, 02h 03m 08s)
            --------------------------------------------------------------------------------------
            Counter                                    | TM Name                   | Value
            --------------------------------------------------------------------------------------
            capture.kernel_packets                     | AFPacketeth01             | 500
            capture.kernel_drops                       | AFPacketeth01             | 5
            capture.kernel_packets                     | AFPacketeth02             | 600
            """);

        (SuricataStatistic[] rows, string[] warnings) = Reading.Suricata(path);

        Assert.Empty(warnings);
        Assert.Equal(new DateTime(2018, 3, 4, 17, 16, 20, DateTimeKind.Local).ToUniversalTime(), rows[0].Time);
        Assert.Equal(new TimeSpan(1, 2, 3, 8), rows[0].Uptime);
        Assert.Equal([("AFPacketeth01", 500L, 5L, 1.0), ("AFPacketeth02", 600, 0, 0)], rows.Select(row => (row.Thread, row.KernelPackets!.Value, row.KernelDrops!.Value, row.DropPercent!.Value)));
    }

    [Fact]
    public void Sums_up_changes_once()
    {
        SuricataStatistic[] rows = Reading.Suricata(Repository.Snapshot("logs/eve.json")).Rows;

        SuricataStatisticSummary all = Assert.Single(Sum(SuricataGrouping.All));
        SuricataStatisticSummary[] threads = Sum(SuricataGrouping.Thread);

        Assert.Equal((null, 479_000L, 8703L, 1, 4L), (all.Thread, all.KernelPackets, all.KernelDrops, all.Restarts, all.Rows));
        Assert.Equal(["Total", "W#01-ens1f0", "W#02-ens1f0"], threads.Select(sum => sum.Thread));
        Assert.Equal((10.0, rows[7].Time), (threads[1].MaximumDropPercent, threads[1].MaximumTime));
        Assert.Equal(479_000, threads[1].KernelPackets + threads[2].KernelPackets);

        SuricataStatisticSummary[] Sum(SuricataGrouping by)
        {
            SuricataStatisticSums sums = new(by, TimeSpan.FromHours(1));
            foreach (SuricataStatistic row in rows)
            {
                sums.Add(row);
            }

            return [.. sums.Finish()];
        }
    }

    [Fact]
    public void The_last_figures_of_each_worker_are_had_without_reading_the_log()
    {
        string[] lines = File.ReadAllLines(Repository.Snapshot("logs/eve.json"));
        string path = Path.Combine(_folder.Path, "eve.json");
        File.WriteAllLines(path, [.. Enumerable.Repeat(lines[0], 30_000), .. lines[..12]]);

        WorkerDrops[] drops = LogWorkerDrops.Last(new LogFile(path));
        WorkerDrops[] zeek = LogWorkerDrops.Last(new LogFile(Repository.Snapshot("logs/zeek-json/stats.log")));

        Assert.Equal([("W#01-ens1f0", "ens1f0", 80_000L, 8000L), ("W#02-ens1f0", "ens1f0", 79_000, 0)], drops.Select(row => (row.Worker, row.InterfaceName!, row.Received!.Value, row.Dropped!.Value)));
        Assert.All(drops, row => Assert.Equal(("Suricata", TimeSpan.FromSeconds(8), path), (row.Program, row.To - row.From, row.Source)));
        Assert.Equal([("Zeek", "worker-1-1", 816_200L, 0L), ("Zeek", "worker-1-2", 816_200, 0)], zeek.Select(row => (row.Program, row.Worker, row.Received!.Value, row.Dropped!.Value)));
    }

    private static Gen<string> Of(params string[] all) => Gen.Int[0, all.Length - 1].Select(i => all[i]);

    private static string Text(SuricataCounter row) => string.Create(CultureInfo.InvariantCulture, $"{row.Time:O} {row.Thread} {row.Name} {row.Value}");

    // The plain reading: the JSON as a document, its numbers with their paths.
    private static IEnumerable<string> Expected(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement all = document.RootElement;
            if (all.GetProperty("event_type").GetString() != "stats")
            {
                continue;
            }

            string time = DateTimeOffset.Parse(all.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture).UtcDateTime.ToString("O");
            JsonElement stats = all.GetProperty("stats");
            foreach (JsonProperty property in stats.EnumerateObject().Where(property => property.Name is not ("threads" or "uptime")))
            {
                foreach (string counter in Flat(property.Value, property.Name))
                {
                    yield return $"{time} Total {counter}";
                }
            }

            foreach (JsonProperty thread in stats.TryGetProperty("threads", out JsonElement threads) ? threads.EnumerateObject().ToArray() : [])
            {
                foreach (string counter in thread.Value.EnumerateObject().SelectMany(property => Flat(property.Value, property.Name)))
                {
                    yield return $"{time} {thread.Name} {counter}";
                }
            }
        }
    }

    private static IEnumerable<string> Flat(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Flat(property.Value, $"{name}.{property.Name}")),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Flat(item, $"{name}.{i}")),
        // What is the change of another counter is no counter.
        JsonValueKind.Number when value.TryGetInt64(out long number) && !name.EndsWith("_delta", StringComparison.Ordinal) => [string.Create(CultureInfo.InvariantCulture, $"{name} {number}")],
        _ => [],
    };
}
