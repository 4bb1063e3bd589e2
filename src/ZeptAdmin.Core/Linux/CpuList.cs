using System.Globalization;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>A set of CPU or node numbers, written as Linux writes it: <c>0-3,8</c>.</summary>
/// <remarks>
/// Immutable, sorted, without repeats. It crosses a remoting session as its text and comes back from it.
/// The form is that of bitmap_parselist in lib/bitmap-str.c, with ranges, strides (<c>0-15:2/4</c>) and, from
/// <see cref="ParseMask"/>, the older comma-separated hexadecimal words.
/// </remarks>
public sealed class CpuList : IEquatable<CpuList>
{
    /// <summary>Highest number that a list may name; above any kernel's NR_CPUS (8192), so that a hostile file cannot fill memory.</summary>
    public const int Highest = 65535;

    private readonly int[] _cpus;

    private CpuList(int[] sorted) => _cpus = sorted;

    /// <summary>Makes a list from text (<c>0-3,8</c>), as PowerShell does for a parameter.</summary>
    /// <exception cref="FormatException">The text is no CPU list.</exception>
    public CpuList(string text)
        : this(Parse(text)._cpus)
    {
    }

    /// <summary>Makes a list of one number, as PowerShell does for a parameter that is given a bare number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or above <see cref="Highest"/>.</exception>
    public CpuList(int cpu)
        : this(Of([cpu])._cpus)
    {
    }

    /// <summary>The list of nothing.</summary>
    public static CpuList Empty { get; } = new([]);

    /// <summary>How many numbers are in it.</summary>
    public int Count => _cpus.Length;

    /// <summary>True when nothing is in it.</summary>
    public bool IsEmpty => _cpus.Length == 0;

    /// <summary>The lowest number, or -1.</summary>
    public int First => _cpus.Length == 0 ? -1 : _cpus[0];

    /// <summary>The numbers, ascending.</summary>
    public int[] ToArray() => [.. _cpus];

    /// <summary>The numbers, ascending, without a copy.</summary>
    public ReadOnlySpan<int> AsSpan() => _cpus;

    /// <summary>True when the number is in the list.</summary>
    public bool Contains(int cpu) => Array.BinarySearch(_cpus, cpu) >= 0;

    /// <summary>Numbers in both.</summary>
    public CpuList Intersect(CpuList other) => new([.. _cpus.Where(other.Contains)]);

    /// <summary>Numbers in either.</summary>
    public CpuList Union(CpuList other) => Of(_cpus.Concat(other._cpus));

    /// <summary>Numbers that the other lacks.</summary>
    public CpuList Except(CpuList other) => new([.. _cpus.Where(cpu => !other.Contains(cpu))]);

    /// <summary>True when the other has every number of this one.</summary>
    public bool IsSubsetOf(CpuList other) => Array.TrueForAll(_cpus, other.Contains);

    /// <summary>True when at least one number is in both.</summary>
    public bool Overlaps(CpuList other) => Array.Exists(_cpus, other.Contains);

    /// <summary>Makes a list of numbers in any order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or above <see cref="Highest"/>.</exception>
    public static CpuList Of(IEnumerable<int> cpus)
    {
        int[] sorted = [.. new SortedSet<int>(cpus)];
        if (sorted.Length > 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(sorted[0], nameof(cpus));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(sorted[^1], Highest, nameof(cpus));
        }

        return new CpuList(sorted);
    }

    /// <summary>Makes a list of numbers that are ascending, without repeats and within bounds already; the array is not copied.</summary>
    internal static CpuList OfSorted(int[] cpus) => cpus.Length == 0 ? Empty : new CpuList(cpus);

    /// <summary>Reads the list form: <c>0-3,8</c>, <c>0-15:2/4</c>; empty text is the empty list.</summary>
    /// <exception cref="FormatException">The text is no CPU list.</exception>
    public static CpuList Parse(string text) =>
        TryParse(text, out CpuList? list) ? list : throw new FormatException($"'{text}' is not a CPU list; write it as 0-3,8.");

    /// <summary>Reads the list form; false when the text is none.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CpuList? list)
    {
        list = null;
        if (text is null)
        {
            return false;
        }

        SortedSet<int> cpus = [];
        foreach (string part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!AddRange(part, cpus))
            {
                return false;
            }
        }

        list = cpus.Count == 0 ? Empty : new CpuList([.. cpus]);
        return true;
    }

    /// <summary>Reads the mask form of /proc/irq/N/smp_affinity: 32-bit hexadecimal words, the highest first.</summary>
    /// <exception cref="FormatException">The text is no mask.</exception>
    public static CpuList ParseMask(string text) =>
        TryParseMask(text, out CpuList? list) ? list : throw new FormatException($"'{text}' is not a CPU mask.");

    /// <summary>Reads the mask form; false when the text is none.</summary>
    public static bool TryParseMask(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CpuList? list)
    {
        list = null;
        string[] words = text.Trim().Split(',');
        List<int> cpus = [];
        for (int word = 0; word < words.Length; word++)
        {
            if (words.Length > (Highest + 1) / 32 || !uint.TryParse(words[^(word + 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits))
            {
                return false;
            }

            for (int bit = 0; bit < 32; bit++)
            {
                if ((bits & (1u << bit)) != 0)
                {
                    cpus.Add((word * 32) + bit);
                }
            }
        }

        list = new CpuList([.. cpus]);
        return true;
    }

    /// <summary>The list as Linux writes it; the empty list is empty text.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        for (int i = 0; i < _cpus.Length; i++)
        {
            int first = _cpus[i];
            while (i + 1 < _cpus.Length && _cpus[i + 1] == _cpus[i] + 1)
            {
                i++;
            }

            _ = text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{first}");
            if (_cpus[i] != first)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"-{_cpus[i]}");
            }
        }

        return text.ToString();
    }

    /// <summary>The set as a mask, as the kernel wants it in <c>xps_cpus</c>: 32-bit hexadecimal words, the highest first; <c>0</c> for nothing.</summary>
    /// <remarks>bitmap_parse of lib/bitmap-str.c.</remarks>
    public string ToMask()
    {
        uint[] words = new uint[(_cpus.Length == 0 ? 0 : _cpus[^1] / 32) + 1];
        foreach (int cpu in _cpus)
        {
            words[^((cpu / 32) + 1)] |= 1u << (cpu % 32);
        }

        StringBuilder text = new(words[0].ToString("x", CultureInfo.InvariantCulture));
        foreach (uint word in words.AsSpan(1))
        {
            _ = text.Append(CultureInfo.InvariantCulture, $",{word:x8}");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(CpuList? other) => other is not null && _cpus.AsSpan().SequenceEqual(other._cpus);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CpuList);

    /// <inheritdoc/>
    public override int GetHashCode() => _cpus.Length == 0 ? 0 : HashCode.Combine(_cpus.Length, _cpus[0], _cpus[^1]);

    private static bool AddRange(string part, SortedSet<int> cpus)
    {
        // first[-last[:used/group]]: of each group of CPUs the first `used` ones.
        int colon = part.IndexOf(':', StringComparison.Ordinal);
        int used = 1;
        int group = 1;
        if (colon >= 0)
        {
            string[] stride = part[(colon + 1)..].Split('/');
            if (stride.Length != 2 || !Number(stride[0], out used) || !Number(stride[1], out group) || used < 1 || group < used)
            {
                return false;
            }

            part = part[..colon];
        }

        int dash = part.IndexOf('-', StringComparison.Ordinal);
        if (!Number(dash < 0 ? part : part[..dash], out int first))
        {
            return false;
        }

        int last = first;
        if (dash >= 0 && (!Number(part[(dash + 1)..], out last) || last < first))
        {
            return false;
        }

        for (int cpu = first; cpu <= last; cpu++)
        {
            if ((cpu - first) % group < used)
            {
                _ = cpus.Add(cpu);
            }
        }

        return true;
    }

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Highest;
}
