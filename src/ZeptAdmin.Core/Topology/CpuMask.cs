using System.Buffers.Text;
using System.Numerics;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>A set of CPUs as bits, for the reader only; results carry <see cref="CpuList"/>.</summary>
/// <remarks>A topology compares some thousand sets of CPUs; sorted lists would take most of the time.</remarks>
internal sealed class CpuMask : IEquatable<CpuMask>
{
    private const int BitsPerChunk = 32;
    private const int DigitsPerChunk = 8;

    private readonly ulong[] _words;

    private CpuMask(ulong[] words)
    {
        int length = words.Length;
        while (length > 0 && words[length - 1] == 0)
        {
            length--;
        }

        _words = length == words.Length ? words : words[..length];
    }

    /// <summary>No CPU.</summary>
    public static CpuMask Empty { get; } = new([]);

    /// <summary>True when no CPU is in it.</summary>
    public bool IsEmpty => _words.Length == 0;

    /// <summary>Lowest CPU, or -1.</summary>
    public int First
    {
        get
        {
            int word = Array.FindIndex(_words, bits => bits != 0);
            return word < 0 ? -1 : (word * 64) + BitOperations.TrailingZeroCount(_words[word]);
        }
    }

    /// <summary>How many CPUs are in it.</summary>
    public int Count => _words.Sum(BitOperations.PopCount);

    /// <summary>The set of some CPUs; numbers that no kernel has are left out.</summary>
    public static CpuMask Of(IEnumerable<int> cpus)
    {
        ulong[] words = [];
        foreach (int cpu in cpus)
        {
            if (cpu is >= 0 and <= CpuList.Highest)
            {
                if (cpu / 64 >= words.Length)
                {
                    Array.Resize(ref words, Math.Max((cpu / 64) + 1, words.Length * 2));
                }

                words[cpu / 64] |= 1ul << (cpu % 64);
            }
        }

        return new CpuMask(words);
    }

    /// <summary>The set that a list names.</summary>
    public static CpuMask Of(CpuList list) => Of(list.ToArray());

    /// <summary>Reads the mask form (bitmap_print_to_pagebuf with %*pb): hexadecimal chunks of 32 bits, the highest first; null when it is none.</summary>
    public static CpuMask? ParseMask(ReadOnlySpan<byte> text)
    {
        text = text.Trim("\n\r\t \0"u8);
        if (text.IsEmpty || text.Length > (CpuList.Highest + 1) / 3)
        {
            return null;
        }

        ulong[] words = new ulong[((text.Count((byte)',') + (text.Length / DigitsPerChunk) + 1) / 2) + 1];
        int bit = 0;
        while (!text.IsEmpty)
        {
            int comma = text.LastIndexOf((byte)',');
            ReadOnlySpan<byte> chunk = text[(comma + 1)..];

            // Some old kernels print one long number without commas; take it apart as if it had them.
            if (chunk.Length > DigitsPerChunk)
            {
                comma = text.Length - DigitsPerChunk - 1;
                chunk = text[^DigitsPerChunk..];
                text = text[..^DigitsPerChunk];
            }
            else
            {
                text = comma < 0 ? [] : text[..comma];
            }

            if (!Utf8Parser.TryParse(chunk, out uint bits, out int consumed, 'x') || consumed != chunk.Length)
            {
                return null;
            }

            if (bits != 0 && bit > CpuList.Highest - BitsPerChunk + 1)
            {
                return null;
            }

            words[bit / 64] |= (ulong)bits << (bit % 64);
            bit += BitsPerChunk;
        }

        return new CpuMask(words);
    }

    /// <summary>True when the CPU is in it.</summary>
    public bool Contains(int cpu) => cpu >= 0 && cpu / 64 < _words.Length && (_words[cpu / 64] >> (cpu % 64) & 1) != 0;

    /// <summary>CPUs in both.</summary>
    public CpuMask And(CpuMask other)
    {
        ulong[] words = new ulong[Math.Min(_words.Length, other._words.Length)];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = _words[i] & other._words[i];
        }

        return new CpuMask(words);
    }

    /// <summary>CPUs in either.</summary>
    public CpuMask Or(CpuMask other)
    {
        (ulong[] longer, ulong[] shorter) = _words.Length >= other._words.Length ? (_words, other._words) : (other._words, _words);
        ulong[] words = [.. longer];
        for (int i = 0; i < shorter.Length; i++)
        {
            words[i] |= shorter[i];
        }

        return new CpuMask(words);
    }

    /// <summary>True when at least one CPU is in both.</summary>
    public bool Overlaps(CpuMask other)
    {
        for (int i = 0; i < _words.Length && i < other._words.Length; i++)
        {
            if ((_words[i] & other._words[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The CPUs, ascending.</summary>
    public int[] ToArray()
    {
        int[] cpus = new int[Count];
        int next = 0;
        for (int word = 0; word < _words.Length; word++)
        {
            for (ulong bits = _words[word]; bits != 0; bits &= bits - 1)
            {
                cpus[next++] = (word * 64) + BitOperations.TrailingZeroCount(bits);
            }
        }

        return cpus;
    }

    /// <summary>The set as results carry it.</summary>
    public CpuList ToCpuList() => CpuList.OfSorted(ToArray());

    /// <inheritdoc/>
    public bool Equals(CpuMask? other) => other is not null && _words.AsSpan().SequenceEqual(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CpuMask);

    /// <inheritdoc/>
    public override int GetHashCode() => _words.Length == 0 ? 0 : HashCode.Combine(_words.Length, _words[0], _words[^1]);
}
