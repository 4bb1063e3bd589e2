using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Vm;

/// <summary>What the module read of each device of the guest is what Debian's ethtool printed there.</summary>
public sealed class GuestNicTests(GuestResults guest) : IClassFixture<GuestResults>
{
    // ethtool's names of the hashed fields, and the letters that its -N takes.
    private static readonly Dictionary<string, RssFields> HashedFields = new()
    {
        ["L2DA"] = RssFields.DestinationMac,
        ["VLAN tag"] = RssFields.Vlan,
        ["L3 proto"] = RssFields.Protocol,
        ["IP SA"] = RssFields.SourceAddress,
        ["IP DA"] = RssFields.DestinationAddress,
        ["L4 bytes 0 & 1 [TCP/UDP src port]"] = RssFields.SourcePort,
        ["L4 bytes 2 & 3 [TCP/UDP dst port]"] = RssFields.DestinationPort,
    };

    private static readonly Dictionary<string, RssFlowType> FlowTypes = new()
    {
        ["tcp4"] = RssFlowType.Tcp4,
        ["udp4"] = RssFlowType.Udp4,
        ["sctp4"] = RssFlowType.Sctp4,
        ["ah4"] = RssFlowType.AhEsp4,
        ["tcp6"] = RssFlowType.Tcp6,
        ["udp6"] = RssFlowType.Udp6,
        ["sctp6"] = RssFlowType.Sctp6,
        ["ah6"] = RssFlowType.AhEsp6,
    };

    [Theory]
    [MemberData(nameof(GuestResults.Devices), MemberType = typeof(GuestResults))]
    public void Carrier_and_addresses(string device)
    {
        Nic nic = guest.Records<Nic>("Get-Nic").Single(each => each.InterfaceName == device);
        string detected = Regex.Match(GuestResults.Ethtool(device, "").Output, "Link detected: (yes|no)").Groups[1].Value;
        string permanent = Regex.Match(GuestResults.Ethtool(device, "-P").Output, "Permanent address: (([0-9a-f]{2}:){5}[0-9a-f]{2})?").Groups[1].Value;

        if (detected.Length > 0)
        {
            Assert.Equal(detected == "yes", nic.HasCarrier);
        }

        Assert.Equal(permanent, nic.PermanentMacAddress ?? "");
    }

    [Theory]
    [MemberData(nameof(GuestResults.Devices), MemberType = typeof(GuestResults))]
    public void Table_key_and_function(string device)
    {
        NicRss? rss = guest.Records<NicRss>("Get-NicRss").SingleOrDefault(each => each.InterfaceName == device);
        EthtoolText text = GuestResults.Ethtool(device, "-x");
        int[] table = [.. Regex.Matches(text.Output, @"^ +\d+: +(.*)$", RegexOptions.Multiline)
            .SelectMany(row => row.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(queue => int.Parse(queue, CultureInfo.InvariantCulture))];

        Assert.Equal(table, rss?.IndirectionTable ?? []);
        if (table.Length > 0)
        {
            Assert.Equal(int.Parse(Regex.Match(text.Output, @"with (\d+) RX ring").Groups[1].Value, CultureInfo.InvariantCulture), rss!.Queues);
        }

        string key = Regex.Match(text.Output, @"^([0-9a-f]{2}(:[0-9a-f]{2})+)$", RegexOptions.Multiline).Value;
        Assert.Equal(key, rss is { Key: RssKey read, KeySource: RssKeySource.Driver } ? read.ToString().ToLowerInvariant() : "");
        string function = Regex.Match(text.Output, @"^ +(\w+): on$", RegexOptions.Multiline).Groups[1].Value;
        Assert.Equal(function, rss?.Function ?? "");
    }

    [Theory]
    [MemberData(nameof(GuestResults.Devices), MemberType = typeof(GuestResults))]
    public void Hashed_fields_of_all_eight_flow_types(string device)
    {
        NicRss? rss = guest.Records<NicRss>("Get-NicRss").SingleOrDefault(each => each.InterfaceName == device);
        Assert.All(FlowTypes, type =>
        {
            EthtoolText text = GuestResults.Ethtool(device, $"hash-{type.Key}");
            RssFields? printed = text.ExitCode != 0 || !text.Output.Contains("use these fields", StringComparison.Ordinal)
                ? null
                : text.Output.Split('\n').Where(HashedFields.ContainsKey).Aggregate(RssFields.None, (all, line) => all | HashedFields[line]);

            Assert.Equal(printed, rss?.Fields.SingleOrDefault(fields => fields.FlowType == type.Value)?.Fields);
        });
    }

    [Theory]
    [MemberData(nameof(GuestResults.Devices), MemberType = typeof(GuestResults))]
    public void Every_counter_by_name_and_order_between_what_it_was_before_and_after(string device)
    {
        (string Name, ulong Value)[] before = Counters(GuestResults.Ethtool(device, "S-before"));
        (string Name, ulong Value)[] after = Counters(GuestResults.Ethtool(device, "S-after"));
        NicCounter[] read = [.. guest.Records<NicCounter>("Get-NicCounter").Where(counter => counter.InterfaceName == device)];

        Assert.Equal(before.Select(counter => counter.Name), read.Select(counter => counter.Name));
        Assert.All(read.Index(), each => Assert.InRange(each.Item.Value, before[each.Index].Value, after[each.Index].Value));
    }

    [Theory]
    [InlineData("e1000e")]
    [InlineData("igb")]
    public void The_frames_that_were_sent_in_are_in_the_counters(string card) =>
        Assert.True(guest.Records<NicCounter>("Get-NicCounter").Single(counter => counter.InterfaceName == card && counter.Name == "rx_packets").Value >= 64);

    [Theory]
    [MemberData(nameof(GuestResults.Devices), MemberType = typeof(GuestResults))]
    public void Every_flow_rule(string device)
    {
        string[] printed = [.. Regex.Matches(GuestResults.Ethtool(device, "-n").Output, @"^Filter: (\d+)[\s\S]*?Action: (.*)$", RegexOptions.Multiline)
            .Select(rule => $"{rule.Groups[1].Value}: {rule.Groups[2].Value}")];

        Assert.Equal(printed, guest.Records<NicFlowRule>("Get-NicFlowRule").Where(rule => rule.InterfaceName == device)
            .Select(rule => $"{rule.Location}: {(rule.Action == FlowRuleAction.Drop ? "Drop" : $"Direct to queue {rule.Queue}")}"));
    }

    private static (string Name, ulong Value)[] Counters(EthtoolText text) =>
        // vmxnet3 indents the names of a queue under its "Tx Queue#"; the module leaves the spaces out.
        [.. Regex.Matches(text.Output, @"^ +(.+): (\d+)$", RegexOptions.Multiline).Select(row => (row.Groups[1].Value, ulong.Parse(row.Groups[2].Value, CultureInfo.InvariantCulture)))];
}
