using System.Security.Cryptography;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Rss;

/// <summary>Makes hash keys and tells what a key is worth.</summary>
public static class RssKeys
{
    /// <summary>The pattern of the talk, 6D:5A (field.md H4).</summary>
    public const ushort TalkPattern = 0x6d5a;

    private const int MostTableBits = 9;
    private const RssFields Addresses = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields All = Addresses | RssFields.SourcePort | RssFields.DestinationPort;

    private static readonly Lazy<ushort> Best = new(FindBestPattern);

    /// <summary>
    /// The pattern whose key spreads best among all 65,536: 16 bits of entropy, consecutive ports reach all of every table, and consecutive
    /// bits anywhere else do so the most often; the lowest of several.
    /// </summary>
    public static ushort BestPattern => Best.Value;

    /// <summary>A key of one pattern of 16 bits over and over: symmetric.</summary>
    public static RssKey FromPattern(ushort pattern, int length)
    {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++)
        {
            key[i] = (byte)(i % 2 == 0 ? pattern >> 8 : pattern);
        }

        return new RssKey(key);
    }

    /// <summary>A key of random bytes: not symmetric, with all the entropy there can be, most of the time.</summary>
    public static RssKey Random(int length) => new(RandomNumberGenerator.GetBytes(length));

    /// <summary>Length of an interface's key: what the driver shows, else what is known of it.</summary>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<int> LengthOf(Sensor sensor, string interfaceName)
    {
        Answer<NicRss> read = NicRssReader.Get(sensor, interfaceName);
        return !read.Try(out NicRss? rss)
            ? read.Refusal!
            : (rss.Key?.Length ?? DriverTable.Find(rss.Driver)?.KeyLength) is int length
                ? length
                : new Refusal(Errno.EOPNOTSUPP, "read the length of the hash key", interfaceName) { Detail = "The driver shows no key; give Length." };
    }

    /// <summary>What a key is worth.</summary>
    public static RssKeyReport Report(RssKey key, string? interfaceName = null)
    {
        RssHashMap[] maps = [Map(key, 4, Addresses), Map(key, 16, Addresses), Map(key, 4, All), Map(key, 16, All)];
        return new RssKeyReport
        {
            InterfaceName = interfaceName,
            Key = key,
            IsSymmetric = Array.TrueForAll(maps, map => map.IsSymmetric),
            EntropyAddresses4 = maps[0].Span.Rank,
            EntropyAddresses6 = maps[1].Span.Rank,
            EntropyPorts4 = maps[2].Span.Rank,
            EntropyPorts6 = maps[3].Span.Rank,
            PortSpread =
            [
                .. Enumerable.Range(1, MostTableBits).Select(bits => new RssPortSpread
                {
                    TableBits = bits,
                    Rank = new[] { maps[2].SourcePort, maps[2].DestinationPort, maps[3].SourcePort, maps[3].DestinationPort }.Min(port => Rank(port, 16, bits)),
                }),
            ],
        };
    }

    // Rank of the map from some consecutive bits of a field to as many low bits of the hash; the bits end before a position.
    private static int Rank(uint[] field, int end, int bits)
    {
        uint mask = (1u << bits) - 1;
        return BinarySpan.Of(field.Skip(end - bits).Take(bits).Select(word => word & mask)).Rank;
    }

    private static RssHashMap Map(RssKey key, int addressBytes, RssFields fields) => new(key.AsSpan(), addressBytes, fields, RssInputTransform.None);

    private static ushort FindBestPattern()
    {
        int best = 0;
        int bestScore = -1;
        for (int pattern = 0; pattern <= ushort.MaxValue; pattern++)
        {
            // A repeated pattern looks alike from each half-word on: one of them stands for all.
            ReadOnlySpan<byte> key = [(byte)(pattern >> 8), (byte)pattern, (byte)(pattern >> 8), (byte)pattern, (byte)(pattern >> 8), (byte)pattern];
            uint[] field = new uint[16];
            for (int bit = 0; bit < field.Length; bit++)
            {
                field[bit] = ToeplitzHash.Window(key, bit);
            }

            // The rotations of a pattern are independent when it has an odd number of ones: x^16 + 1 = (x + 1)^16 over two elements.
            bool isFull = int.IsOddInteger(System.Numerics.BitOperations.PopCount((uint)pattern));
            for (int bits = 1; isFull && bits <= MostTableBits; bits++)
            {
                isFull = Rank(field, 16, bits) == bits;
            }

            int score = isFull ? Score(field) : -1;
            if (score > bestScore)
            {
                (best, bestScore) = (pattern, score);
            }
        }

        return (ushort)best;
    }

    // Ranks of all blocks of consecutive bits: neighbours in an address plan that is not cut at its lowest bits.
    private static int Score(uint[] field)
    {
        int score = 0;
        for (int bits = 1; bits <= MostTableBits; bits++)
        {
            for (int end = bits; end <= 16; end++)
            {
                score += Rank(field, end, bits);
            }
        }

        return score;
    }
}
