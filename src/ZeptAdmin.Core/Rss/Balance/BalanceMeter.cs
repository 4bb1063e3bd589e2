using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Counts packets by flow in one pass, and then reckons what each setting does with them.</summary>
/// <remarks>
/// All packets of one direction of a flow get one hash, so settings are applied to flows at the end and not to packets: several cost hardly more
/// than one. Only packets of flows that no longer fit the table are hashed one by one. The table is in parts by the number of the key, each of
/// which is filled in the order of the capture whoever fills it: so several cores come to the very results of one.
/// </remarks>
public sealed class BalanceMeter : IDisposable
{
    /// <summary>Places of the flow table: 256 MiB when all are in use.</summary>
    public const int MostSlots = 1 << 22;

    /// <summary>Parts of the flow table, each of which one core at a time may fill.</summary>
    internal const int Parts = 1 << PartBits;

    /// <summary>Sets of <see cref="Encapsulations"/> that there can be.</summary>
    internal const int Combinations = 256;

    private const int Batch = 32;
    private const int PartBits = 3;

    private readonly RssBalanceSetting[] _settings;
    private readonly int[] _hashedBy;
    private readonly FlowPart[] _parts;
    private readonly ulong _seed;
    private readonly long[] _wrapped = new long[Combinations];
    private readonly FlowKey[] _keys = new FlowKey[Batch];
    private readonly ulong[] _mixed = new ulong[Batch];
    private readonly uint[] _lengths = new uint[Batch];

    /// <summary>Makes an empty meter.</summary>
    /// <param name="settings">Settings to compare.</param>
    /// <param name="isInner">True takes the innermost IP header instead of what a card sees.</param>
    /// <param name="mostSlots">Places of the flow table, a power of two.</param>
    public BalanceMeter(IReadOnlyList<RssBalanceSetting> settings, bool isInner = false, int mostSlots = MostSlots)
        : this(settings, isInner, mostSlots, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)))
    {
    }

    /// <summary>Makes an empty meter with a seed that is known: estimates of flows beyond the table differ a little from seed to seed.</summary>
    internal BalanceMeter(IReadOnlyList<RssBalanceSetting> settings, bool isInner, int mostSlots, ulong seed)
    {
        _settings = [.. settings];
        _hashedBy = [.. _settings.Select(setting => Array.FindIndex(_settings, setting.HashesLike))];
        _seed = seed;
        _parts = new FlowPart[Parts];
        for (int i = 0; i < Parts; i++)
        {
            _parts[i] = new FlowPart(_settings, _hashedBy, Math.Max(4, mostSlots / Parts), seed);
        }

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
                _parts[PartOf(number)].Table.Prefetch(number);
                mixed[count] = number;
                lengths[count] = length;
                count++;
            }

            for (int i = 0; i < count; i++)
            {
                Bytes += lengths[i];
                _parts[PartOf(mixed[i])].Add(keys[i], mixed[i], 1, lengths[i]);
            }

            Packets += count;
            if (count < Batch)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the headers of the packets of a slab and sorts them by part. Any number of threads may do this at a time, a slab each.</summary>
    internal void Sort(SlabNotes slab)
    {
        slab.Clear();
        foreach (ref readonly SlabPacket packet in slab.Piece.Packets)
        {
            Encapsulations seen = PacketView.Read(slab.Piece.FrameOf(packet), packet.LinkType, IsInner, out FlowKey key);
            if (seen != Encapsulations.None)
            {
                slab.Wrapped[(int)seen]++;
                slab.HasWrapped = true;
            }
            else if (packet.LinkType != PacketView.Ethernet && !PacketView.Knows(packet.LinkType))
            {
                slab.CountUnknown(packet.LinkType);
            }

            ulong mixed = key.Mix(_seed);
            slab.Sorted[PartOf(mixed)].Add(key, mixed, packet.Length);
            slab.Bytes += packet.Length;
        }
    }

    /// <summary>Counts the packets of a slab that belong to a part. One thread at a time may do this for a part, slab after slab.</summary>
    internal void AddPart(SlabNotes slab, int part) => _parts[part].Add(slab.Sorted[part].Packets);

    /// <summary>Counts what is counted by slab and not by packet. One thread at a time.</summary>
    internal void AddSums(SlabNotes slab)
    {
        Packets += slab.Piece.Packets.Length;
        Bytes += slab.Bytes;
        for (int i = 0; slab.HasWrapped && i < Combinations; i++)
        {
            _wrapped[i] += slab.Wrapped[i];
        }
    }

    /// <summary>Counts packets of one direction of a flow.</summary>
    internal void Add(in FlowKey key, long packets, long bytes)
    {
        Packets += packets;
        Bytes += bytes;
        ulong mixed = key.Mix(_seed);
        _parts[PartOf(mixed)].Add(key, mixed, (ulong)packets, (ulong)bytes);
    }

    /// <summary>What each setting does with the packets counted.</summary>
    /// <param name="paths">Where the packets came from.</param>
    /// <param name="top">How many heavy flows to tell.</param>
    public RssBalance[] Finish(string[] paths, int top)
    {
        SettingSums[] sums = [.. _settings.Select(setting => new SettingSums(setting))];
        foreach (FlowPart part in _parts)
        {
            for (int i = 0; part.Spare is not null && i < sums.Length; i++)
            {
                sums[i].Add(part.Spare.Sums[i]);
            }

            foreach (ref readonly FlowEntry entry in part.Table.Entries)
            {
                if (entry.Packets != 0)
                {
                    AddEntry(sums, entry);
                }
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
        foreach (FlowPart part in _parts)
        {
            foreach (ref readonly FlowEntry entry in part.Table.Entries)
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
    public void Dispose()
    {
        foreach (FlowPart part in _parts)
        {
            part.Table.Dispose();
        }
    }

    // The upper bits: the lower ones are the place in the table of the part.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PartOf(ulong mixed) => (int)(mixed >> (64 - PartBits));

    private FlowEntry? Find(in FlowKey key)
    {
        ulong mixed = key.Mix(_seed);
        return _parts[PartOf(mixed)].Table.Find(key, mixed);
    }

    private void AddEntry(SettingSums[] sums, in FlowEntry entry)
    {
        FlowKey key = entry.Key;
        bool isFlow = key.IsIp && !key.IsFragment;
        FlowKey reversed = key.Reversed();
        int order = FlowKey.Compare(key, reversed);
        bool hasReverse = isFlow && order != 0 && Find(reversed) is not null;
        Span<uint?> hashes = new uint?[_settings.Length];
        Span<uint?> back = new uint?[_settings.Length];
        for (int i = 0; i < _settings.Length; i++)
        {
            RssBalanceSetting setting = _settings[i];
            SettingSums sum = sums[i];
            hashes[i] = _hashedBy[i] == i ? setting.Hash(key) : hashes[_hashedBy[i]];
            int queue = setting.QueueOf(hashes[i]);
            sum.Add(key, hashes[i], queue, entry.Packets, entry.Bytes);
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

        // What did not fit the table, of all parts: the directions of a flow may be in two, and one of them in the table.
        Dictionary<FlowKey, (ulong Packets, ulong Bytes)> spare = [];
        foreach ((FlowKey key, ulong packets, ulong bytes) in _parts.SelectMany(part => part.Spare?.Heaviest.Flows ?? []))
        {
            (ulong Packets, ulong Bytes) before = spare.GetValueOrDefault(key);
            spare[key] = (before.Packets + packets, before.Bytes + bytes);
        }

        foreach (FlowPart part in _parts)
        {
            foreach (ref readonly FlowEntry entry in part.Table.Entries)
            {
                if (entry.Packets == 0 || !entry.Key.IsIp || entry.Key.IsFragment)
                {
                    continue;
                }

                FlowKey reversed = entry.Key.Reversed();
                int order = FlowKey.Compare(entry.Key, reversed);
                FlowEntry? back = order == 0 ? null : Find(reversed);
                if (back is FlowEntry other)
                {
                    if (order < 0)
                    {
                        Offer(new HeavyFlow(entry.Packets >= other.Packets ? entry.Key : reversed, entry.Packets + other.Packets, entry.Bytes + other.Bytes));
                    }
                }
                else
                {
                    _ = spare.Remove(order <= 0 ? entry.Key : reversed, out (ulong Packets, ulong Bytes) rest);
                    Offer(new HeavyFlow(entry.Key, entry.Packets + rest.Packets, entry.Bytes + rest.Bytes));
                }
            }
        }

        foreach ((FlowKey key, (ulong packets, ulong bytes)) in spare)
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
            IsFlowCountExact = Array.TrueForAll(_parts, part => part.Spare is null),
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
