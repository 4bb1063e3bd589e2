using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;
using ZeptAdmin.Reports;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Logs;

/// <summary>What of the logs is read once the user has stopped the reading.</summary>
public sealed class DropLogsTests : IDisposable
{
    private static readonly DateTime First = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Last = new(2101, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Sensor _sensor = Sensor.Open(Repository.Snapshot("two-port-i40e"));
    private readonly StoppingTree _tree = new();

    public void Dispose() => _sensor.Dispose();

    [Theory]
    [InlineData("last figures")]
    [InlineData("since")]
    [InlineData("within")]
    public void A_stop_is_heard_before_the_logs_and_in_each_of_them(string what)
    {
        DropLogs whole = Read(what, CancellationToken.None);
        int all = _tree.Reads;
        Assert.Empty(whole.Warnings);
        Assert.Equal(["Suricata", "Zeek"], whole.Workers.Select(worker => worker.Program).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(what != "within", whole.Gaps.Length > 0);

        for (int last = 0; last < all; last++)
        {
            // It comes while a log is opened for the so-many-th time: none is opened any more.
            using CancellationTokenSource stop = _tree.StopAt(last);
            _ = Read(what, stop.Token);
            Assert.Equal(last, _tree.Reads);
        }
    }

    [Fact]
    public void A_stop_is_heard_within_a_log()
    {
        const int workers = 2000;
        string header = string.Join('\n', File.ReadLines(Repository.Snapshot("logs/stats.log")).TakeWhile(line => line.StartsWith('#')));
        string row = File.ReadLines(Repository.Snapshot("logs/stats.log")).First(line => !line.StartsWith('#'));
        string[] fields = row.Split('\t');
        IEnumerable<string> rows = Enumerable.Range(0, workers).Select(i => string.Join('\t', [fields[0], string.Create(CultureInfo.InvariantCulture, $"worker-{i}"), .. fields[2..]]));
        _tree.Other = Encoding.UTF8.GetBytes($"{header}\n{string.Join('\n', rows)}\n");
        LogFile log = new(_tree, StoppingTree.OtherPath);
        Assert.Equal(workers, LogWorkerDrops.Last(log, TestContext.Current.CancellationToken).Length);

        // The first time is to see whose log it is.
        using CancellationTokenSource stop = _tree.StopAt(2);
        Assert.InRange(LogWorkerDrops.Last(log, stop.Token).Length, 1, workers - 1);
    }

    [Fact]
    public void Metrics_of_which_figures_of_logs_are_missing_are_not_told()
    {
        using CancellationTokenSource stop = _tree.StopAt(0);

        _ = Assert.Throws<OperationCanceledException>(() => NsmMetrics.Text(_sensor, null, withAudit: false, stop.Token));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 3)]
    public void A_stop_is_heard_between_the_files_whose_last_rows_are_wanted(int stopAt, int read)
    {
        LogFile log = Log("logs/stats.log");
        using CancellationTokenSource stop = _tree.StopAt(stopAt);
        using LogReader<ZeekStatistic> reader = ZeekStatistics.Open([log, log, log], new LogQuery { Tail = 1_000_000 });

        _ = reader.Read([], stop.Token);

        Assert.Equal(read, _tree.Reads);
    }

    private DropLogs Read(string what, CancellationToken stop)
    {
        LogFile[] zeek = [Log("logs/stats.log"), Log("logs/capture_loss.log")];
        LogFile[] suricata = [Log("logs/eve.json"), Log("logs/suricata-stats.log")];
        return what switch
        {
            "since" => DropLogs.Read(_sensor, zeek, suricata, stop, First),
            "within" => DropLogs.Within(_sensor, zeek[..1], suricata, First, Last, stop),
            _ => DropLogs.Read(_sensor, zeek, suricata, stop),
        };
    }

    private LogFile Log(string name) => new(_tree, Repository.Snapshot(name));

    /// <summary>The files of this machine, one of which stops the reading when it is opened.</summary>
    private sealed class StoppingTree : FileTree
    {
        public const string OtherPath = "/other.log";

        private readonly LiveFileTree _files = new();
        private Action _stop = () => { };
        private int _last;

        /// <summary>How often a file was read since the last order to stop.</summary>
        public int Reads { get; private set; }

        /// <summary>What one more file holds.</summary>
        public byte[] Other { get; set; } = [];

        /// <summary>A stop that comes at the so-many-th reading of a file; 0 for one that has come already.</summary>
        public CancellationTokenSource StopAt(int last)
        {
            Reads = 0;
            _last = last;
            CancellationTokenSource stop = new();
            _stop = stop.Cancel;
            Stop();
            return stop;
        }

        public override FileAnswer Read(string path)
        {
            Reads++;
            Stop();
            return path == OtherPath ? new FileAnswer(Other, Errno.None) : _files.Read(path);
        }

        public override IReadOnlyList<string> List(string path) => _files.List(path);

        public override bool Exists(string path) => _files.Exists(path);

        public override string? ReadLink(string path) => _files.ReadLink(path);

        public override string? Resolve(string path) => _files.Resolve(path);

        private void Stop()
        {
            if (Reads == _last)
            {
                _stop();
            }
        }
    }
}
