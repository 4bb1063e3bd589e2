using ZeptAdmin.Drops;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs;

/// <summary>What workers dropped at about the time that is looked at, read along from their stats.log; only that stays in memory.</summary>
/// <param name="statistics">Rows in the order of time.</param>
public sealed class WorkerDropsWindow(LogReader<ZeekStatistic> statistics) : IDisposable
{
    // A row tells of the time before it: stats.log has five minutes a row, unless it was set otherwise.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Behind = TimeSpan.FromHours(1);

    private readonly Dictionary<string, List<WorkerDrops>> _byWorker = new(StringComparer.Ordinal);
    private readonly List<ZeekStatistic> _rows = [];
    private readonly List<string> _problems = [];
    private DateTime _reached = DateTime.MinValue;
    private bool _isEnded;

    /// <summary>Sentences for the user since the last call.</summary>
    public string[] TakeWarnings()
    {
        string[] warnings = [.. _problems, .. statistics.TakeWarnings()];
        _problems.Clear();
        return warnings;
    }

    /// <inheritdoc/>
    public void Dispose() => statistics.Dispose();

    /// <summary>What the worker of a measurement dropped at about its time.</summary>
    internal IEnumerable<WorkerDrops> Around(ZeekCaptureLoss loss)
    {
        while (_reached < loss.Time + Ahead && Advance())
        {
        }

        if (!_byWorker.TryGetValue(loss.Peer, out List<WorkerDrops>? drops))
        {
            return [];
        }

        DateTime oldest = loss.Time - (loss.Interval ?? TimeSpan.Zero) - Behind;
        _ = drops.RemoveAll(row => row.To < oldest);
        return drops;
    }

    // Reads on; false when there is nothing more at the moment.
    private bool Advance()
    {
        _rows.Clear();
        bool hasMore = true;
        try
        {
            LogState state = _isEnded ? LogState.Ended : statistics.Read(_rows);
            _isEnded = state == LogState.Ended;
            hasMore = state == LogState.More;
        }
        catch (Exception e) when (e is KernelException or KernelFormatException)
        {
            _problems.Add(e.Message);
        }

        foreach (ZeekStatistic row in _rows)
        {
            _reached = row.Time > _reached ? row.Time : _reached;
            if (LogWorkerDrops.Of(row) is WorkerDrops drops)
            {
                if (!_byWorker.TryGetValue(row.Peer, out List<WorkerDrops>? all))
                {
                    _byWorker[row.Peer] = all = [];
                }

                all.Add(drops);
            }
        }

        return hasMore;
    }
}
