using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Logs;

/// <summary>What the logs of Zeek and Suricata say of drops at their sockets, in the form that all of them share.</summary>
public static class LogWorkerDrops
{
    // Rows of the most workers that there may be, and of those before them.
    private const int MostRows = 2048;

    // An hour of a row a second of nine workers, and more.
    private const int MostSummed = 32768;

    /// <summary>The last figures of each worker in a log; quick also where the log is long, since it is read from its end.</summary>
    /// <param name="log">A stats.log of Zeek, or an eve.json or stats.log of Suricata.</param>
    /// <param name="stop">Ends the reading; what was read until then is told.</param>
    /// <returns>One for each worker, in their order; those of Suricata's threads, or of the totals where threads are not logged.</returns>
    /// <exception cref="KernelException">The log cannot be opened.</exception>
    /// <exception cref="KernelFormatException">It is no such log.</exception>
    public static WorkerDrops[] Last(LogFile log, CancellationToken stop = default) => Last(log, IsOfZeek(log, stop), stop);

    private static WorkerDrops[] Last(LogFile log, bool isOfZeek, CancellationToken stop)
    {
        if (isOfZeek)
        {
            return LastOf(ZeekStatistics.Open([log], new LogQuery { Tail = MostRows }), Of, stop);
        }

        WorkerDrops[] threads = LastOf(SuricataStatistics.Open([log], new LogQuery { Tail = 1, IncludesWorker = IsThread }), Of, stop);
        if (threads.Length == 0)
        {
            return LastOf(SuricataStatistics.Open([log], new LogQuery { Tail = 1 }), Of, stop);
        }

        return LastOf(SuricataStatistics.Open([log], new LogQuery { Tail = MostRows, After = threads[0].To, IncludesWorker = IsThread }), Of, stop);
    }

    /// <summary>
    /// All that each worker dropped in a log from an instant on: the rows that end after it, added up; the last row alone where there is none.
    /// </summary>
    /// <param name="log">A stats.log of Zeek, or an eve.json or stats.log of Suricata.</param>
    /// <param name="since">The instant (UTC).</param>
    /// <param name="stop">Ends the reading; what was read until then is told.</param>
    /// <exception cref="KernelException">The log cannot be opened.</exception>
    /// <exception cref="KernelFormatException">It is no such log.</exception>
    public static WorkerDrops[] Since(LogFile log, DateTime since, CancellationToken stop = default)
    {
        bool isOfZeek = IsOfZeek(log, stop);
        WorkerDrops[] rows = RowsSince(log, isOfZeek, since, stop);
        return rows.Length == 0 ? Last(log, isOfZeek, stop) : Sum(rows);
    }

    /// <summary>What each worker counted wholly between two instants: only rows that begin and end there, added up; empty where there is none.</summary>
    /// <param name="log">A stats.log of Zeek, or an eve.json or stats.log of Suricata.</param>
    /// <param name="since">The first instant (UTC).</param>
    /// <param name="until">The second.</param>
    /// <param name="stop">Ends the reading; what was read until then is told.</param>
    /// <exception cref="KernelException">The log cannot be opened.</exception>
    /// <exception cref="KernelFormatException">It is no such log.</exception>
    public static WorkerDrops[] Within(LogFile log, DateTime since, DateTime until, CancellationToken stop = default) =>
        Sum([.. RowsSince(log, IsOfZeek(log, stop), since, stop).Where(row => row.From >= since && row.To <= until)]);

    private static WorkerDrops[] RowsSince(LogFile log, bool isOfZeek, DateTime since, CancellationToken stop)
    {
        LogQuery query = new() { Tail = MostSummed, After = since };
        if (isOfZeek)
        {
            return RowsOf(ZeekStatistics.Open([log], query), Of, stop);
        }

        WorkerDrops[] threads = RowsOf(SuricataStatistics.Open([log], query with { IncludesWorker = IsThread }), OfAfter, stop);
        return threads.Length > 0 ? threads : RowsOf(SuricataStatistics.Open([log], query), OfAfter, stop);

        // The first row of a log counts since the start of the program, which may be long before.
        WorkerDrops? OfAfter(SuricataStatistic row) => row.Interval is null && !(row.Time - row.Uptime >= since) ? null : Of(row);
    }

    private static WorkerDrops[] Sum(WorkerDrops[] rows) =>
        [
            .. rows.GroupBy(row => row.Worker, StringComparer.Ordinal).OrderBy(worker => worker.Key, StringComparer.Ordinal).Select(worker => worker.Last() with
            {
                Received = worker.Any(row => row.Received is null) ? null : worker.Sum(row => row.Received),
                Dropped = worker.Any(row => row.Dropped is null) ? null : worker.Sum(row => row.Dropped),
                From = worker.First().From,
            }),
        ];

    /// <summary>Drops of a row of stats.log; null when it does not tell any (Zeek reads no live traffic).</summary>
    public static WorkerDrops? Of(ZeekStatistic row) => row.PacketsDropped is null && row.PacketsLink is null
        ? null
        : new WorkerDrops
        {
            Program = "Zeek",
            Worker = row.Peer,
            Received = row.PacketsLink,
            Dropped = row.PacketsDropped,
            From = row.Interval is TimeSpan interval ? row.Time - interval : null,
            To = row.Time,
            Source = row.Path,
        };

    /// <summary>Drops of a thread since the event before; since Suricata's start when there is none. Null when it does not tell any.</summary>
    public static WorkerDrops? Of(SuricataStatistic row)
    {
        bool hasDeltas = row.Interval is not null && row.KernelPacketsDelta is not null;
        TimeSpan? counted = hasDeltas ? row.Interval : row.Uptime;
        return row.KernelPackets is null && row.KernelDrops is null
            ? null
            : new WorkerDrops
            {
                Program = "Suricata",
                Worker = row.Thread,
                InterfaceName = row.InterfaceName,
                Received = hasDeltas ? row.KernelPacketsDelta : row.KernelPackets,
                Dropped = hasDeltas ? row.KernelDropsDelta : row.KernelDrops,
                From = counted is TimeSpan time && row.Time - DateTime.MinValue > time ? row.Time - time : null,
                To = row.Time,
                Source = row.Path,
            };
    }

    private static WorkerDrops[] RowsOf<T>(LogReader<T> reader, Func<T, WorkerDrops?> convert, CancellationToken stop)
        where T : class
    {
        using (reader)
        {
            List<T> rows = [];
            while (!stop.IsCancellationRequested && reader.Read(rows, stop) == LogState.More)
            {
            }

            return [.. rows.Select(convert).OfType<WorkerDrops>()];
        }
    }

    private static bool IsThread(string name) => name != SuricataReading.Total;

    private static WorkerDrops[] LastOf<T>(LogReader<T> reader, Func<T, WorkerDrops?> convert, CancellationToken stop)
        where T : class
    {
        SortedDictionary<string, WorkerDrops> last = new(StringComparer.Ordinal);
        foreach (WorkerDrops drops in RowsOf(reader, convert, stop))
        {
            last[drops.Worker] = drops;
        }

        return [.. last.Values];
    }

    // Suricata's lines start with a time stamp, a row of dashes or a date.
    private static bool IsOfZeek(LogFile log, CancellationToken stop)
    {
        using CaptureFile file = log.Open();
        LogText text = new(file.Content);
        ReadOnlySpan<byte> line;
        while (!text.TryReadLine(out line, out _) && !stop.IsCancellationRequested && text.Fill())
        {
        }

        return line.Length == 0 ? text.TryReadRest(out line, out _) && IsOfZeek(line) : IsOfZeek(line);
    }

    private static bool IsOfZeek(ReadOnlySpan<byte> line) => line is [(byte)'#', ..] || (line is [(byte)'{', ..] && line.IndexOf("\"ts\""u8) >= 0);
}
