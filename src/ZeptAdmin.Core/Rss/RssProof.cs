using System.Globalization;
using System.Net;
using System.Numerics;

namespace ZeptAdmin.Rss;

/// <summary>The proof for a known key: compares what the bits of both directions add, and looks at what a table makes of it.</summary>
internal static class RssProof
{
    // A table of 2,048 entries (ice) and both directions: 2 to the 22 cases. A larger one is not gone through.
    private const int MostTableBits = 11;

    /// <summary>Completes a record.</summary>
    /// <param name="symmetry">What is known without the key.</param>
    /// <param name="rss">The card's settings.</param>
    /// <param name="keys">Keys that the card may be using, the likeliest first.</param>
    /// <param name="transform">What the card does to the input.</param>
    public static RssSymmetry Of(RssSymmetry symmetry, NicRss rss, byte[][] keys, RssInputTransform transform)
    {
        bool isIPv6 = symmetry.FlowType is RssFlowType.Tcp6 or RssFlowType.Udp6 or RssFlowType.Sctp6 or RssFlowType.AhEsp6;
        RssHashMap[] maps = Array.ConvertAll(keys, key => new RssHashMap(key, isIPv6 ? 16 : 4, symmetry.Fields, transform));
        RssHashMap map = maps[0];
        bool? isSymmetric = Agreed(maps, candidate => candidate.IsSymmetric);
        int bits = TableBits(rss.IndirectionTable);
        int[] reached = bits < 0 ? [] : [.. map.SpanUnder((1u << bits) - 1).Elements().Select(entry => rss.IndirectionTable[entry])];
        RssHashMap? parting = Array.Find(maps, candidate => !candidate.IsSymmetric);
        return symmetry with
        {
            IsSymmetric = isSymmetric,
            IsSameQueue = Agreed(maps, candidate => IsSameQueue(candidate, rss.IndirectionTable, bits)),
            Proof = Words(map, maps, rss, transform, isSymmetric),
            Counterexample = isSymmetric == false ? FindCounterexample(parting!, rss.IndirectionTable, isIPv6) : null,
            EntropyBits = map.Span.Rank,
            TableEntriesReached = bits < 0 ? null : reached.Length,
            Queues = [.. reached.Distinct().Order()],
            Balance = bits < 0 ? null : Math.Round(Fullest(reached) * rss.IndirectionTable.Distinct().Count(), 3),
        };
    }

    private static bool? Agreed(RssHashMap[] maps, Func<RssHashMap, bool?> verdict)
    {
        bool? first = verdict(maps[0]);
        return Array.TrueForAll(maps, map => verdict(map) == first) ? first : null;
    }

    // Low bits of the hash choose the entry; tables have a power of two of them.
    private static int TableBits(int[] table) =>
        table.Length is > 0 and <= 65536 && BitOperations.IsPow2(table.Length) ? BitOperations.Log2((uint)table.Length) : -1;

    private static double Fullest(int[] reached) => (double)reached.GroupBy(queue => queue).Max(group => group.Count()) / reached.Length;

    private static bool? IsSameQueue(RssHashMap map, int[] table, int bits)
    {
        if (map.IsSymmetric || table.Distinct().Count() == 1)
        {
            return true;
        }

        if (bits < 0)
        {
            return null;
        }

        uint mask = (1u << bits) - 1;
        return map.IsSymmetricUnder(mask)
            ? true
            : bits > MostTableBits ? null : map.BothDirections(bits).Elements().All(both => table[both & mask] == table[(both ^ (both >> 16)) & mask]);
    }

    private static string Words(RssHashMap map, RssHashMap[] maps, NicRss rss, RssInputTransform transform, bool? isSymmetric)
    {
        string source = rss.KeySource == RssKeySource.Kernel ? " The key is the kernel's (netdev_rss_key), since the driver hides its own." : "";
        if (isSymmetric is null)
        {
            return "Symmetric by the key that the driver shows, and not by the key that the device may have been given one byte late; see Get-NicRss, Notes.";
        }

        if (map.Span.Rank == 0)
        {
            return $"No bit of the packet adds anything to the hash: it is one number for all packets.{source}";
        }

        if (isSymmetric.Value)
        {
            return (transform == RssInputTransform.None
                ? string.Create(CultureInfo.InvariantCulture, $"Each of the {map.Pairs.Count()} pairs of bits that trade places adds the same to the hash.")
                : $"{transform} makes one input of both directions before the key is used.") + source;
        }

        int parting = maps.Max(candidate => candidate.Pairs.Count(pair => pair.Forth != pair.Back));
        return string.Create(CultureInfo.InvariantCulture, $"{parting} of {map.Pairs.Count()} pairs of bits that trade places add different things to the hash.{source}");
    }

    // Ordinary packets first, one with different queues rather than one with different hashes alone.
    private static RssCounterexample FindCounterexample(RssHashMap map, int[] table, bool isIPv6)
    {
        RssCounterexample? found = null;
        foreach ((byte[] source, byte[] destination, ushort sourcePort, ushort destinationPort) in Packets(isIPv6))
        {
            uint forth = map.Hash(source, destination, sourcePort, destinationPort);
            uint back = map.Hash(destination, source, destinationPort, sourcePort);
            int? queue = table.Length == 0 ? null : table[forth % (uint)table.Length];
            int? reverse = table.Length == 0 ? null : table[back % (uint)table.Length];
            if (forth != back && (found is null || queue != reverse))
            {
                found = new RssCounterexample
                {
                    SourceAddress = new IPAddress(source).ToString(),
                    DestinationAddress = new IPAddress(destination).ToString(),
                    SourcePort = sourcePort,
                    DestinationPort = destinationPort,
                    Hash = forth,
                    ReverseHash = back,
                    Queue = queue,
                    ReverseQueue = reverse,
                };
                if (queue != reverse)
                {
                    break;
                }
            }
        }

        return found!;
    }

    // A packet, and that packet with each bit of its source changed: when a pair of bits parts, the hashes part in one of them. Then more of the kind.
    private static IEnumerable<(byte[] Source, byte[] Destination, ushort SourcePort, ushort DestinationPort)> Packets(bool isIPv6)
    {
        byte[] source = IPAddress.Parse(isIPv6 ? "2001:db8::10" : "10.0.0.1").GetAddressBytes();
        byte[] destination = IPAddress.Parse(isIPv6 ? "2001:db8:ff::20" : "192.0.2.1").GetAddressBytes();
        yield return (source, destination, 49152, 443);
        for (int bit = (source.Length * 8) - 1; bit >= 0; bit--)
        {
            byte[] changed = [.. source];
            changed[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            yield return (changed, destination, 49152, 443);
        }

        for (int bit = 0; bit < 16; bit++)
        {
            yield return (source, destination, (ushort)(49152 ^ (1 << bit)), 443);
        }

        for (int port = 0; port < 256; port++)
        {
            byte[] changed = [.. source];
            changed[^1] = (byte)(port * 37);
            yield return (changed, destination, (ushort)(49152 + (port * 131)), 443);
        }
    }
}
