using System.Globalization;
using System.Numerics;
using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H5: what a repeated key costs. A note: measured balance is good all the same.</summary>
internal sealed class KeyEntropyCheck() : RssCheck(
    "H5.KeyEntropy",
    "known (measured balance is good)",
    "A key of one repeated 16-bit pattern leaves 16 bits of entropy, and some patterns send runs of consecutive ports to half of the table only. 254 clients and 2000 servers still spread within 4 % over 6 queues.",
    "field.md H5; tools/testing/selftests/drivers/net/hw/rss_key.py")
{
    private const int PatternBits = 16;

    /// <inheritdoc/>
    protected override CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject)
    {
        if (rss.Key is null)
        {
            return Result(Unknown, interfaceName, Expected, "the driver hides its key");
        }

        if (!rss.Key.IsSymmetric)
        {
            return Result(Pass, interfaceName, Expected, "the key has no repeated pattern");
        }

        bool hasPorts = rss.Fields.Any(kind => kind.Fields.HasFlag(RssFields.SourcePort));
        int bits = rss.TableSize is int size && BitOperations.IsPow2(size) ? BitOperations.Log2((uint)size) : 0;
        int rank = bits is > 0 and <= PatternBits ? Rank(rss.Key, bits) : bits;
        return Result(
            Pass, interfaceName, Expected,
            hasPorts && rank < bits
                ? string.Create(CultureInfo.InvariantCulture, $"16 bits; consecutive ports reach 1 of {1 << (bits - rank)} entries of the table")
                : "16 bits of entropy");
    }

    /// <summary>
    /// Rank over GF(2) of the map from the low bits of a field to as many low bits of the hash; full rank sends a run of 2^bits consecutive
    /// ports to as many entries.
    /// </summary>
    internal static int Rank(RssKey key, int bits)
    {
        int pattern = (key.AsSpan()[0] << 8) | key.AsSpan()[1];
        List<uint> rows = [];
        for (int bit = 0; bit < bits; bit++)
        {
            // A Toeplitz hash adds, for each set input bit, the 32 bits of the key that start at its place; the key repeats every 16.
            int place = PatternBits - 1 - bit;
            uint window = 0;
            for (int i = 0; i < 32; i++)
            {
                window = (window << 1) | (uint)((pattern >> (PatternBits - 1 - ((place + i) % PatternBits))) & 1);
            }

            rows.Add(window & ((1U << bits) - 1));
        }

        int rank = 0;
        for (int column = bits - 1; column >= 0; column--)
        {
            int pivot = rows.FindIndex(rank, row => (row & (1U << column)) != 0);
            if (pivot < 0)
            {
                continue;
            }

            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            for (int row = 0; row < rows.Count; row++)
            {
                if (row != rank && (rows[row] & (1U << column)) != 0)
                {
                    rows[row] ^= rows[rank];
                }
            }

            rank++;
        }

        return rank;
    }
}
