using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests;

/// <summary>Holds receive-side scaling, flow rules and counters against what Debian's ethtool prints, refusals included.</summary>
/// <remarks>
/// As <see cref="EthtoolEquality"/>: the sensor may be live or a snapshot, the texts may come from a process or from files.
/// <c>ethtool</c> is given the arguments of a command line: <c>-x eth0</c>, <c>-n eth0 rx-flow-hash tcp4</c>.
/// </remarks>
internal sealed class RssEthtoolEquality(Sensor sensor, string interfaceName, Func<string[], EthtoolText> ethtool)
{
    private readonly List<string> _differences = [];

    // ethtool's names of flow types, and the letters of the lines that it prints (rxclass.c, unparse_rxfhashopts).
    private static readonly (string Name, RssFlowType Type)[] FlowTypes =
    [
        ("tcp4", RssFlowType.Tcp4), ("udp4", RssFlowType.Udp4), ("sctp4", RssFlowType.Sctp4), ("ah4", RssFlowType.AhEsp4), ("esp4", RssFlowType.AhEsp4),
        ("tcp6", RssFlowType.Tcp6), ("udp6", RssFlowType.Udp6), ("sctp6", RssFlowType.Sctp6), ("ah6", RssFlowType.AhEsp6), ("esp6", RssFlowType.AhEsp6),
    ];

    private static readonly (string Line, char Letter)[] FieldLines =
    [
        ("L2DA", 'm'), ("VLAN tag", 'v'), ("L3 proto", 't'), ("IP SA", 's'), ("IP DA", 'd'), ("L4 bytes 0 & 1", 'f'), ("L4 bytes 2 & 3", 'n'),
        ("GTP TEID", 'e'), ("IPv6 Flow Label", 'l'),
    ];

    private static readonly Dictionary<string, FlowRuleField> RuleLines = new()
    {
        ["Src IP addr"] = FlowRuleField.SourceAddress,
        ["Dest IP addr"] = FlowRuleField.DestinationAddress,
        ["Src port"] = FlowRuleField.SourcePort,
        ["Dest port"] = FlowRuleField.DestinationPort,
        ["SPI"] = FlowRuleField.Spi,
        ["TOS"] = FlowRuleField.TrafficClass,
        ["Traffic Class"] = FlowRuleField.TrafficClass,
        ["Protocol"] = FlowRuleField.Protocol,
        ["L4 bytes"] = FlowRuleField.TransportBytes,
        ["Src MAC addr"] = FlowRuleField.SourceMac,
        ["Dest MAC addr"] = FlowRuleField.DestinationMac,
        ["Ethertype"] = FlowRuleField.EtherType,
        ["VLAN EtherType"] = FlowRuleField.VlanEtherType,
        ["VLAN"] = FlowRuleField.VlanTag,
        ["User-defined"] = FlowRuleField.UserDefined,
    };

    /// <summary>How many figures and refusals were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Compares everything; returns the differences, one line each.</summary>
    public IReadOnlyList<string> CompareAll()
    {
        Answer<NicRss> rss = NicRssReader.Get(sensor, interfaceName);
        CompareScaling(ethtool(["-x", interfaceName]), rss);
        foreach ((string name, RssFlowType type) in FlowTypes)
        {
            CompareFields(name, type, ethtool(["-n", interfaceName, "rx-flow-hash", name]), rss);
        }

        CompareRules(ethtool(["-n", interfaceName]));
        CompareCounters();
        return _differences;
    }

    private void CompareScaling(EthtoolText text, Answer<NicRss> answer)
    {
        NicRss? rss = answer.Try(out NicRss? known) ? known : null;
        if (text.ExitCode != 0)
        {
            // "Cannot get RX ring count", "Cannot get RX flow hash …": ethtool needs both.
            Same("-x refused", true, rss?.Queues is null || rss is { TableSize: null, Key: null });
            return;
        }

        string[] lines = text.Output.Split('\n');
        string[] headline = lines[0].Split(' ');
        Same("-x RX rings", headline[Array.IndexOf(headline, "with") + 1], Text(rss?.Queues));
        List<int> table = [];
        string key = "";
        List<string> functions = [];
        string section = "";
        foreach (string line in lines[1..])
        {
            string trimmed = line.Trim();
            if (trimmed.EndsWith(':') && trimmed.StartsWith("RSS", StringComparison.Ordinal))
            {
                section = trimmed;
            }
            else if (trimmed.Length == 0 || trimmed == "Operation not supported")
            {
            }
            else if (section == "RSS hash key:")
            {
                key += trimmed;
            }
            else if (section == "RSS hash function:")
            {
                functions.Add(trimmed);
            }
            else if (section.Length == 0)
            {
                table.AddRange(trimmed[(trimmed.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => int.Parse(entry, CultureInfo.InvariantCulture)));
            }
        }

        Same("-x table", string.Join(' ', table), string.Join(' ', rss?.IndirectionTable ?? []));
        Same("-x key", key.ToUpperInvariant(), rss?.KeySource == RssKeySource.Driver ? rss.Key!.ToString() : "");
        Same("-x functions", string.Join(' ', functions), string.Join(' ', (rss?.KnownFunctions ?? []).Select(name => $"{name}: {(name == rss?.Function ? "on" : "off")}")));
    }

    private void CompareFields(string name, RssFlowType type, EthtoolText text, Answer<NicRss> answer)
    {
        NicHashFields? fields = answer.Try(out NicRss? rss) ? Array.Find(rss.Fields, fields => fields.FlowType == type) : null;
        Same($"rx-flow-hash {name} refused", text.ExitCode != 0, fields is null);
        if (text.ExitCode == 0 && fields is not null)
        {
            string letters = string.Concat(FieldLines.Where(pair => text.Output.Contains(pair.Line, StringComparison.Ordinal)).Select(pair => pair.Letter));
            Same($"rx-flow-hash {name}", text.Output.Contains("All matching flows discarded", StringComparison.Ordinal) ? "r" : letters, fields.Letters);
        }
    }

    private void CompareRules(EthtoolText text)
    {
        Answer<NicFlowRule[]> answer = NicFlowRules.Get(sensor, interfaceName);
        string[] words = text.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0)
        {
            Same("-n RX rings", words[0], Text(EthtoolRxRings.Get(sensor.Ethtool, interfaceName).Try(out int rings) ? rings : null));
        }

        Same("-n refused", text.ExitCode != 0, !answer.IsKnown);
        if (text.ExitCode != 0 || !answer.IsKnown)
        {
            return;
        }

        string[] filters = text.Output.Split("Filter: ")[1..];
        Same("-n rules", filters.Length, answer.Value.Length);
        foreach (string filter in filters)
        {
            string[] lines = filter.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            NicFlowRule? rule = Array.Find(answer.Value, rule => Text(rule.Location) == lines[0]);
            Same($"-n rule {lines[0]} known", true, rule is not null);
            if (rule is not null)
            {
                Array.ForEach(lines[1..], line => CompareRuleLine(line, rule));
            }
        }
    }

    private void CompareRuleLine(string line, NicFlowRule rule)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        string name = colon < 0 ? line : line[..colon];
        if (name == "Action")
        {
            string target = rule.Action switch
            {
                FlowRuleAction.Drop => "Drop",
                FlowRuleAction.WakeOnLan => "Wake-on-LAN",
                _ when rule.VirtualFunction is int function => $"Direct to VF {Text(function)} queue {Text(rule.Queue)}",
                _ => $"Direct to queue {Text(rule.Queue)}",
            };
            Same($"-n rule {rule.Location} action", line[(colon + 2)..], target);
        }
        else if (RuleLines.TryGetValue(name, out FlowRuleField field))
        {
            // ethtool shows the bits that are not compared.
            string[] parts = line[(colon + 2)..].Split(" mask: ");
            NicFlowMatch? match = Array.Find(rule.Fields, match => match.Field == field);
            bool isIgnored = parts.Length > 1 && parts[1].Replace(":", "", StringComparison.Ordinal).Replace("0x", "", StringComparison.Ordinal).Replace("255", "f", StringComparison.Ordinal)
                .Replace(".", "", StringComparison.Ordinal).All(digit => char.ToUpperInvariant(digit) == 'F');
            Same($"-n rule {rule.Location} {name} compared", !isIgnored, match is not null);
            if (match is not null)
            {
                Same($"-n rule {rule.Location} {name}", parts[0].ToUpperInvariant(), match.Value.ToUpperInvariant());
            }
        }
    }

    // A live card counts on, so its counters are read before ethtool and after it, and ethtool's value must lie between.
    private void CompareCounters()
    {
        NicCounter[] before = Counters();
        EthtoolText text = ethtool(["-S", interfaceName]);
        NicCounter[] after = Counters();
        string[] lines = text.ExitCode == 0 ? [.. text.Output.Split('\n').Skip(1).Where(line => line.Trim().Length > 0)] : [];
        Same("-S counters", lines.Length, before.Length);
        for (int i = 0; i < Math.Min(lines.Length, Math.Min(before.Length, after.Length)); i++)
        {
            int colon = lines[i].LastIndexOf(": ", StringComparison.Ordinal);
            if (colon < 0 || !ulong.TryParse(lines[i].AsSpan(colon + 2), CultureInfo.InvariantCulture, out ulong value))
            {
                Same($"-S line {i}", lines[i], before[i].Name);
                continue;
            }

            Same($"-S name {i}", lines[i][..colon].Trim(), before[i].Name);
            Same($"-S {before[i].Name} ({before[i].Value} to {after[i].Value}, ethtool {value})", true, before[i].Value <= value && value <= after[i].Value);
        }
    }

    private NicCounter[] Counters() => NicCounters.Get(sensor, interfaceName).Try(out NicCounter[]? counters) ? counters : [];

    private void Same<T>(string what, T? printed, T? read)
    {
        Compared++;
        if (!EqualityComparer<T>.Default.Equals(printed, read))
        {
            _differences.Add($"{interfaceName} {what}: ethtool has '{printed}', the module '{read}'");
        }
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
