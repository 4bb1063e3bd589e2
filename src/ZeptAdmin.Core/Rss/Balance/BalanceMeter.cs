using System.Numerics;
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

    /// <summary>Sets of <see cref="Encapsulations"/> that there can be.</summary>
    internal const int Combinations = 256;

    private const int Batch = 32;

    private readonly RssBalanceSetting[] _settings;
    private readonly int[] _hashedBy;
    private readonly FlowPart[] _parts;
    private readonly int _mostSlots;
    private readonly ulong _seed;
    private readonly long[] _wrapped = new long[Combinations];
    private readonly PacketNote[] _batch = new PacketNote[Batch];

    // By thread and part; those of the first are the tables of the parts.
    private FlowTable[][] _tables;
    private int _firstApart;
    private int _mostFlowsApart;

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
        _mostSlots = Math.Max(4, mostSlots / FlowPart.Number);
        _parts = [.. Enumerable.Range(0, FlowPart.Number).Select(_ => new FlowPart(_settings, _hashedBy, _mostSlots, seed))];
        _tables = [Array.ConvertAll(_parts, part => part.Table)];

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
        CaptureSums sums = new();
        int count = Batch;
        for (int left = most; left > 0 && count == Batch; left -= Batch)
        {
            count = ReadBatch(reader, _tables[0], sums, _batch);
            if (count > 0)
            {
                Join(threads: 1);
            }

            _ = TryAdd(_batch.AsSpan(0, count), _tables[0], _parts);
        }

        Add(sums, reader);
        return count == Batch;
    }

    /// <summary>
    /// Gives each thread tables of its own, all together no larger than the table that they are added to in the end. So much is in any order: a
    /// flow's packets are a sum, and all flows fit.
    /// </summary>
    /// <param name="threads">How many threads.</param>
    /// <param name="isRevocable">True when what they count may be wrong: it can be forgotten again, and what was counted before stays.</param>
    internal void Fork(int threads, bool isRevocable = false)
    {
        Join(threads);
        _firstApart = isRevocable && _parts.Any(part => part.Table.Count > 0) ? 1 : 0;
        int sets = threads + _firstApart;
        int slots = _mostSlots >> BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)sets));
        _mostFlowsApart = FlowTable.MostFlowsOf(slots);
        _tables = [_tables[0], .. Enumerable.Range(1, sets - 1).Select(_ => NewTables(Math.Max(1, slots)))];
    }

    /// <summary>Forgets what the threads counted in tables of their own.</summary>
    internal void Revoke()
    {
        foreach (FlowTable table in _tables.Skip(1).SelectMany(tables => tables))
        {
            table.Dispose();
        }

        _tables = _tables[..1];
        if (_firstApart == 0)
        {
            Array.ForEach(_tables[0], table => table.Clear());
        }
    }

    /// <summary>True when a thread's own tables have room for packets, were each of them a flow, and all of them can be added to the one table.</summary>
    internal bool HasRoom(long packets, int thread) =>
        Array.TrueForAll(TablesOf(thread), table => table.Count + packets <= _mostFlowsApart) && Array.TrueForAll(_tables[0], table => table.Count <= _mostFlowsApart);

    /// <summary>Counts the packets of a stretch in a thread's own tables.</summary>
    /// <returns>False when they had no room for all.</returns>
    internal bool Count(CaptureReader stretch, int thread, CaptureSums sums)
    {
        FlowTable[] tables = TablesOf(thread);
        PacketNote[] batch = new PacketNote[Batch];
        int count = Batch;
        bool fits = true;
        while (count == Batch && fits)
        {
            count = ReadBatch(stretch, tables, sums, batch);
            fits = TryAdd(batch.AsSpan(0, count), tables, parts: null);
        }

        // The first thread's may be the one table, which takes more than its part.
        return fits && HasRoom(0, thread);
    }

    /// <summary>Counts the packets of a slab in a thread's own tables, which have room for them.</summary>
    internal void Count(SlabNotes slab, int thread)
    {
        slab.Clear();
        FlowTable[] tables = TablesOf(thread);
        Span<PacketNote> batch = new PacketNote[Batch];
        for (ReadOnlySpan<SlabPacket> left = slab.Piece.Packets; left.Length > 0;)
        {
            int count = Math.Min(Batch, left.Length);
            for (int i = 0; i < count; i++)
            {
                ReadHeaders(slab, left[i], ref batch[i]);
                tables[FlowPart.Of(batch[i].Mixed)].Prefetch(batch[i].Mixed);
            }

            if (!TryAdd(batch[..count], tables, parts: null))
            {
                throw new InvalidOperationException("The table is full.");
            }

            left = left[count..];
        }
    }

    /// <summary>Adds what the threads counted in tables of their own to the one table.</summary>
    internal void Join(int threads)
    {
        if (_tables.Length > 1)
        {
            _ = Parallel.For(0, FlowPart.Number, new ParallelOptions { MaxDegreeOfParallelism = threads }, JoinPart);
            _tables = _tables[..1];
        }
    }

    /// <summary>Reads the headers of the packets of a slab and sorts them by part. Any number of threads may do this at a time, a slab each.</summary>
    internal void Sort(SlabNotes slab)
    {
        slab.Clear();
        PacketNote note = default;
        foreach (ref readonly SlabPacket packet in slab.Piece.Packets)
        {
            ReadHeaders(slab, packet, ref note);
            slab.Sorted[FlowPart.Of(note.Mixed)].Add(note);
        }
    }

    /// <summary>Counts the packets of a slab that belong to a part. One thread at a time may do this for a part, slab after slab.</summary>
    internal void AddPart(SlabNotes slab, int part) => _parts[part].Add(slab.Sorted[part].Packets);

    /// <summary>Counts what is not counted by flow. One thread at a time.</summary>
    internal void Add(CaptureSums sums, CaptureReader reader)
    {
        Packets += sums.Packets;
        Bytes += sums.Bytes;
        for (int i = 0; sums.HasWrapped && i < Combinations; i++)
        {
            _wrapped[i] += sums.Wrapped[i];
        }

        foreach ((int linkType, long packets) in sums.Unknown)
        {
            reader.CountUnknown(linkType, packets);
        }
    }

    /// <summary>Counts packets of one direction of a flow.</summary>
    internal void Add(in FlowKey key, long packets, long bytes)
    {
        Join(threads: 1);
        Packets += packets;
        Bytes += bytes;
        ulong mixed = key.Mix(_seed);
        _parts[FlowPart.Of(mixed)].Add(key, mixed, (ulong)packets, (ulong)bytes);
    }

    /// <summary>What each setting does with the packets counted.</summary>
    /// <param name="paths">Where the packets came from.</param>
    /// <param name="top">How many heavy flows to tell.</param>
    /// <param name="threads">How many threads reckon; the results are the same.</param>
    public RssBalance[] Finish(string[] paths, int top, int threads = 1)
    {
        // What did not fit the table, of all parts: the directions of a flow may be in two, and one of them in the table.
        Dictionary<FlowKey, (ulong Packets, ulong Bytes)> spare = [];
        foreach ((FlowKey key, ulong packets, ulong bytes) in _parts.SelectMany(part => part.Spare?.Heaviest.Flows ?? []))
        {
            (ulong Packets, ulong Bytes) before = spare.GetValueOrDefault(key);
            spare[key] = (before.Packets + packets, before.Bytes + bytes);
        }

        FlowWalk[] walks = [.. Enumerable.Range(0, threads).Select(_ => new FlowWalk(_settings, _hashedBy, _seed, spare, top))];
        int taken = -1;
        Crew.Run(
            threads,
            member =>
            {
                for (int part = Interlocked.Increment(ref taken); part < FlowPart.Number; part = Interlocked.Increment(ref taken))
                {
                    JoinPart(part);
                    walks[member].Add(_parts[part]);
                }
            },
            fail: () => taken = FlowPart.Number);
        _tables = _tables[..1];
        SettingSums[] sums = walks[0].Sums;
        HeaviestFlows heaviest = walks[0].Heaviest;
        foreach (SettingSums[] others in walks[1..].Select(walk => walk.Sums).Concat(_parts.Select(part => part.Spare?.Sums).OfType<SettingSums[]>()))
        {
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i].Add(others[i]);
            }
        }

        foreach (HeavyFlow flow in walks[1..].SelectMany(walk => walk.Heaviest.InOrder).Concat(spare.Select(pair => new HeavyFlow(pair.Key, pair.Value.Packets, pair.Value.Bytes))))
        {
            heaviest.Offer(flow);
        }

        HeavyFlow[] heavy = [.. heaviest.InOrder];
        return [.. _settings.Select((setting, index) => Tell(setting, sums[index], heavy, paths))];
    }

    /// <summary>Rules that would drop the heaviest flows and ports.</summary>
    /// <param name="interfaceName">Interface of the rules; null when none was named.</param>
    /// <param name="top">How many flows, and how many ports, at most.</param>
    /// <param name="leastShare">Part of the packets that a rule must drop to be told, 0 to 1.</param>
    public NicFlowRuleSuggestion[] Suggest(string? interfaceName, int top, double leastShare)
    {
        Join(threads: 1);
        PortSums ports = new();
        HeaviestFlows heaviest = new(top);
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
                    heaviest.Offer(entry.Key, entry.Packets, entry.Bytes);
                }
            }
        }

        return
        [
            .. heaviest.InOrder.Select(flow => FlowRuleText.Suggest(interfaceName, flow.Key, flow.Packets, flow.Bytes, Packets)),
            .. ports.Suggest(interfaceName, top, leastShare, Packets),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (FlowTable table in _tables.SelectMany(tables => tables))
        {
            table.Dispose();
        }
    }

    private static FlowTable[] NewTables(int slots) => [.. Enumerable.Range(0, FlowPart.Number).Select(_ => new FlowTable(slots))];

    // False when a new flow does not fit its table and there is no other place for it. This and ReadBatch are compiled for themselves: within
    // what calls them the compiler ran out of its measure for what it puts in line, and packets took an eighth longer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryAdd(ReadOnlySpan<PacketNote> batch, FlowTable[] tables, FlowPart[]? parts)
    {
        foreach (ref readonly PacketNote note in batch)
        {
            int part = FlowPart.Of(note.Mixed);
            if (!tables[part].TryAdd(note.Key, note.Mixed, 1, note.Length))
            {
                if (parts is null)
                {
                    return false;
                }

                parts[part].AddSpare(note.Key, 1, note.Length);
            }
        }

        return true;
    }

    private void JoinPart(int part)
    {
        foreach (FlowTable[] apart in _tables.AsSpan(1))
        {
            _parts[part].Table.Add(apart[part]);
            apart[part].Dispose();
        }
    }

    private FlowTable[] TablesOf(int thread) => _tables[_firstApart + thread];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadBatch(CaptureReader reader, FlowTable[] tables, CaptureSums sums, PacketNote[] batch)
    {
        int count = 0;
        for (; count < batch.Length && reader.TryRead(out ReadOnlySpan<byte> frame, out uint length, out int linkType); count++)
        {
            ReadHeaders(frame, linkType, length, sums, ref batch[count]);
            tables[FlowPart.Of(batch[count].Mixed)].Prefetch(batch[count].Mixed);
        }

        return count;
    }

    private void ReadHeaders(SlabNotes slab, in SlabPacket packet, ref PacketNote note) =>
        ReadHeaders(slab.Piece.FrameOf(packet), packet.LinkType, packet.Length, slab.Sums, ref note);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadHeaders(ReadOnlySpan<byte> frame, int linkType, uint length, CaptureSums sums, ref PacketNote note)
    {
        Encapsulations seen = PacketView.Read(frame, linkType, IsInner, out note.Key);
        if (seen != Encapsulations.None)
        {
            sums.AddWrapped(seen);
        }
        else if (linkType != PacketView.Ethernet && !PacketView.Knows(linkType))
        {
            sums.AddUnknown(linkType);
        }

        note.Mixed = note.Key.Mix(_seed);
        note.Length = length;
        sums.Packets++;
        sums.Bytes += length;
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
