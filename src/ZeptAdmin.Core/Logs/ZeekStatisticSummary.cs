namespace ZeptAdmin.Logs;

/// <summary>Rows of stats.log summed up.</summary>
public sealed record ZeekStatisticSummary
{
    /// <summary>The worker; null for all together.</summary>
    public string? Peer { get; internal init; }

    /// <summary>Start of the first row's time, as far as it is known (UTC).</summary>
    public DateTime From { get; internal init; }

    /// <summary>Time of the last row (UTC).</summary>
    public DateTime To { get; internal init; }

    /// <summary>Number of rows.</summary>
    public long Rows { get; internal init; }

    /// <summary>Packets processed.</summary>
    public long PacketsProcessed { get; internal init; }

    /// <summary>Bytes received.</summary>
    public long BytesReceived { get; internal init; }

    /// <summary>Packets that the kernel dropped at the sockets; null when no row says.</summary>
    public long? PacketsDropped { get; internal init; }

    /// <summary>Packets that came to the sockets, with the dropped ones; null when no row says.</summary>
    public long? PacketsLink { get; internal init; }

    /// <summary>PacketsDropped in percent of PacketsLink; null when it is not known.</summary>
    public double? DropPercent { get; internal init; }

    /// <summary>The worst row's; null when no row says.</summary>
    public double? MaximumDropPercent { get; internal init; }

    /// <summary>When that was (UTC); null when no row says.</summary>
    public DateTime? MaximumTime { get; internal init; }

    /// <summary>Most memory that one worker used, in MiB; null when no row says.</summary>
    public long? MaximumMemoryMiB { get; internal init; }

    /// <summary>Longest lag behind the clock; null when no row says.</summary>
    public TimeSpan? MaximumPacketLag { get; internal init; }
}

/// <summary>Sums up rows of stats.log.</summary>
/// <param name="by">By what.</param>
/// <param name="every">Length of a span of time.</param>
public sealed class ZeekStatisticSums(ZeekGrouping by, TimeSpan every)
{
    private readonly LogGroups<Sum> _groups = new(by.HasFlag(ZeekGrouping.Peer), by.HasFlag(ZeekGrouping.Time) ? every : null);

    /// <summary>Adds a row.</summary>
    public void Add(ZeekStatistic row) => _groups.Of(row.Time, row.Interval, row.Peer).Add(row);

    /// <summary>The sums, by time and worker.</summary>
    public IEnumerable<ZeekStatisticSummary> Finish() => _groups.All.Select(group => group.Sum.Finish(group.Worker));

    private sealed class Sum
    {
        private LogSpan _span;
        private long _processed;
        private long _bytes;
        private long? _dropped;
        private long? _link;
        private double? _maximum;
        private DateTime? _maximumTime;
        private long? _memory;
        private TimeSpan? _lag;

        public void Add(ZeekStatistic row)
        {
            _span.Add(row.Time, row.Interval);
            _processed += row.PacketsProcessed;
            _bytes += row.BytesReceived ?? 0;
            _dropped = row.PacketsDropped is long dropped ? (_dropped ?? 0) + dropped : _dropped;
            _link = row.PacketsLink is long link ? (_link ?? 0) + link : _link;
            if (row.DropPercent is double percent && !(percent <= _maximum))
            {
                _maximum = percent;
                _maximumTime = row.Time;
            }

            _memory = row.MemoryMiB <= _memory ? _memory : row.MemoryMiB ?? _memory;
            _lag = row.PacketLag <= _lag ? _lag : row.PacketLag ?? _lag;
        }

        public ZeekStatisticSummary Finish(string? peer) => new()
        {
            Peer = peer,
            From = _span.From,
            To = _span.To,
            Rows = _span.Rows,
            PacketsProcessed = _processed,
            BytesReceived = _bytes,
            PacketsDropped = _dropped,
            PacketsLink = _link,
            DropPercent = Percent.Of(_dropped, _link),
            MaximumDropPercent = _maximum,
            MaximumTime = _maximumTime,
            MaximumMemoryMiB = _memory,
            MaximumPacketLag = _lag,
        };
    }
}
