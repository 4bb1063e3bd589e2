namespace ZeptAdmin.Logs;

/// <summary>Rows of capture_loss.log summed up.</summary>
public sealed record ZeekCaptureLossSummary
{
    /// <summary>The worker; null for all together.</summary>
    public string? Peer { get; internal init; }

    /// <summary>Start of the first measurement (UTC).</summary>
    public DateTime From { get; internal init; }

    /// <summary>End of the last measurement (UTC).</summary>
    public DateTime To { get; internal init; }

    /// <summary>Number of measurements.</summary>
    public long Rows { get; internal init; }

    /// <summary>Acknowledgements of data that was not seen.</summary>
    public long Gaps { get; internal init; }

    /// <summary>All acknowledgements.</summary>
    public long Acks { get; internal init; }

    /// <summary>Gaps in percent of Acks: a busy hour weighs more than a quiet one. 0 when there were none, as Zeek has it.</summary>
    public double PercentLost { get; internal init; }

    /// <summary>The worst measurement.</summary>
    public double MaximumPercentLost { get; internal init; }

    /// <summary>When that was (UTC).</summary>
    public DateTime MaximumTime { get; internal init; }

    /// <summary>Percentage points that drops at the workers' sockets explain; null when a measurement lacks the figure.</summary>
    public double? LostHerePercent { get; internal init; }

    /// <summary>The rest; null when <see cref="LostHerePercent"/> is.</summary>
    public double? NeverArrivedPercent { get; internal init; }
}

/// <summary>Sums up rows of capture_loss.log.</summary>
/// <param name="by">By what.</param>
/// <param name="every">Length of a span of time.</param>
public sealed class ZeekCaptureLossSums(ZeekGrouping by, TimeSpan every)
{
    private readonly LogGroups<Sum> _groups = new(by.HasFlag(ZeekGrouping.Peer), by.HasFlag(ZeekGrouping.Time) ? every : null);

    /// <summary>Adds a row.</summary>
    public void Add(ZeekCaptureLoss row) => _groups.Of(row.Time, row.Interval, row.Peer).Add(row);

    /// <summary>The sums, by time and worker.</summary>
    public IEnumerable<ZeekCaptureLossSummary> Finish() => _groups.All.Select(group => group.Sum.Finish(group.Worker));

    private sealed class Sum
    {
        private LogSpan _span;
        private long _gaps;
        private long _acks;
        private double _gapsHere;
        private bool _isSplit = true;
        private double _maximum = -1;
        private DateTime _maximumTime;

        public void Add(ZeekCaptureLoss row)
        {
            _span.Add(row.Time, row.Interval);
            _gaps += row.Gaps;
            _acks += row.Acks;
            _gapsHere += (row.LostHerePercent ?? 0) * row.Acks / 100;

            // Without an acknowledgement nothing was lost, wherever.
            _isSplit &= row.LostHerePercent is not null || row.Acks == 0;
            if (row.PercentLost > _maximum)
            {
                _maximum = row.PercentLost;
                _maximumTime = row.Time;
            }
        }

        public ZeekCaptureLossSummary Finish(string? peer)
        {
            double lost = _acks > 0 ? 100.0 * _gaps / _acks : 0;
            double? here = _isSplit && _acks > 0 ? Math.Min(lost, 100 * _gapsHere / _acks) : null;
            return new ZeekCaptureLossSummary
            {
                Peer = peer,
                From = _span.From,
                To = _span.To,
                Rows = _span.Rows,
                Gaps = _gaps,
                Acks = _acks,
                PercentLost = lost,
                MaximumPercentLost = Math.Max(0, _maximum),
                MaximumTime = _maximumTime,
                LostHerePercent = here,
                NeverArrivedPercent = lost - here,
            };
        }
    }
}
