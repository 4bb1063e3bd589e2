using System.Runtime.InteropServices;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Rss;

/// <summary>
/// What the module sends, against what Debian's ethtool sends for the same wish: a library in front of ethtool's ioctl answers as a driver
/// would and prints the request.
/// </summary>
public sealed class EthtoolSendsTests : IDisposable
{
    private const string Port = RssCard.Port;

    private const string Library =
        """
        #include <errno.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <net/if.h>
        #include <linux/ethtool.h>
        #include <linux/sockios.h>

        static void print(const unsigned char *bytes, int from, int to)
        {
            for (int i = from; i < to; i++)
                printf("%02x", bytes[i]);
            printf("\n");
        }

        int ioctl(int descriptor, unsigned long request, ...)
        {
            va_list arguments;
            va_start(arguments, request);
            struct ifreq *interface = va_arg(arguments, struct ifreq *);
            va_end(arguments);
            if (request != SIOCETHTOOL) {
                errno = ENOTTY;
                return -1;
            }
            struct ethtool_rxnfc *rules = (void *)interface->ifr_data;
            struct ethtool_rxfh *rss = (void *)interface->ifr_data;
            switch (rules->cmd) {
            case ETHTOOL_GRXRINGS:
                rules->data = 8;
                return 0;
            case ETHTOOL_GRSSH:
                rss->indir_size = 8;
                rss->key_size = 4;
                rss->hfunc = 1;
                return 0;
            case ETHTOOL_SRSSH:
                print((void *)rss, 0, 24 + (rss->indir_size == 0xffffffff ? 0 : rss->indir_size * 4) + rss->key_size);
                return 0;
            case ETHTOOL_SRXFH:
                print((void *)rules, 0, 16);
                return 0;
            case ETHTOOL_GRXCLSRLCNT:
            case ETHTOOL_GRXCLSRLALL:
                rules->data = 1024;
                rules->rule_cnt = 0;
                return 0;
            case ETHTOOL_SRXCLSRLINS:
                print((void *)&rules->fs, 0, 164);
                print((void *)&rules->rss_context, 0, 4);
                return 0;
            default:
                errno = EOPNOTSUPP;
                return -1;
            }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, NicFlowRuleWish> Rules => new()
    {
        { "flow-type udp4 dst-port 514 action -1", Drop(FlowRuleType.Udp4) with { DestinationPort = 514 } },
        { "flow-type tcp4 src-ip 10.0.0.0 m 0.255.255.255 dst-port 80 action 3 loc 7", Drop(FlowRuleType.Tcp4) with { Source = "10.0.0.0/8", DestinationPort = 80, Action = FlowRuleAction.Queue, ActionTarget = 3, Location = 7 } },
        { "flow-type sctp4 src-port 9 vlan 0x64 m 0xf000 action 1", Drop(FlowRuleType.Sctp4) with { SourcePort = 9, Vlan = 100, Action = FlowRuleAction.Queue, ActionTarget = 1 } },
        { "flow-type ip4 src-ip 10.0.0.1 l4proto 47 action -1", Drop(FlowRuleType.Ip4) with { Source = "10.0.0.1", Protocol = 47 } },
        { "flow-type ip6 dst-ip 2001:db8::1 l4proto 58 action -1", Drop(FlowRuleType.Ip6) with { Destination = "2001:db8::1", Protocol = 58 } },
        { "flow-type udp6 src-ip 2001:db8:: m ::ffff:ffff:ffff:ffff:ffff:ffff dst-port 53 context 2", Drop(FlowRuleType.Udp6) with { Source = "2001:db8::/32", DestinationPort = 53, Action = FlowRuleAction.RssContext, ActionTarget = 2 } },
        { "flow-type tcp6 src-port 443 action 2", Drop(FlowRuleType.Tcp6) with { SourcePort = 443, Action = FlowRuleAction.Queue, ActionTarget = 2 } },
        { "flow-type esp4 dst-ip 10.0.0.1 action -1", Drop(FlowRuleType.Esp4) with { Destination = "10.0.0.1" } },
        { "flow-type ether src 02:03:04:05:06:07 proto 0x88cc action 1", Drop(FlowRuleType.Ether) with { Source = "02:03:04:05:06:07", EtherType = 0x88cc, Action = FlowRuleAction.Queue, ActionTarget = 1 } },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_is_that_of_ethtool(string arguments, NicFlowRuleWish wish)
    {
        string[] sent = Ethtool($"-N lo {arguments}");
        RssCard card = new("mlx5_core", 40, 128);

        Assert.Null(new NicFlowRuleSetting().Write(card, Port, NicFlowRulePlanner.Add(card, Port, wish).Value.Change.After));

        byte[] bytes = Assert.Single(card.Writes).Bytes;
        Assert.Equal(sent[0], Convert.ToHexStringLower(bytes.AsSpan(16, 164)));

        // Without a context ethtool leaves there what it read last.
        if (wish.Action == FlowRuleAction.RssContext)
        {
            Assert.Equal(sent[1], Convert.ToHexStringLower(bytes.AsSpan(184, 4)));
        }
    }

    [Theory]
    [InlineData("6 2")]
    [InlineData("1 2 1")]
    [InlineData("0 1 0 2")]
    [InlineData("3 1 2")]
    [InlineData("1 1 1 1 1 1 1 1")]
    public void Weights_make_the_table_of_ethtool(string weights)
    {
        string sent = Assert.Single(Ethtool($"-X lo weight {weights}"));
        RssCard card = new("mlx5_core", 4, 8);
        PlannedWrite(card, new RssWish { Weights = [.. weights.Split(' ').Select(int.Parse)] });

        Assert.Equal(sent[48..], Convert.ToHexStringLower(MemoryMarshal.AsBytes(card.Table.AsSpan())));
    }

    [Theory]
    [InlineData("equal 3", 3, null)]
    [InlineData("hkey 6D:5A:6D:5A", null, "6D:5A:6D:5A")]
    [InlineData("hkey 6D:5A:6D:5A equal 5", 5, "6D:5A:6D:5A")]
    public void Key_and_even_table_go_as_those_of_ethtool(string arguments, int? queues, string? key)
    {
        string sent = Assert.Single(Ethtool($"-X lo {arguments}"));
        RssCard card = new("mlx5_core", 4, 8);
        PlannedWrite(card, new RssWish { QueueCount = queues, Key = key is null ? null : new RssKey(key) });

        Assert.Equal(sent, Convert.ToHexStringLower(Assert.Single(card.Writes).Bytes));
    }

    [Theory]
    [InlineData("udp4 sd", RssFlowType.Udp4, "sd")]
    [InlineData("tcp6 sdfn", RssFlowType.Tcp6, "sdfn")]
    [InlineData("sctp4 vt", RssFlowType.Sctp4, "vt")]
    public void Fields_go_as_those_of_ethtool(string arguments, RssFlowType type, string letters)
    {
        string sent = Assert.Single(Ethtool($"-N lo rx-flow-hash {arguments}"));
        RssCard card = new("mlx5_core", 4, 8);
        card.Fields[(uint)type] = 0x10;
        _ = RssFieldsText.TryParse(letters, out RssFields? fields);
        PlannedWrite(card, new RssWish { Fields = fields, FlowTypes = [type] });

        Assert.Equal(sent, Convert.ToHexStringLower(Assert.Single(card.Writes).Bytes.AsSpan(0, 16)));
    }

    private static NicFlowRuleWish Drop(FlowRuleType type) => new() { FlowType = type, Action = FlowRuleAction.Drop };

    private static void PlannedWrite(RssCard card, RssWish wish)
    {
        foreach (ZeptAdmin.Changes.PlannedChange change in RssPlanner.Plan(card, Port, wish).Value.Changes)
        {
            Assert.Null(change.Setting.Write(card, Port, change.After));
        }
    }

    private string[] Ethtool(string arguments)
    {
        string library = Path.Combine(_folder.Path, "library.so");
        (int exitCode, _, string errors) = ExternalTool.TryRun("cc", "-shared", "-fPIC", "-o", library, _folder.Write("library.c", Library));
        Assert.SkipUnless(exitCode == 0, $"the kernel's headers do not compile here: {errors}");
        _ = ExternalTool.Run("ethtool", "--version");
        return [.. ExternalTool.Run("env", [$"LD_PRELOAD={library}", "ethtool", .. arguments.Split(' ')]).Split('\n').Where(line => line.Length > 0 && line.All(char.IsAsciiHexDigitLower))];
    }
}
