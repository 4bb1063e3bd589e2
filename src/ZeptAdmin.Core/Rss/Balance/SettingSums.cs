using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Sums of one setting by queue.</summary>
internal sealed class SettingSums(RssBalanceSetting setting)
{
    private readonly int _queues = setting.Queues;
    private DistinctCounter?[]? _spare;
    private DistinctCounter? _allSpare;

    public long[] Packets { get; } = new long[setting.Queues];

    public long[] Bytes { get; } = new long[setting.Queues];

    public long[] Flows { get; } = new long[setting.Queues];

    public long[] Fragments { get; } = new long[setting.Queues];

    /// <summary>Packets by entry of the table; those without a hash come by none.</summary>
    public long[] Entries { get; } = new long[setting.Table.Length];

    /// <summary>By group of workers and member: flows whose directions come by two queues to one worker.</summary>
    public long[][] Twice { get; } = Array.ConvertAll(setting.WorkerGroups, group => new long[group.Members.Length]);

    public long Unhashed { get; private set; }

    public long TotalFlows { get; set; }

    public long TwoWayFlows { get; set; }

    public long AsymmetricFlows { get; set; }

    public long PartedFragments { get; private set; }

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

    /// <summary>Counts packets of one direction of a flow.</summary>
    public void Add(in FlowKey key, uint? hash, int queue, ulong packets, ulong bytes)
    {
        Packets[queue] += (long)packets;
        Bytes[queue] += (long)bytes;
        if (hash is uint number)
        {
            Entries[number % (uint)Entries.Length] += (long)packets;
        }
        else
        {
            Unhashed += (long)packets;
        }

        if (key.IsFragment)
        {
            Fragments[queue] += (long)packets;
            if ((key.Shape & (FlowKey.FirstFragment | FlowKey.Ports)) == (FlowKey.FirstFragment | FlowKey.Ports))
            {
                FlowKey whole = key;
                whole.Shape &= unchecked((byte)~FlowKey.FirstFragment);
                PartedFragments += setting.QueueOf(setting.Hash(whole)) != queue ? (long)packets : 0;
            }
        }
    }

    /// <summary>Adds what another one counted.</summary>
    public void Add(SettingSums other)
    {
        for (int i = 0; i < _queues; i++)
        {
            Packets[i] += other.Packets[i];
            Bytes[i] += other.Bytes[i];
            Fragments[i] += other.Fragments[i];
            Flows[i] += other.Flows[i];
            if (other._spare?[i] is DistinctCounter flows)
            {
                _spare ??= new DistinctCounter?[_queues];
                (_spare[i] ??= new DistinctCounter()).Add(flows);
            }
        }

        for (int i = 0; i < Entries.Length; i++)
        {
            Entries[i] += other.Entries[i];
        }

        if (other._allSpare is not null)
        {
            (_allSpare ??= new DistinctCounter()).Add(other._allSpare);
        }

        for (int i = 0; i < Twice.Length; i++)
        {
            for (int member = 0; member < Twice[i].Length; member++)
            {
                Twice[i][member] += other.Twice[i][member];
            }
        }

        TotalFlows += other.TotalFlows;
        TwoWayFlows += other.TwoWayFlows;
        AsymmetricFlows += other.AsymmetricFlows;
        Unhashed += other.Unhashed;
        PartedFragments += other.PartedFragments;
    }
}
