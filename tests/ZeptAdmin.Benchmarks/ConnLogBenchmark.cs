using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Benchmarks;

/// <summary>
/// Measure-RssBalance on a conn.log in JSON, in page cache and on one core, beside jq printing the columns that it reads. Goals: 500 MB/s (64 MiB in
/// 134 ms), and a tenth of jq's time.
/// </summary>
public class ConnLogBenchmark
{
    private const int Megabytes = 64;

    private const string Columns =
        "[.\"id.orig_h\",.\"id.orig_p\",.\"id.resp_h\",.\"id.resp_p\",.proto,.orig_pkts,.orig_ip_bytes,.resp_pkts,.resp_ip_bytes]|@tsv";

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"zeptadmin-benchmark-{Environment.ProcessId}-conn.json");
    private readonly RssBalanceSetting[] _settings =
    [
        RssBalanceSetting.Of(
            RssBalanceSetting.ExampleKey, RssFields.SourceAddress | RssFields.DestinationAddress | RssFields.SourcePort | RssFields.DestinationPort, 4, 128),
    ];

    private long _rows;

    [GlobalSetup]
    public void Write()
    {
        // One core for both, jq has no more.
        Process.GetCurrentProcess().ProcessorAffinity = 1;
        using StreamWriter log = new(_path);
        for (; log.BaseStream.Position < Megabytes << 20; _rows++)
        {
            log.WriteLine(Row(_rows));
        }
    }

    [GlobalCleanup]
    public void Delete() => File.Delete(_path);

    [Benchmark]
    public long Balance()
    {
        using BalanceMeter meter = new(_settings);
        using TrafficSource source = TrafficSource.Open(_path);
        while (source.AddTo(meter, 1 << 18))
        {
        }

        long flows = meter.Finish([_path], 10)[0].TwoWayFlows;
        return flows > 0 && !source.Warnings.Any() ? flows : throw new InvalidOperationException("Rows were not understood.");
    }

    [Benchmark(Baseline = true)]
    public int JqPrintsColumns() => Tool.Run("jq", "-r", Columns, _path);

    // A row as Zeek 6 writes it: docs.zeek.org, base/protocols/conn/main.zeek.
    private static string Row(long i) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"ts":{{1700000000 + (i * 0.001):F6}},"uid":"C{{i * 2654435761 % 999999999999999:D15}}","id.orig_h":"10.{{i * 7 % 250}}.{{i % 250}}.{{(i * 13 % 250) + 1}}","id.orig_p":{{1024 + (i * 31 % 60000)}},"id.resp_h":"192.168.{{i * 3 % 250}}.{{(i * 17 % 250) + 1}}","id.resp_p":{{(i % 3 == 0 ? 53 : 443)}},"proto":"{{(i % 3 == 0 ? "udp" : "tcp")}}","service":"{{(i % 3 == 0 ? "dns" : "ssl")}}","duration":{{i % 1000 * 0.0173:F6}},"orig_bytes":{{i % 9000}},"resp_bytes":{{i * 11 % 90000}},"conn_state":"SF","local_orig":true,"local_resp":false,"missed_bytes":0,"history":"ShADadFf","orig_pkts":{{(i % 40) + 1}},"orig_ip_bytes":{{(i % 9000) + 400}},"resp_pkts":{{(i % 60) + 1}},"resp_ip_bytes":{{(i * 11 % 90000) + 500}}}
        """);
}
