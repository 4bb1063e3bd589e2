using System.Diagnostics;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;

namespace ZeptAdmin.Benchmarks;

/// <summary>
/// The commands that read logs, in a warm engine, beside jq on the same file in page cache; goal: a tenth of jq's time, on one core.
/// An eve.json with a statistics event in some thousand others; a Zeek stats.log, all rows of it as objects, summed up, and one worker of 32.
/// </summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class LogBenchmark
{
    private const int Megabytes = 64;

    private const string Figures =
        "[.ts,.peer,.mem,.pkts_proc,.bytes_recv,.pkts_dropped,.pkts_link,.pkt_lag,.events_proc,.events_queued,.active_tcp_conns,.active_udp_conns,.active_icmp_conns,"
        + ".tcp_conns,.udp_conns,.icmp_conns,.timers,.active_timers,.files,.active_files,.dns_requests,.active_dns_requests,"
        + ".reassem_tcp_size,.reassem_file_size,.reassem_frag_size,.reassem_unknown_size]|@tsv";

    private readonly string _eve = Path.Combine(Path.GetTempPath(), $"zeptadmin-benchmark-{Environment.ProcessId}.json");
    private readonly string _stats = Path.Combine(Path.GetTempPath(), $"zeptadmin-benchmark-{Environment.ProcessId}.log");
    private WarmEngine? _engine;

    [GlobalSetup]
    public void Write()
    {
        // One core for both, jq has no more.
        Process.GetCurrentProcess().ProcessorAffinity = 1;
        _engine = new WarmEngine();
        using (StreamWriter eve = new(_eve))
        {
            for (int i = 0; eve.BaseStream.Position < Megabytes << 20; i++)
            {
                eve.WriteLine(i % 5000 == 0 ? StatisticsEvent(i) : Flow(i));
            }
        }

        using StreamWriter stats = new(_stats);
        for (int i = 0; stats.BaseStream.Position < Megabytes << 20; i++)
        {
            stats.WriteLine(Row(i));
        }
    }

    [GlobalCleanup]
    public void Delete()
    {
        _engine?.Dispose();
        File.Delete(_eve);
        File.Delete(_stats);
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("eve.json")]
    public int EveByJq() => Tool.Run("jq", "-c", "select(.event_type==\"stats\")|[.timestamp,.stats.uptime,.stats.capture.kernel_packets,.stats.capture.kernel_drops]", _eve);

    [Benchmark]
    [BenchmarkCategory("eve.json")]
    public int Eve() => _engine!.Run($"Get-SuricataStatistic '{_eve}'");

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("stats.log, all rows")]
    public int RowsByJq() => Tool.Run("jq", "-r", Figures, _stats);

    [Benchmark]
    [BenchmarkCategory("stats.log, all rows")]
    public int Rows() => _engine!.Run($"Get-ZeekStatistic '{_stats}' | Out-Null");

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("stats.log, sums")]
    public int SumsByJq() => Tool.Run("jq", "-n", "reduce inputs as $r ({}; .[$r.peer].dropped += $r.pkts_dropped | .[$r.peer].link += $r.pkts_link)", _stats);

    [Benchmark]
    [BenchmarkCategory("stats.log, sums")]
    public int Sums() => _engine!.Run($"Get-ZeekStatistic '{_stats}' -By Peer");

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("stats.log, one worker")]
    public int WorkerByJq() => Tool.Run("jq", "-r", "select(.peer==\"worker-1-3\")|" + Figures, _stats);

    [Benchmark]
    [BenchmarkCategory("stats.log, one worker")]
    public int Worker() => _engine!.Run($"Get-ZeekStatistic '{_stats}' -Peer worker-1-3");

    private static string Row(int i) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"ts\":{1521911780.600725 + i},\"peer\":\"worker-1-{i % 32}\",\"mem\":{355 + (i % 99)},\"pkts_proc\":{6435396 + i},\"bytes_recv\":{3052171529 + i},\"pkts_dropped\":{i % 1000},"
        + $"\"pkts_link\":{6436396 + i},\"pkt_lag\":{0.000123 * (i % 100)},\"events_proc\":3193319,\"events_queued\":3193323,\"active_tcp_conns\":5818,\"active_udp_conns\":187,"
        + $"\"active_icmp_conns\":1070,\"tcp_conns\":305216,\"udp_conns\":4713,\"icmp_conns\":5363,\"timers\":1697807,\"active_timers\":111566,\"files\":48608,\"active_files\":27,"
        + $"\"dns_requests\":60,\"active_dns_requests\":0,\"reassem_tcp_size\":58562,\"reassem_file_size\":51441,\"reassem_frag_size\":0,\"reassem_unknown_size\":0}}");

    private static string Flow(int i) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"timestamp\":\"2026-11-24T00:{i / 60 % 60:00}:{i % 60:00}.{i % 1000000:000000}+0000\",\"flow_id\":{1770000000000000 + i},\"in_iface\":\"ens1f0\",\"event_type\":\"flow\","
        + $"\"src_ip\":\"10.1.{i % 250}.9\",\"src_port\":{1024 + (i % 60000)},\"dest_ip\":\"192.0.2.4\",\"dest_port\":443,\"proto\":\"TCP\",\"app_proto\":\"tls\",\"flow\":{{\"pkts_toserver\":{i % 99},"
        + $"\"pkts_toclient\":7,\"bytes_toserver\":900,\"bytes_toclient\":8000,\"age\":3,\"state\":\"closed\",\"reason\":\"timeout\",\"alerted\":false}},\"tcp\":{{\"tcp_flags\":\"1b\",\"state\":\"closed\"}}}}");

    private static string StatisticsEvent(int i)
    {
        StringBuilder text = new();
        _ = text.Append(CultureInfo.InvariantCulture, $"{{\"timestamp\":\"2026-11-24T{i / 5000 / 3600 % 24:00}:{i / 5000 / 60 % 60:00}:{i / 5000 % 60:00}.000000+0000\",\"event_type\":\"stats\",\"stats\":{{\"uptime\":{i},");
        Counters(text, i);
        _ = text.Append(",\"threads\":{");
        for (int thread = 1; thread <= 8; thread++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{(thread > 1 ? "," : "")}\"W#{thread:00}-ens1f0\":{{");
            Counters(text, i);
            _ = text.Append('}');
        }

        return text.Append("}}}").ToString();
    }

    private static void Counters(StringBuilder text, int i)
    {
        _ = text.Append(CultureInfo.InvariantCulture, $"\"capture\":{{\"kernel_packets\":{i * 1000L},\"kernel_drops\":{i}}},\"decoder\":{{\"pkts\":{i * 999L},\"event\":{{\"ipv4\":{{");
        for (int counter = 0; counter < 250; counter++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{(counter > 0 ? "," : "")}\"counter_{counter}\":{counter * i % 1000}");
        }

        _ = text.Append("}}}");
    }
}
