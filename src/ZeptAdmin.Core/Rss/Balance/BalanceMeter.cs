using System.Security.Cryptography;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Counts packets by flow in one pass, and then reckons what each setting does with them.</summary>
/// <remarks>
/// All packets of one direction of a flow get one hash, so settings are applied to flows at the end and not to packets: several cost hardly more
/// than one. Only packets of flows that no longer fit the table are hashed one by one.
/// </remarks>
public sealed class BalanceMeter : IDisposable
{
    /// <summary>Places of the flow table: 256 MiB when all are in use.</summary>
    public const int MostSlots = 1 << 22;

    private const int Batch = 32;
    private const int SpareFlows = 1024;
    private const int Combinations = 256;

    private readonly RssBalanceSetting[] _settings;
    private readonly int[] _hashedBy;
    private readonly FlowTable _table;
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly long[] _wrapped = new long[Combinations];
    private readonly FlowKey[] _keys = new FlowKey[Batch];
    private readonly ulong[] _mixed = new ulong[Batch];
    private readonly uint[] _lengths = new uint[Batch];
    private readonly SettingSums[] _sums;
    private SpaceSaving? _spare;

    /// <summary>Makes an empty meter.</summary>
    /// <param name="settings">Settings to compare.</param>
    /// <param name="isInner">True takes the innermost IP header instead of what a card sees.</param>
    /// <param name="mostSlots">Places of the flow table, a power of two.</param>
    public BalanceMeter(IReadOnlyList<RssBalanceSetting> settings, bool isInner = false, int mostSlots = MostSlots)
    {
        _settings = [.. settings];
        _hashedBy = [.. _settings.Select(setting => Array.FindIndex(_settings, setting.HashesLike))];
        _sums = [.. _settings.Select(setting => new SettingSums(setting))];
        _table = new FlowTable(mostSlots);
        IsInner = isInner;
    }

    /// <summary>True when the innermost headers are taken.</summary>
    public bool IsInner { get; }

    /// <summary>Packets counted.</summary>
    public long Packets { get; private set; }

    /// <summary>Bytes on the wire of the packets counted.</summary>
    public long Bytes { get; private set; }

    /// <summary>Counts packets of a capture.</summary>
    /// <param name="reader">The capture.</param>
    /// <param name="most">How many to read before the caller is asked again.</param>
    /// <returns>False when the capture is at its end.</returns>
    internal bool Read(CaptureReader reader, int most)
    {
        FlowKey[] keys = _keys;
        ulong[] mixed = _mixed;
        uint[] lengths = _lengths;
        for (int left = most; left > 0; left -= Batch)
        {
            int count = 0;
            while (count < keys.Length && reader.TryRead(out ReadOnlySpan<byte> frame, out uint length, out int linkType))
            {
                Encapsulations seen = PacketView.Read(frame, linkType, IsInner, out keys[count]);
                if (seen != Encapsulations.None)
                {
                    _wrapped[(int)seen]++;
                }
                else if (linkType != PacketView.Ethernet && !PacketView.Knows(linkType))
                {
                    reader.CountUnknown(linkType);
                }

                ulong number = keys[count].Mix(_seed);
                _table.Prefetch(number);
                mixed[count] = number;
                lengths[count] = length;
                count++;
            }

            for (int i = 0; i < count; i++)
            {
                Bytes += lengths[i];
                if (!_table.TryAdd(keys[i], mixed[i], 1, lengths[i]))
                {
                    AddSpare(keys[i], 1, lengths[i]);
                }
            }

            Packets += count;
            if (count < Batch)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Counts packets of one direction of a flow.</summary>
    internal void Add(in FlowKey key, long packets, long bytes)
    {
        Packets += packets;
        Bytes += bytes;
        if (!_table.TryAdd(key, key.Mix(_seed), (ulong)packets, (ulong)bytes))
        {
            AddSpare(key, (ulong)packets, (ulong)bytes);
        }
    }

    /// <summary>What each setting does with the packets counted.</summary>
    /// <param name="paths">Where the packets came from.</param>
    /// <param name="top">How many heavy flows to tell.</param>
    public RssBalance[] Finish(string[] paths, int top)
    {
        SettingSums[] sums = [.. _sums.Select(sum => sum.Copy())];
        foreach (ref readonly FlowEntry entry in _table.Entries)
        {
            if (entry.Packets != 0)
            {
                AddEntry(sums, entry);
            }
        }

        HeavyFlow[] heavy = Heaviest(top);
        return [.. _settings.Select((setting, index) => Tell(setting, sums[index], heavy, paths))];
    }

    /// <summary>Rules that would drop the heaviest flows and ports.</summary>
    /// <param name="interfaceName">Interface of the rules; null when none was named.</param>
    /// <param name="top">How many flows, and how many ports, at most.</param>
    /// <param name="leastShare">Part of the packets that a rule must drop to be told, 0 to 1.</param>
    public NicFlowRuleSuggestion[] Suggest(string? interfaceName, int top, double leastShare)
    {
        PortSums ports = new();
        // By packets and then by key: the order of the table is another in every run.
        PriorityQueue<HeavyFlow, HeavyFlow> heaviest = new(HeavyFlow.LightestFirst);
        foreach (ref readonly FlowEntry entry in _table.Entries)
        {
            if (entry.Packets == 0 || FlowRuleText.TypeOf(entry.Key) is not Nics.FlowRuleType type || entry.Key.IsFragment)
            {
                continue;
            }

            ports.Add(type, entry.Key, entry.Packets, entry.Bytes);
            if (entry.Packets >= leastShare * Packets)
            {
                HeavyFlow flow = new(entry.Key, entry.Packets, entry.Bytes);
                if (heaviest.Count < top)
                {
                    heaviest.Enqueue(flow, flow);
                }
                else
                {
                    _ = heaviest.EnqueueDequeue(flow, flow);
                }
            }
        }

        return
        [
            .. heaviest.UnorderedItems
                .Select(item => item.Element)
                .OrderDescending(HeavyFlow.LightestFirst)
                .Select(flow => FlowRuleText.Suggest(interfaceName, flow.Key, flow.Packets, flow.Bytes, Packets)),
            .. ports.Suggest(interfaceName, top, leastShare, Packets),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();

    private static FlowKey Canonical(in FlowKey key)
    {
        FlowKey reversed = key.Reversed();
        return FlowKey.Compare(key, reversed) <= 0 ? key : reversed;
    }

    // The table is full and this flow is not in it.
    private void AddSpare(in FlowKey key, ulong packets, ulong bytes)
    {
        _spare ??= new SpaceSaving(SpareFlows);
        FlowKey flow = Canonical(key);
        ulong mixed = flow.Mix(_seed);
        if (key.IsIp && !key.IsFragment)
        {
            _spare.Add(flow, packets, bytes);
        }

        Span<uint?> hashes = new uint?[_settings.Length];
        for (int i = 0; i < _settings.Length; i++)
        {
            hashes[i] = _hashedBy[i] == i ? _settings[i].Hash(key) : hashes[_hashedBy[i]];
            int queue = _settings[i].QueueOf(hashes[i]);
            AddPackets(_sums[i], _settings[i], key, hashes[i], queue, packets, bytes);
            if (key.IsIp && !key.IsFragment)
            {
                _sums[i].AddSpareFlow(queue, mixed);
            }
        }
    }

    private void AddEntry(SettingSums[] sums, in FlowEntry entry)
    {
        FlowKey key = entry.Key;
        bool isFlow = key.IsIp && !key.IsFragment;
        FlowKey reversed = key.Reversed();
        int order = FlowKey.Compare(key, reversed);
        bool hasReverse = isFlow && order != 0 && _table.Find(reversed, reversed.Mix(_seed)) is not null;
        Span<uint?> hashes = new uint?[_settings.Length];
        Span<uint?> back = new uint?[_settings.Length];
        for (int i = 0; i < _settings.Length; i++)
        {
            RssBalanceSetting setting = _settings[i];
            SettingSums sum = sums[i];
            hashes[i] = _hashedBy[i] == i ? setting.Hash(key) : hashes[_hashedBy[i]];
            int queue = setting.QueueOf(hashes[i]);
            AddPackets(sum, setting, key, hashes[i], queue, entry.Packets, entry.Bytes);
            if (!isFlow || (hasReverse && order > 0))
            {
                continue;
            }

            sum.TotalFlows++;
            sum.Flows[queue]++;
            if (hasReverse)
            {
                back[i] = _hashedBy[i] == i ? setting.Hash(reversed) : back[_hashedBy[i]];
                int returnQueue = setting.QueueOf(back[i]);
                sum.TwoWayFlows++;
                if (returnQueue != queue)
                {
                    sum.AsymmetricFlows++;
                    sum.Flows[returnQueue]++;
                    AddTwice(sum, setting.WorkerGroups, queue, returnQueue);
                }
            }
        }
    }

    private static void AddTwice(SettingSums sum, RssWorkerGroup[] groups, int queue, int returnQueue)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            int member = groups[i].MemberOfQueue[queue];
            if (member == groups[i].MemberOfQueue[returnQueue])
            {
                sum.Twice[i][member]++;
            }
        }
    }

    private static void AddPackets(SettingSums sum, RssBalanceSetting setting, in FlowKey key, uint? hash, int queue, ulong packets, ulong bytes)
    {
        sum.Packets[queue] += (long)packets;
        sum.Bytes[queue] += (long)bytes;
        if (hash is uint number)
        {
            sum.Entries[number % (uint)sum.Entries.Length] += (long)packets;
        }
        else
        {
            sum.Unhashed += (long)packets;
        }

        if (key.IsFragment)
        {
            sum.Fragments[queue] += (long)packets;
            if ((key.Shape & (FlowKey.FirstFragment | FlowKey.Ports)) == (FlowKey.FirstFragment | FlowKey.Ports))
            {
                FlowKey whole = key;
                whole.Shape &= unchecked((byte)~FlowKey.FirstFragment);
                sum.PartedFragments += setting.QueueOf(setting.Hash(whole)) != queue ? (long)packets : 0;
            }
        }
    }

    private HeavyFlow[] Heaviest(int top)
    {
        PriorityQueue<HeavyFlow, HeavyFlow> heaviest = new(HeavyFlow.LightestFirst);
        void Offer(HeavyFlow flow)
        {
            if (heaviest.Count < top)
            {
                heaviest.Enqueue(flow, flow);
            }
            else if (top > 0)
            {
                _ = heaviest.EnqueueDequeue(flow, flow);
            }
        }

        foreach (ref readonly FlowEntry entry in _table.Entries)
        {
            if (entry.Packets == 0 || !entry.Key.IsIp || entry.Key.IsFragment)
            {
                continue;
            }

            FlowKey reversed = entry.Key.Reversed();
            int order = FlowKey.Compare(entry.Key, reversed);
            FlowEntry? back = order == 0 ? null : _table.Find(reversed, reversed.Mix(_seed));
            if (back is FlowEntry other)
            {
                if (order < 0)
                {
                    Offer(new HeavyFlow(entry.Packets >= other.Packets ? entry.Key : reversed, entry.Packets + other.Packets, entry.Bytes + other.Bytes));
                }
            }
            else
            {
                Offer(new HeavyFlow(entry.Key, entry.Packets, entry.Bytes));
            }
        }

        foreach ((FlowKey key, ulong packets, ulong bytes) in _spare?.Flows ?? [])
        {
            Offer(new HeavyFlow(key, packets, bytes));
        }

        return [.. heaviest.UnorderedItems.Select(item => item.Element).OrderDescending(HeavyFlow.LightestFirst)];
    }

    private RssBalance Tell(RssBalanceSetting setting, SettingSums sum, HeavyFlow[] heavy, string[] paths)
    {
        double mean = (double)Packets / setting.Queues;
        RssQueueLoad[] queues =
        [
            .. Enumerable.Range(0, setting.Queues).Select(queue => new RssQueueLoad
            {
                Queue = queue,
                Packets = sum.Packets[queue],
                Bytes = sum.Bytes[queue],
                Flows = sum.Flows[queue] + sum.SpareFlows(queue),
                Fragments = sum.Fragments[queue],
                Share = Packets == 0 ? 0 : (double)sum.Packets[queue] / Packets,
            }),
        ];
        return new RssBalance
        {
            Path = paths,
            InterfaceName = setting.InterfaceName,
            Key = setting.Key,
            Fields = setting.Fields,
            InputTransform = setting.Transform,
            Queues = setting.Queues,
            TableSize = setting.Table.Length,
            IsInner = IsInner,
            Packets = Packets,
            Bytes = Bytes,
            UnhashedPackets = sum.Unhashed,
            MaxToMean = Packets == 0 ? null : sum.Packets.Max() / mean,
            Flows = sum.TotalFlows + sum.SpareFlows(),
            IsFlowCountExact = _spare is null,
            TwoWayFlows = sum.TwoWayFlows,
            AsymmetricFlows = sum.AsymmetricFlows,
            Fragments = sum.Fragments.Sum(),
            PartedFragments = sum.PartedFragments,
            ByQueue = queues,
            ByWorker = [.. setting.WorkerGroups.SelectMany((group, index) => group.Load(queues, sum.Twice[index], Packets))],
            EntryPackets = sum.Entries,
            EntryQueues = [.. setting.Table],
            HeaviestFlows = [.. heavy.Select(flow => flow.Tell(setting, Packets))],
            Encapsulations = TellWrapped(),
            Notes = setting.Notes,
        };
    }

    private RssEncapsulationShare[] TellWrapped()
    {
        List<RssEncapsulationShare> shares = [];
        foreach (Encapsulations kind in Enum.GetValues<Encapsulations>().Where(kind => kind != Encapsulations.None))
        {
            long packets = 0;
            for (int i = 0; i < _wrapped.Length; i++)
            {
                packets += (i & (int)kind) != 0 ? _wrapped[i] : 0;
            }

            if (packets > 0)
            {
                shares.Add(new RssEncapsulationShare { Kind = kind, Packets = packets, Share = (double)packets / Packets });
            }
        }

        return [.. shares];
    }
}
