using System.Runtime.CompilerServices;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>A packet as a part of the flow table counts it.</summary>
internal struct PacketNote
{
    /// <summary>What tells its flow.</summary>
    public FlowKey Key;

    /// <summary>Number of the key.</summary>
    public ulong Mixed;

    /// <summary>Bytes on the wire.</summary>
    public uint Length;
}

/// <summary>One part of the flow table: the directions of flows whose numbers begin alike, and of what did not fit, its sums and its heaviest.</summary>
internal sealed class FlowPart(RssBalanceSetting[] settings, int[] hashedBy, int mostSlots, ulong seed)
{
    /// <summary>How many there are.</summary>
    public const int Number = 1 << NumberBits;

    private const int NumberBits = 3;
    private const int Ahead = 8;

    /// <summary>Exact counts.</summary>
    public FlowTable Table { get; } = new(mostSlots);

    /// <summary>What did not fit the table; null when all did.</summary>
    public SpareFlows? Spare { get; private set; }

    /// <summary>The part of a key, by the upper bits of its number: the lower ones are its place in the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(ulong mixed) => (int)(mixed >> (64 - NumberBits));

    /// <summary>Counts packets of one direction of a flow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in FlowKey key, ulong mixed, ulong packets, ulong bytes)
    {
        if (!Table.TryAdd(key, mixed, packets, bytes))
        {
            AddSpare(key, packets, bytes);
        }
    }

    /// <summary>Counts packets of one direction of a flow that does not fit the table.</summary>
    public void AddSpare(in FlowKey key, ulong packets, ulong bytes)
    {
        Spare ??= new SpareFlows(settings, hashedBy, seed);
        Spare.Add(key, packets, bytes);
    }

    /// <summary>Counts packets, one by one in their order.</summary>
    public void Add(ReadOnlySpan<PacketNote> packets)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            Table.Prefetch(packets[Math.Min(i + Ahead, packets.Length - 1)].Mixed);
            ref readonly PacketNote packet = ref packets[i];
            Add(packet.Key, packet.Mixed, 1, packet.Length);
        }
    }
}

/// <summary>Flows that no longer fit the table: exact sums of their packets, an estimate of their number, and the heaviest of them.</summary>
internal sealed class SpareFlows(RssBalanceSetting[] settings, int[] hashedBy, ulong seed)
{
    private const int Counters = 1024;

    /// <summary>Sums by setting.</summary>
    public SettingSums[] Sums { get; } = Array.ConvertAll(settings, setting => new SettingSums(setting));

    /// <summary>The heaviest, both directions under one key.</summary>
    public SpaceSaving Heaviest { get; } = new(Counters);

    /// <summary>Counts packets of one direction of a flow.</summary>
    public void Add(in FlowKey key, ulong packets, ulong bytes)
    {
        FlowKey reversed = key.Reversed();
        FlowKey flow = FlowKey.Compare(key, reversed) <= 0 ? key : reversed;
        ulong mixed = flow.Mix(seed);
        bool isFlow = key.IsIp && !key.IsFragment;
        if (isFlow)
        {
            Heaviest.Add(flow, packets, bytes);
        }

        Span<uint?> hashes = new uint?[settings.Length];
        for (int i = 0; i < settings.Length; i++)
        {
            hashes[i] = hashedBy[i] == i ? settings[i].Hash(key) : hashes[hashedBy[i]];
            int queue = settings[i].QueueOf(hashes[i]);
            Sums[i].Add(key, hashes[i], queue, packets, bytes);
            if (isFlow)
            {
                Sums[i].AddSpareFlow(queue, mixed);
            }
        }
    }
}
