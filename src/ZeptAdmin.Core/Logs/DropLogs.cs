using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Logs;

/// <summary>What the logs of Zeek and Suricata add to the counters of a machine: the figures of each worker.</summary>
/// <param name="Workers">Drops at their sockets.</param>
/// <param name="Gaps">What Zeek missed in connections.</param>
/// <param name="Warnings">Sentences for the user: logs that cannot be read.</param>
public sealed record DropLogs(WorkerDrops[] Workers, CaptureGap[] Gaps, string[] Warnings)
{
    // Rows of the most workers that there may be.
    private const int MostRows = 2048;

    /// <summary>Reads the logs.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="zeek">stats.log and capture_loss.log of Zeek, told apart by their names; empty for the usual places.</param>
    /// <param name="suricata">eve.json or stats.log of Suricata; empty for the usual places.</param>
    /// <param name="stop">Ends the reading; what was read until then is told.</param>
    /// <param name="since">Instant from which on drops of workers are added up (UTC); null for the last figures.</param>
    public static DropLogs Read(Sensor sensor, IReadOnlyList<LogFile> zeek, IReadOnlyList<LogFile> suricata, CancellationToken stop, DateTime? since = null)
    {
        List<CaptureGap> gaps = [];
        IEnumerable<LogFile> ofZeek = zeek.Count > 0 ? zeek : Usual(sensor, [.. LogFiles.OfZeek(sensor.Files, "stats"), .. LogFiles.OfZeek(sensor.Files, "capture_loss")]);
        (WorkerDrops[] workers, string[] warnings) = Read(sensor, ofZeek, suricata, DropsOf, stop);
        return new DropLogs(workers, [.. gaps], warnings);

        WorkerDrops[] DropsOf(LogFile log)
        {
            if (log.Path[(log.Path.LastIndexOf('/') + 1)..].Contains("capture_loss", StringComparison.Ordinal))
            {
                gaps.AddRange(LastGaps(log, stop));
                return [];
            }

            return since is DateTime first ? LogWorkerDrops.Since(log, first, stop) : LogWorkerDrops.Last(log, stop);
        }
    }

    /// <summary>Reads what each worker counted wholly between two instants.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="zeek">stats.log of Zeek; empty for the usual places.</param>
    /// <param name="suricata">eve.json or stats.log of Suricata; empty for the usual places.</param>
    /// <param name="since">The first instant (UTC).</param>
    /// <param name="until">The second.</param>
    /// <param name="stop">Ends the reading; what was read until then is told.</param>
    public static DropLogs Within(Sensor sensor, IReadOnlyList<LogFile> zeek, IReadOnlyList<LogFile> suricata, DateTime since, DateTime until, CancellationToken stop)
    {
        IEnumerable<LogFile> ofZeek = zeek.Count > 0 ? zeek : Usual(sensor, LogFiles.OfZeek(sensor.Files, "stats"));
        (WorkerDrops[] workers, string[] warnings) = Read(sensor, ofZeek, suricata, log => LogWorkerDrops.Within(log, since, until, stop), stop);
        return new DropLogs(workers, [], warnings);
    }

    private static (WorkerDrops[] Workers, string[] Warnings) Read(
        Sensor sensor, IEnumerable<LogFile> zeek, IReadOnlyList<LogFile> suricata, Func<LogFile, WorkerDrops[]> read, CancellationToken stop)
    {
        List<WorkerDrops> workers = [];
        List<string> warnings = [];
        foreach (LogFile log in zeek.Concat(suricata.Count > 0 ? suricata : Usual(sensor, LogFiles.OfSuricata(sensor.Files))))
        {
            if (stop.IsCancellationRequested)
            {
                break;
            }

            try
            {
                workers.AddRange(read(log));
            }
            catch (Exception e) when (e is KernelException or KernelFormatException)
            {
                warnings.Add(e.Message);
            }
        }

        return ([.. workers], [.. warnings]);
    }

    private static IEnumerable<LogFile> Usual(Sensor sensor, string[] paths) =>
        paths.Select(path => sensor.IsLive ? new LogFile(path) : new LogFile(sensor.Files, path));

    private static SortedDictionary<string, CaptureGap>.ValueCollection LastGaps(LogFile log, CancellationToken stop)
    {
        using LogReader<ZeekCaptureLoss> reader = ZeekCaptureLosses.Open([log], new LogQuery { Tail = MostRows });
        SortedDictionary<string, CaptureGap> last = new(StringComparer.Ordinal);
        List<ZeekCaptureLoss> rows = [];
        while (!stop.IsCancellationRequested && reader.Read(rows, stop) == LogState.More)
        {
        }

        foreach (ZeekCaptureLoss row in rows)
        {
            last[row.Peer] = new CaptureGap(row.Peer, row.Gaps, row.Acks, row.Interval is TimeSpan interval ? row.Time - interval : null, row.Time, row.Path);
        }

        return last.Values;
    }
}
