using ZeptAdmin.Drops;

namespace ZeptAdmin.Logs;

/// <summary>Reads Zeek's capture_loss.log.</summary>
public static class ZeekCaptureLosses
{
    /// <summary>Opens logs (TSV or JSON; plain, gzip, Zstandard), which are read in this order.</summary>
    /// <param name="files">The logs.</param>
    /// <param name="query">Which rows are wanted.</param>
    /// <param name="drops">What the workers' sockets dropped, for telling losses apart; null where that is not known.</param>
    public static LogReader<ZeekCaptureLoss> Open(IReadOnlyList<LogFile> files, LogQuery query, WorkerDropsWindow? drops = null) =>
        new(files, query, () => new Kind(query, drops));

    /// <summary>Tells what of a loss was lost at the worker's socket, and what was not there at all.</summary>
    /// <param name="loss">The measurement.</param>
    /// <param name="drops">What the sockets of workers dropped, of any time; those of the same worker and time count.</param>
    /// <returns>The measurement with both parts; as it is when nothing is known about its worker and time.</returns>
    /// <remarks>
    /// A dropped packet is a gap at most, so the part of packets that was dropped is taken off the part of acknowledgements that was for unseen
    /// data. Both are parts of a whole of packets of about the same kind; this is an estimate, and the talk's method (field.md K1, K8).
    /// </remarks>
    public static ZeekCaptureLoss Split(ZeekCaptureLoss loss, IEnumerable<WorkerDrops> drops)
    {
        DateTime from = loss.Time - (loss.Interval ?? TimeSpan.FromMinutes(15));
        long received = 0;
        long dropped = 0;
        foreach (WorkerDrops row in drops)
        {
            // A row belongs to the measurement in which its middle lies.
            if (row.Worker == loss.Peer && row.Received is long some && row.Dropped is long lost)
            {
                DateTime middle = row.From is DateTime start ? start + ((row.To - start) / 2) : row.To;
                if (middle > from && middle <= loss.Time)
                {
                    received += some;
                    dropped += lost;
                }
            }
        }

        if (received == 0)
        {
            return loss;
        }

        double here = Math.Min(loss.PercentLost, 100.0 * dropped / received);
        return loss with { LostHerePercent = here, NeverArrivedPercent = loss.PercentLost - here };
    }

    private sealed class Kind(LogQuery query, WorkerDropsWindow? drops) : ILogKind<ZeekCaptureLoss>
    {
        private readonly ZeekPeers _peers = new();

        public string Name => "a Zeek capture_loss.log";

        public ILogParser<ZeekCaptureLoss> Read(LogFile file) => new Parser(file.Path, query, _peers, drops);

        public bool IsWhole(ZeekCaptureLoss row) => true;
    }

    private sealed class Parser(string path, LogQuery query, ZeekPeers peers, WorkerDropsWindow? drops) : ILogParser<ZeekCaptureLoss>
    {
        private readonly ZeekRow _row = new(path, "capture_loss", query, peers, "gaps!", "acks!", "percent_lost.!", "ts_delta.");

        public LineKind Parse(ReadOnlySpan<byte> line, List<ZeekCaptureLoss> rows)
        {
            LineKind kind = _row.Read(line);
            if (kind == LineKind.Row)
            {
                ZeekCaptureLoss loss = new()
                {
                    Time = _row.When,
                    Peer = _row.Who,
                    Gaps = _row.Count(0) ?? 0,
                    Acks = _row.Count(1) ?? 0,
                    PercentLost = _row.Value(2) ?? 0,
                    Interval = _row.Value(3) is double seconds ? Seconds.Span(seconds) : null,
                    Path = path,
                };
                rows.Add(drops is null ? loss : Split(loss, drops.Around(loss)));
            }

            return kind;
        }

        public void Flush(List<ZeekCaptureLoss> rows)
        {
        }
    }
}
