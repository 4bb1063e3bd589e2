using System.Net;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Flow rules for flows.</summary>
internal static class FlowRuleText
{
    /// <summary>Kind of rule that matches a flow with its ports; null when there is none.</summary>
    public static FlowRuleType? TypeOf(in FlowKey key) => (key.Shape & FlowKey.Ports) == 0
        ? null
        : (key.Protocol, (key.Shape & FlowKey.Ip6) != 0) switch
        {
            (6, false) => FlowRuleType.Tcp4,
            (17, false) => FlowRuleType.Udp4,
            (132, false) => FlowRuleType.Sctp4,
            (6, true) => FlowRuleType.Tcp6,
            (17, true) => FlowRuleType.Udp6,
            (132, true) => FlowRuleType.Sctp6,
            _ => null,
        };

    /// <summary>The rule of one direction of a flow.</summary>
    public static NicFlowRuleSuggestion Suggest(string? interfaceName, in FlowKey key, ulong packets, ulong bytes, long all) => new()
    {
        InterfaceName = interfaceName,
        FlowType = TypeOf(key) ?? FlowRuleType.Other,
        Source = new IPAddress(key.Source).ToString(),
        SourcePort = key.SourcePort,
        Destination = new IPAddress(key.Destination).ToString(),
        DestinationPort = key.DestinationPort,
        Packets = (long)packets,
        Bytes = (long)bytes,
        Share = (double)packets / all,
    };
}

/// <summary>Packets, bytes and flows of each port, by kind and side.</summary>
internal sealed class PortSums
{
    private readonly Dictionary<(FlowRuleType Type, bool IsSource, ushort Port), (ulong Packets, ulong Bytes, long Flows)> _sums = [];

    /// <summary>Adds one direction of a flow.</summary>
    public void Add(FlowRuleType type, in FlowKey key, ulong packets, ulong bytes)
    {
        Add((type, true, key.SourcePort), packets, bytes);
        Add((type, false, key.DestinationPort), packets, bytes);
    }

    /// <summary>Rules for the heaviest ports of more than one flow: one flow has a rule of its own.</summary>
    public IEnumerable<NicFlowRuleSuggestion> Suggest(string? interfaceName, int top, double leastShare, long all) =>
        _sums
            .Where(pair => pair.Value.Flows > 1 && pair.Value.Packets >= leastShare * all)
            .OrderByDescending(pair => pair.Value.Packets).ThenBy(pair => pair.Key)
            .Take(top)
            .Select(pair => new NicFlowRuleSuggestion
            {
                InterfaceName = interfaceName,
                FlowType = pair.Key.Type,
                SourcePort = pair.Key.IsSource ? pair.Key.Port : null,
                DestinationPort = pair.Key.IsSource ? null : pair.Key.Port,
                Packets = (long)pair.Value.Packets,
                Bytes = (long)pair.Value.Bytes,
                Share = (double)pair.Value.Packets / all,
            });

    private void Add((FlowRuleType Type, bool IsSource, ushort Port) port, ulong packets, ulong bytes)
    {
        (ulong Packets, ulong Bytes, long Flows) before = _sums.GetValueOrDefault(port);
        _sums[port] = (before.Packets + packets, before.Bytes + bytes, before.Flows + 1);
    }
}
