using System.Buffers.Binary;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Flows;

/// <summary>Finds what a card hashes with, from where packets arrived.</summary>
/// <remarks>
/// A candidate is dropped at the first packet that it puts on another queue, so that many cost little. One that holds for so many packets that
/// chance cannot be the reason is the explanation; the plainest of several.
/// </remarks>
internal static class HashExplanation
{
    /// <summary>Directions that have to be seen before anything is explained: with two queues, chance does so much once in 4 billion.</summary>
    public const int LeastDirections = 32;

    private const int MostShift = 4;
    private const RssFields Addresses = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields All = Addresses | RssFields.SourcePort | RssFields.DestinationPort;

    /// <summary>The plainest explanation of where all packets arrived; null when there is none, or too little was seen.</summary>
    /// <param name="rss">What the card shows.</param>
    /// <param name="kernelKey">The kernel's own key; null when it is not known.</param>
    /// <param name="seen">Directions of flows and the queue of each.</param>
    public static (string Words, RssKey Key)? Find(NicRss rss, RssKey? kernelKey, IReadOnlyList<(FlowKey Key, int Queue)> seen)
    {
        if (seen.Count < LeastDirections || rss.IndirectionTable.Distinct().Count() < 2)
        {
            return null;
        }

        foreach ((string key, RssKey bytes) in Keys(rss, kernelKey))
        {
            foreach ((string fields, NicRss changed) in Changed(rss with { Key = bytes, Function = rss.Function ?? "toeplitz" }))
            {
                if (!RssBalanceSetting.Of(changed, kernel: null).Try(out RssBalanceSetting[]? settings))
                {
                    continue;
                }

                foreach ((string order, Func<FlowKey, FlowKey> lay) in Orders)
                {
                    if (Holds(settings[0], lay, seen))
                    {
                        string[] words = [.. new[] { key, fields, order }.Where(word => word.Length > 0)];
                        return (words.Length == 0 ? "the settings as shown" : string.Join("; ", words), bytes);
                    }
                }
            }
        }

        return null;
    }

    private static (string Words, Func<FlowKey, FlowKey> Lay)[] Orders { get; } =
    [
        ("", key => key),
        ("destination hashed before source", key => key.Reversed()),
        ("bytes of addresses and ports swapped", Swap),
    ];

    private static bool Holds(RssBalanceSetting setting, Func<FlowKey, FlowKey> lay, IReadOnlyList<(FlowKey Key, int Queue)> seen)
    {
        foreach ((FlowKey key, int queue) in seen)
        {
            if (setting.QueueOf(setting.Hash(lay(key))) != queue)
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<(string Words, RssKey Key)> Keys(NicRss rss, RssKey? kernelKey)
    {
        if (rss.Key is RssKey shown)
        {
            byte[] key = shown.ToArray();
            string shownWords = rss.KeySource == RssKeySource.Kernel ? "the kernel's key (netdev_rss_key)" : "the key that is shown";
            yield return (rss.KeySource == RssKeySource.Kernel ? shownWords : "", shown);
            for (int shift = 1; shift <= MostShift && shift < key.Length; shift++)
            {
                yield return ($"{shownWords}, {Bytes(shift)} late (field.md H15)", new RssKey([.. new byte[shift], .. key[..^shift]]));
                yield return ($"{shownWords}, {Bytes(shift)} early", new RssKey([.. key[shift..], .. new byte[shift]]));
            }

            yield return ($"{shownWords}, in words of 4 bytes swapped", new RssKey([.. key.Chunk(4).SelectMany(word => word.Reverse())]));
            yield return ($"{shownWords}, in words of 2 bytes swapped", new RssKey([.. key.Chunk(2).SelectMany(word => word.Reverse())]));
            yield return ($"{shownWords}, from its end", new RssKey([.. key.Reverse()]));
        }

        if (kernelKey is RssKey other && rss.KeySource != RssKeySource.Kernel)
        {
            yield return ("the kernel's key (netdev_rss_key)", other);
        }

        yield return ("the key of Microsoft's example, which many drivers have for a default", RssBalanceSetting.ExampleKey);
        yield return ("the symmetric key 6D:5A", RssBalanceSetting.SymmetricKey);
    }

    private static string Bytes(int count) => count == 1 ? "a byte" : System.FormattableString.Invariant($"{count} bytes");

    // The fields as told, then others; with each what may be done to the input.
    private static IEnumerable<(string Words, NicRss Rss)> Changed(NicRss rss)
    {
        RssInputTransform told = rss.InputTransform ?? RssInputTransform.None;
        foreach ((string words, RssFields? fields) in new (string, RssFields?)[]
        {
            ("", null),
            ("addresses only", Addresses),
            ("addresses and ports of all kinds", All),
        })
        {
            NicHashFields[] kinds = fields is RssFields all
                ? [.. NicRssReader.FlowTypes.Select(type => new NicHashFields { FlowType = type, Fields = type is RssFlowType.AhEsp4 or RssFlowType.AhEsp6 ? Addresses : all })]
                : rss.Fields;
            foreach (RssInputTransform transform in new[] { told, RssInputTransform.None, RssInputTransform.SymmetricXor, RssInputTransform.SymmetricOrXor }.Distinct())
            {
                yield return (
                    string.Join("; ", new[] { words, transform == told ? "" : $"input transformation {transform}" }.Where(word => word.Length > 0)),
                    rss with { Fields = kinds, InputTransform = transform });
            }
        }
    }

    private static FlowKey Swap(FlowKey key)
    {
        FlowKey swapped = key;
        bool isIp6 = (key.Shape & FlowKey.Ip6) != 0;
        swapped.SourceLow = Swap(key.SourceLow, isIp6);
        swapped.DestinationLow = Swap(key.DestinationLow, isIp6);
        swapped.SourceHigh = Swap(key.SourceHigh, isIp6);
        swapped.DestinationHigh = Swap(key.DestinationHigh, isIp6);
        swapped.SourcePort = BinaryPrimitives.ReverseEndianness(key.SourcePort);
        swapped.DestinationPort = BinaryPrimitives.ReverseEndianness(key.DestinationPort);
        return swapped;
    }

    // Each word of 32 bits on its own.
    private static ulong Swap(ulong words, bool isIp6)
    {
        uint low = BinaryPrimitives.ReverseEndianness((uint)words);
        uint high = isIp6 ? BinaryPrimitives.ReverseEndianness((uint)(words >> 32)) : 0;
        return low | ((ulong)high << 32);
    }
}
