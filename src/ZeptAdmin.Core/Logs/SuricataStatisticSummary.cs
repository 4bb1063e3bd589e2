namespace ZeptAdmin.Logs;

/// <summary>What Suricata counted between two instants, summed up; drops before the first event that was read do not count.</summary>
public sealed record SuricataStatisticSummary
{
    /// <summary>The thread; null for all together.</summary>
    public string? Thread { get; internal init; }

    /// <summary>Interface that the thread captures from, as far as its name tells.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Start of the time that was counted (UTC).</summary>
    public DateTime From { get; internal init; }

    /// <summary>End of it (UTC).</summary>
    public DateTime To { get; internal init; }

    /// <summary>Number of events.</summary>
    public long Rows { get; internal init; }

    /// <summary>How often Suricata was started anew.</summary>
    public int Restarts { get; internal init; }

    /// <summary>Packets that came to the sockets, with the dropped ones; null when no event says.</summary>
    public long? KernelPackets { get; internal init; }

    /// <summary>Packets that the kernel dropped at the sockets; null when no event says.</summary>
    public long? KernelDrops { get; internal init; }

    /// <summary>KernelDrops in percent of KernelPackets; null when it is not known.</summary>
    public double? DropPercent { get; internal init; }

    /// <summary>The worst interval's; null when no event says.</summary>
    public double? MaximumDropPercent { get; internal init; }

    /// <summary>When that was (UTC); null when no event says.</summary>
    public DateTime? MaximumTime { get; internal init; }
}

/// <summary>Sums up figures of Suricata.</summary>
/// <param name="by">By what.</param>
/// <param name="every">Length of a span of time.</param>
public sealed class SuricataStatisticSums(SuricataGrouping by, TimeSpan every)
{
    private readonly bool _byThread = by.HasFlag(SuricataGrouping.Thread);
    private readonly LogGroups<Sum> _totals = new(by.HasFlag(SuricataGrouping.Thread), by.HasFlag(SuricataGrouping.Time) ? every : null);
    private readonly LogGroups<Sum> _threads = new(by.HasFlag(SuricataGrouping.Thread), by.HasFlag(SuricataGrouping.Time) ? every : null);
    private bool _hasTotals;

    /// <summary>Adds a row.</summary>
    public void Add(SuricataStatistic row)
    {
        // Totals and threads count the same packets.
        bool isTotal = row.Thread == SuricataReading.Total;
        _hasTotals |= isTotal;
        (isTotal || _byThread ? _totals : _threads).Of(row.Time, row.Interval, row.Thread).Add(row);
    }

    /// <summary>The sums, by time and thread.</summary>
    public IEnumerable<SuricataStatisticSummary> Finish() => (_hasTotals || _byThread ? _totals : _threads).All.Select(group => group.Sum.Finish(group.Worker));

    private sealed class Sum
    {
        private LogSpan _span;
        private int _restarts;
        private long? _packets;
        private long? _drops;
        private double? _maximum;
        private DateTime? _maximumTime;

        public void Add(SuricataStatistic row)
        {
            _span.Add(row.Time, row.Interval);
            _restarts += row.IsRestarted ? 1 : 0;
            _packets = row.KernelPacketsDelta is long packets ? (_packets ?? 0) + packets : _packets;
            _drops = row.KernelDropsDelta is long drops ? (_drops ?? 0) + drops : _drops;
            if (row.DropPercentDelta is double percent && !(percent <= _maximum))
            {
                _maximum = percent;
                _maximumTime = row.Time;
            }
        }

        public SuricataStatisticSummary Finish(string? thread) => new()
        {
            Thread = thread,
            InterfaceName = thread is null ? null : SuricataStatistics.InterfaceOf(thread),
            From = _span.From,
            To = _span.To,
            Rows = _span.Rows,
            Restarts = _restarts,
            KernelPackets = _packets,
            KernelDrops = _drops,
            DropPercent = Percent.Of(_drops, _packets),
            MaximumDropPercent = _maximum,
            MaximumTime = _maximumTime,
        };
    }
}
