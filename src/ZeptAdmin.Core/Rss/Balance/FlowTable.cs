using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Packets and bytes of one direction of a flow: one line of the processor's cache.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct FlowEntry
{
    /// <summary>Addresses, protocol, ports.</summary>
    public FlowKey Key;

    /// <summary>Packets; 0 marks a free place.</summary>
    public ulong Packets;

    /// <summary>Bytes on the wire.</summary>
    public ulong Bytes;

    /// <summary>Number of the key, for the place in the table.</summary>
    public ulong Mixed;
}

/// <summary>Exact counts of directions of flows, up to a number of them, in memory that the collector does not see.</summary>
internal sealed unsafe class FlowTable : IDisposable
{
    private const int FirstSlots = 1 << 15;
    private const int Ahead = 24;

    private readonly int _mostSlots;
    private FlowEntry* _entries;
    private int _slots;

    /// <summary>Makes an empty table.</summary>
    /// <param name="mostSlots">Places at most, a power of two; three quarters of them are used. 64 bytes each.</param>
    public FlowTable(int mostSlots)
    {
        _mostSlots = mostSlots;
        _slots = Math.Min(FirstSlots, mostSlots);
        _entries = Allocate(_slots);
    }

    /// <summary>Directions in the table.</summary>
    public int Count { get; private set; }

    /// <summary>The places, free ones among them (<see cref="FlowEntry.Packets"/> is 0).</summary>
    public ReadOnlySpan<FlowEntry> Entries => new(_entries, _slots);

    /// <summary>Bids the processor fetch the place of a key, which will be wanted soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong mixed)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_entries + (mixed & (ulong)(_slots - 1)));
        }
    }

    /// <summary>Adds to a flow; false when it is a new one and the table is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(in FlowKey key, ulong mixed, ulong packets, ulong bytes)
    {
        ulong mask = (ulong)(_slots - 1);
        for (ulong slot = mixed & mask; ; slot = (slot + 1) & mask)
        {
            FlowEntry* entry = _entries + slot;
            if (entry->Mixed == mixed && entry->Packets != 0 && entry->Key.Equals(key))
            {
                entry->Packets += packets;
                entry->Bytes += bytes;
                return true;
            }

            if (entry->Packets == 0)
            {
                return TryInsert(key, mixed, packets, bytes);
            }
        }
    }

    /// <summary>Finds what was counted of a key.</summary>
    public bool TryFind(in FlowKey key, ulong mixed, out ulong packets, out ulong bytes)
    {
        ulong mask = (ulong)(_slots - 1);
        for (ulong slot = mixed & mask; _entries[slot].Packets != 0; slot = (slot + 1) & mask)
        {
            if (_entries[slot].Mixed == mixed && _entries[slot].Key.Equals(key))
            {
                packets = _entries[slot].Packets;
                bytes = _entries[slot].Bytes;
                return true;
            }
        }

        packets = bytes = 0;
        return false;
    }

    /// <summary>Flows that a table with that many places takes at most.</summary>
    public static int MostFlowsOf(int slots) => slots / 4 * 3;

    /// <summary>Adds all flows of another table, which must fit.</summary>
    public void Add(FlowTable other)
    {
        ReadOnlySpan<FlowEntry> entries = other.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            Prefetch(entries[Math.Min(i + Ahead, entries.Length - 1)].Mixed);
            ref readonly FlowEntry entry = ref entries[i];
            if (entry.Packets != 0 && !TryAdd(entry.Key, entry.Mixed, entry.Packets, entry.Bytes))
            {
                throw new InvalidOperationException("The table is full.");
            }
        }
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        Dispose();
        _slots = Math.Min(FirstSlots, _mostSlots);
        _entries = Allocate(_slots);
        Count = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LargeMemory.Free(_entries, SizeOf(_slots));
        _entries = null;
        _slots = 0;
    }

    private static FlowEntry* Allocate(int slots) => (FlowEntry*)LargeMemory.Allocate(SizeOf(slots));

    private static nuint SizeOf(int slots) => (nuint)slots * (nuint)sizeof(FlowEntry);

    private bool TryInsert(in FlowKey key, ulong mixed, ulong packets, ulong bytes)
    {
        if (packets == 0)
        {
            return true;
        }

        if (Count >= MostFlowsOf(_slots))
        {
            if (_slots == _mostSlots)
            {
                return false;
            }

            Grow();
        }

        ulong mask = (ulong)(_slots - 1);
        ulong slot = mixed & mask;
        while (_entries[slot].Packets != 0)
        {
            slot = (slot + 1) & mask;
        }

        _entries[slot] = new FlowEntry { Key = key, Packets = packets, Bytes = bytes, Mixed = mixed };
        Count++;
        return true;
    }

    private void Grow()
    {
        int slots = _slots * 2;
        FlowEntry* entries = Allocate(slots);
        ulong mask = (ulong)(slots - 1);
        for (int i = 0; i < _slots; i++)
        {
            if (_entries[i].Packets != 0)
            {
                ulong slot = _entries[i].Mixed & mask;
                while (entries[slot].Packets != 0)
                {
                    slot = (slot + 1) & mask;
                }

                entries[slot] = _entries[i];
            }
        }

        LargeMemory.Free(_entries, SizeOf(_slots));
        _entries = entries;
        _slots = slots;
    }
}
