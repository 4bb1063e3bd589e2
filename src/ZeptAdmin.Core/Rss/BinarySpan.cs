using System.Numerics;

namespace ZeptAdmin.Rss;

/// <summary>All sums without carry of some words: a vector space over the field of two elements.</summary>
internal sealed class BinarySpan
{
    // By the position of the highest bit; each basis word is the only one with that highest bit.
    private readonly uint[] _basis = new uint[32];

    /// <summary>The span of some words.</summary>
    public static BinarySpan Of(IEnumerable<uint> words)
    {
        BinarySpan span = new();
        foreach (uint word in words)
        {
            span.Add(word);
        }

        return span;
    }

    /// <summary>Its dimension: 2 to this power words are in it.</summary>
    public int Rank { get; private set; }

    /// <summary>All words in it.</summary>
    public IEnumerable<uint> Elements()
    {
        uint[] basis = [.. _basis.Where(word => word != 0)];
        uint element = 0;
        yield return element;

        // Gray code: from one element to the next with one sum.
        for (ulong i = 1; i < 1UL << basis.Length; i++)
        {
            element ^= basis[BitOperations.TrailingZeroCount(i)];
            yield return element;
        }
    }

    private void Add(uint word)
    {
        while (word != 0)
        {
            int highest = BitOperations.Log2(word);
            if (_basis[highest] == 0)
            {
                _basis[highest] = word;
                Rank++;
                return;
            }

            word ^= _basis[highest];
        }
    }
}
