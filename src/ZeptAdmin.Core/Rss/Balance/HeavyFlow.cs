using System.Net;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>A flow with its packets and bytes, both directions together.</summary>
internal sealed record HeavyFlow(FlowKey Key, ulong Packets, ulong Bytes)
{
    /// <summary>By packets, then by key, so that equal flows always come in one order.</summary>
    public static IComparer<HeavyFlow> LightestFirst { get; } = Comparer<HeavyFlow>.Create(static (left, right) =>
    {
        int order = left.Packets.CompareTo(right.Packets);
        return order != 0 ? order : FlowKey.Compare(right.Key, left.Key);
    });

    /// <summary>The flow under a setting.</summary>
    public RssHeavyFlow Tell(RssBalanceSetting setting, long all) => new()
    {
        Source = new IPAddress(Key.Source).ToString(),
        SourcePort = (Key.Shape & FlowKey.Ports) != 0 ? Key.SourcePort : null,
        Destination = new IPAddress(Key.Destination).ToString(),
        DestinationPort = (Key.Shape & FlowKey.Ports) != 0 ? Key.DestinationPort : null,
        Protocol = Key.Protocol,
        Packets = (long)Packets,
        Bytes = (long)Bytes,
        Share = all == 0 ? 0 : (double)Packets / all,
        Queue = setting.QueueOf(setting.Hash(Key)),
        ReturnQueue = setting.QueueOf(setting.Hash(Key.Reversed())),
    };
}
