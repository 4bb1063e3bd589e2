using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ZeptAdmin.Logs;

/// <summary>Names that come again and again (workers, counters) as one string and a small number each.</summary>
internal sealed class NamePool
{
    // A sensor has some hundred workers and some thousand counters; what has more than this is no log of one, and is not remembered.
    private const int Most = 1 << 16;

    private int[] _slots = new int[256];
    private byte[][] _bytes = new byte[64][];
    private string[] _texts = new string[64];

    /// <summary>Names that are known.</summary>
    public int Count { get; private set; }

    /// <summary>A known name.</summary>
    public string this[int index] => _texts[index];

    /// <summary>Number of a name, which is learned; -1 when there are too many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(ReadOnlySpan<byte> name)
    {
        uint mask = (uint)_slots.Length - 1;
        for (uint slot = Hash(name) & mask; ; slot = (slot + 1) & mask)
        {
            int index = _slots[slot] - 1;
            if (index < 0)
            {
                return Add(name, slot);
            }

            if (name.SequenceEqual(_bytes[index]))
            {
                return index;
            }
        }
    }

    /// <summary>A name as a string.</summary>
    public string Text(ReadOnlySpan<byte> name)
    {
        int index = Find(name);
        return index < 0 ? Encoding.UTF8.GetString(name) : _texts[index];
    }

    // Length, first and last eight bytes: counters differ there or in their middle, which the comparison tells.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ulong hash = (ulong)name.Length * 0x9E3779B97F4A7C15;
        ref byte start = ref MemoryMarshal.GetReference(name);
        if (name.Length >= 8)
        {
            hash ^= Unsafe.ReadUnaligned<ulong>(ref start);
            hash *= 0xFF51AFD7ED558CCD;
            hash ^= hash >> 32;
            hash ^= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, name.Length - 8));
            hash ^= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (name.Length - 8) / 2)) * 0x2545F4914F6CDD1D;
        }
        else
        {
            foreach (byte b in name)
            {
                hash = (hash ^ b) * 0x100000001B3;
            }
        }

        hash *= 0xC4CEB9FE1A85EC53;
        return (uint)(hash >> 32);
    }

    private int Add(ReadOnlySpan<byte> name, uint slot)
    {
        if (Count == Most)
        {
            return -1;
        }

        if (Count == _texts.Length)
        {
            Array.Resize(ref _texts, Count * 2);
            Array.Resize(ref _bytes, Count * 2);
        }

        _bytes[Count] = name.ToArray();
        _texts[Count] = Encoding.UTF8.GetString(name);
        _slots[slot] = ++Count;
        if (Count * 2 > _slots.Length)
        {
            Grow();
        }

        return Count - 1;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        uint mask = (uint)_slots.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            uint slot = Hash(_bytes[index]) & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = index + 1;
        }
    }
}
