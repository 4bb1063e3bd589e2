namespace ZeptAdmin.Rss.Balance;

/// <summary>Sums of one setting by queue.</summary>
internal sealed class SettingSums(RssBalanceSetting setting)
{
    private readonly int _queues = setting.Queues;
    private DistinctCounter?[]? _spare;
    private DistinctCounter? _allSpare;

    public long[] Packets { get; private init; } = new long[setting.Queues];

    public long[] Bytes { get; private init; } = new long[setting.Queues];

    public long[] Flows { get; private init; } = new long[setting.Queues];

    public long[] Fragments { get; private init; } = new long[setting.Queues];

    /// <summary>Packets by entry of the table; those without a hash come by none.</summary>
    public long[] Entries { get; private init; } = new long[setting.Table.Length];

    /// <summary>By group of workers and member: flows whose directions come by two queues to one worker.</summary>
    public long[][] Twice { get; private init; } = Array.ConvertAll(setting.WorkerGroups, group => new long[group.Members.Length]);

    public long Unhashed { get; set; }

    public long TotalFlows { get; set; }

    public long TwoWayFlows { get; set; }

    public long AsymmetricFlows { get; set; }

    public long PartedFragments { get; set; }

    /// <summary>Sees a flow that is not in the table.</summary>
    public void AddSpareFlow(int queue, ulong mixed)
    {
        _spare ??= new DistinctCounter?[_queues];
        (_spare[queue] ??= new DistinctCounter()).Add(mixed);
        (_allSpare ??= new DistinctCounter()).Add(mixed);
    }

    /// <summary>Estimate of the flows that are not in the table.</summary>
    public long SpareFlows() => _allSpare?.Estimate() ?? 0;

    /// <summary>Estimate of those of one queue.</summary>
    public long SpareFlows(int queue) => _spare?[queue]?.Estimate() ?? 0;

    /// <summary>Sums of its own from the same start.</summary>
    public SettingSums Copy() => new(setting)
    {
        Packets = [.. Packets],
        Bytes = [.. Bytes],
        Flows = [.. Flows],
        Fragments = [.. Fragments],
        Entries = [.. Entries],
        Twice = Array.ConvertAll(Twice, each => (long[])each.Clone()),
        Unhashed = Unhashed,
        TotalFlows = TotalFlows,
        TwoWayFlows = TwoWayFlows,
        AsymmetricFlows = AsymmetricFlows,
        PartedFragments = PartedFragments,
        _spare = _spare,
        _allSpare = _allSpare,
    };
}
