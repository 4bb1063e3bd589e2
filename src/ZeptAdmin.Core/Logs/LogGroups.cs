namespace ZeptAdmin.Logs;

/// <summary>Sums by worker and span of time, in the order of time and worker.</summary>
/// <typeparam name="TSum">What is summed up.</typeparam>
/// <param name="byWorker">Whether each worker is a group.</param>
/// <param name="every">Length of a span; null for all time in one.</param>
internal sealed class LogGroups<TSum>(bool byWorker, TimeSpan? every)
    where TSum : class, new()
{
    private readonly Dictionary<(long Span, string Worker), TSum> _sums = [];

    /// <summary>The sum that a row belongs to: that in which the middle of its time lies.</summary>
    public TSum Of(DateTime time, TimeSpan? interval, string worker)
    {
        long middle = Math.Max(0, time.Ticks - ((interval ?? TimeSpan.Zero).Ticks / 2));
        long span = every is TimeSpan length ? middle / length.Ticks : 0;
        (long Span, string Worker) key = (span, byWorker ? worker : "");
        if (!_sums.TryGetValue(key, out TSum? sum))
        {
            _sums[key] = sum = new TSum();
        }

        return sum;
    }

    /// <summary>All sums, with their workers; null where a group has all of them.</summary>
    public IEnumerable<(string? Worker, TSum Sum)> All =>
        _sums.OrderBy(pair => pair.Key.Span).ThenBy(pair => pair.Key.Worker, StringComparer.Ordinal).Select(pair => (byWorker ? pair.Key.Worker : null, pair.Value));
}

/// <summary>Times that rows of a group cover, and their number.</summary>
internal struct LogSpan
{
    /// <summary>Number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>Start of the first row's time.</summary>
    public DateTime From { get; private set; }

    /// <summary>Time of the last row.</summary>
    public DateTime To { get; private set; }

    /// <summary>Adds a row.</summary>
    public void Add(DateTime time, TimeSpan? interval)
    {
        DateTime from = interval is TimeSpan length && length > TimeSpan.Zero && length < time - DateTime.MinValue ? time - length : time;
        From = Rows == 0 || from < From ? from : From;
        To = Rows == 0 || time > To ? time : To;
        Rows++;
    }
}
