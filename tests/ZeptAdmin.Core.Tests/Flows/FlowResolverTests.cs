using System.Net;
using CsCheck;
using ZeptAdmin.Flows;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Tests.Flows;

/// <summary>Flows through cards that a test makes up.</summary>
public sealed class FlowResolverTests
{
    // Microsoft's published vectors for the example key: 66.9.149.187:2794 to 161.142.100.80:1766.
    private static readonly RssKey Example = RssBalanceSetting.ExampleKey;

    private static readonly RssFields Four = RssFields.SourceAddress | RssFields.DestinationAddress | RssFields.SourcePort | RssFields.DestinationPort;

    [Fact]
    public void A_flow_is_followed_to_the_CPU()
    {
        NsmFlow flow = Resolve(Card(), Published);

        Assert.Equal((FlowDecider.Rss, "sdfn", 0x51ccc178), (flow.Forward.Decider, flow.Forward.Fields, flow.Forward.Hash));
        Assert.Equal((0x78, 0), (flow.Forward.TableEntry, flow.Forward.Queue));
        Assert.Equal((100, 10, 1), (flow.Forward.Irq, flow.Forward.Cpu, flow.Forward.Node));
        Assert.Equal((flow.Source, flow.DestinationPort), (flow.Return.Destination, flow.Return.SourcePort));
        Assert.Equal(flow.Forward.Queue == flow.Return.Queue, flow.IsSameQueue);
        Assert.Equal("66.9.149.187:2794 161.142.100.80:1766/6", flow.Flow);
        Assert.Equal("hash 0x51ccc178, entry 120, queue 0, IRQ 100, CPU 10", flow.Forward.ToString());
    }

    [Fact]
    public void Addresses_alone_are_hashed_for_a_protocol_without_ports()
    {
        // The published hash of the addresses alone is 0x323e8fc2.
        NsmFlow flow = Resolve(Card(), Published with { Protocol = "icmp" });

        Assert.Equal(("sd", 0x323e8fc2), (flow.Forward.Fields, flow.Forward.Hash));
        Assert.Equal(((int?)null, RssFlowType.None), (flow.SourcePort, flow.FlowType));
    }

    [Fact]
    public void Without_the_ports_that_are_hashed_no_queue_is_told()
    {
        NsmFlow flow = Resolve(Card(), Published with { SourcePort = null });

        Assert.Equal((null, null, FlowParting.Unknown), (flow.Forward.Hash, flow.Forward.Queue, flow.PartsAt));
        Assert.Contains(flow.Notes, note => note.Contains("ports are needed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_symmetric_key_brings_all_flows_together_and_another_parts_some()
    {
        FlowResolver symmetric = new(Card(key: RssBalanceSetting.SymmetricKey));
        FlowResolver other = new(Card());
        int parted = 0;
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UShort, Gen.UShort).Sample(
            (source, destination, from, to) =>
            {
                FlowTuple tuple = Tuple(new Asked(new IPAddress(source).ToString(), from, new IPAddress(destination).ToString(), to));
                NsmFlow together = symmetric.Resolve(tuple);
                NsmFlow apart = other.Resolve(tuple);
                Assert.Equal((true, FlowParting.None, together.Forward.Hash), (together.IsSameQueue, together.PartsAt, together.Return.Hash));
                Assert.Equal(apart.Forward.Queue != apart.Return.Queue, apart.PartsAt == FlowParting.Queue);
                _ = Interlocked.Add(ref parted, apart.PartsAt == FlowParting.Queue ? 1 : 0);
            },
            iter: 2000,
            threads: 1);

        Assert.InRange(parted, 1000, 1999);
    }

    [Fact]
    public void The_ways_are_those_that_the_hash_by_its_definition_says() =>
        Gen.Select(Gen.Byte.Array[32], Gen.UShort, Gen.UShort, Gen.Bool).Sample(
            (addresses, from, to, isIp6) =>
            {
                int width = isIp6 ? 16 : 4;
                byte[] input = [.. addresses[..width], .. addresses[16..(16 + width)], (byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to];
                NsmFlow flow = Resolve(Card(), new Asked(new IPAddress(input[..width]).ToString(), from, new IPAddress(input[width..(2 * width)]).ToString(), to));
                Assert.Equal(ToeplitzHash.Define(Example.AsSpan(), input), flow.Forward.Hash);
                Assert.Equal((int)(flow.Forward.Hash! % 128 % 4), flow.Forward.Queue);
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void A_rule_goes_before_the_hash_and_parts_a_connection_of_which_it_takes_one_direction()
    {
        NicFlowRule rule = Rule(7, FlowRuleType.Tcp4, 3, Match(FlowRuleField.DestinationPort, "1766"));
        NsmFlow flow = Resolve(Card() with { Rules = [rule] }, Published);

        Assert.Equal((FlowDecider.FlowRule, 7, 3, 13), (flow.Forward.Decider, flow.Forward.RuleLocation, flow.Forward.Queue, flow.Forward.Cpu));
        Assert.Null(flow.Forward.Hash);
        Assert.Equal(FlowDecider.Rss, flow.Return.Decider);
        Assert.Equal((FlowParting.FlowRule, false), (flow.PartsAt, flow.IsSameQueue));
    }

    [Fact]
    public void Of_two_rules_the_one_with_the_lower_location_decides_and_a_rule_for_each_direction_keeps_them_together()
    {
        NicFlowRule[] rules =
        [
            Rule(1, FlowRuleType.Tcp4, 3, Match(FlowRuleField.DestinationPort, "1766")),
            Rule(2, FlowRuleType.Tcp4, 0, Match(FlowRuleField.DestinationPort, "1766")),
            Rule(3, FlowRuleType.Tcp4, 3, Match(FlowRuleField.SourcePort, "1766")),
        ];
        NsmFlow flow = Resolve(Card() with { Rules = rules }, Published);

        Assert.Equal((1, 3, 3), (flow.Forward.RuleLocation, flow.Return.RuleLocation, flow.Return.Queue));
        Assert.Equal((FlowParting.None, true), (flow.PartsAt, flow.IsSameQueue));
    }

    [Theory]
    [InlineData("i40e", "tcp", FlowDecider.Rss)]
    [InlineData("i40e", "udp", FlowDecider.Rss)]
    [InlineData("i40e", "icmp", FlowDecider.FlowRule)]
    [InlineData("ice", "tcp", FlowDecider.FlowRule)]
    public void A_rule_on_IP_takes_what_the_driver_programs_it_for(string driver, string protocol, FlowDecider decider)
    {
        NicFlowRule rule = Rule(7, FlowRuleType.Ip4, 3, Match(FlowRuleField.SourceAddress, "66.9.149.187"));
        FlowSurroundings card = Card() with { Rules = [rule] };

        NsmFlow flow = Resolve(card with { Rss = card.Rss! with { Driver = driver } }, Published with { Protocol = protocol });

        Assert.Equal(decider, flow.Forward.Decider);
        Assert.Equal(decider == FlowDecider.Rss, flow.Notes.Any(note => note.Contains("does not take whole packets", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_a_rule_drops_goes_nowhere()
    {
        NicFlowRule drop = Rule(0, FlowRuleType.Tcp4, null, Match(FlowRuleField.SourceAddress, "66.9.0.0", "255.255.0.0")) with { Action = FlowRuleAction.Drop };
        NsmFlow half = Resolve(Card() with { Rules = [drop] }, Published);
        NsmFlow whole = Resolve(Card() with { Rules = [drop, drop with { Fields = [Match(FlowRuleField.DestinationAddress, "66.9.149.187")] }] }, Published);

        Assert.Equal((true, null, FlowParting.FlowRule), (half.Forward.IsDropped, half.Forward.Queue, half.PartsAt));
        Assert.Equal((true, true, FlowParting.None), (whole.Forward.IsDropped, whole.Return.IsDropped, whole.PartsAt));
        Assert.Equal("rule 0, dropped by the card", whole.Return.ToString());
    }

    [Theory]
    [InlineData(FlowRuleType.Udp4, FlowRuleField.DestinationPort, "1766", null, false)]
    [InlineData(FlowRuleType.Tcp6, FlowRuleField.DestinationPort, "1766", null, false)]
    [InlineData(FlowRuleType.Tcp4, FlowRuleField.DestinationPort, "1767", null, false)]
    [InlineData(FlowRuleType.Tcp4, FlowRuleField.DestinationPort, "1767", "0xfffe", true)]
    [InlineData(FlowRuleType.Tcp4, FlowRuleField.SourceAddress, "66.9.149.1", "255.255.255.0", true)]
    [InlineData(FlowRuleType.Tcp4, FlowRuleField.SourceAddress, "66.9.149.1", null, false)]
    [InlineData(FlowRuleType.Ip4, FlowRuleField.Protocol, "6", null, true)]
    [InlineData(FlowRuleType.Ip4, FlowRuleField.Protocol, "17", null, false)]
    [InlineData(FlowRuleType.Ip4, FlowRuleField.TransportBytes, "0x000006e6", "0x0000ffff", true)]
    [InlineData(FlowRuleType.Ether, FlowRuleField.EtherType, "0x800", null, true)]
    [InlineData(FlowRuleType.Ether, FlowRuleField.EtherType, "0x88cc", null, false)]
    [InlineData(FlowRuleType.Tcp4, FlowRuleField.VlanTag, "0x64", null, null)]
    [InlineData(FlowRuleType.Ether, FlowRuleField.SourceMac, "52:54:00:00:00:01", null, null)]
    public void A_rule_takes_what_its_fields_say(FlowRuleType type, FlowRuleField field, string value, string? mask, bool? takes)
    {
        Assert.Equal(takes, FlowRuleMatch.Takes(Rule(0, type, 1, Match(field, value, mask)), Tuple(Published)));
        FlowSurroundings card = Card();
        NsmFlow flow = Resolve(card with { Rss = card.Rss! with { Driver = "ice" }, Rules = [Rule(0, type, 1, Match(field, value, mask))] }, Published);
        Assert.Equal(takes == true ? FlowDecider.FlowRule : FlowDecider.Rss, flow.Forward.Decider);
        Assert.Equal(takes is null, flow.Notes.Any(note => note.Contains("hangs on", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_card_that_may_hash_with_a_late_key_has_the_queues_of_both()
    {
        FlowSurroundings card = Card() with { Kernel = new KernelVersion(6, 15) };
        card = card with { Rss = card.Rss! with { Driver = "virtio_net" } };
        NsmFlow[] flows = [.. Enumerable.Range(0, 64).Select(port => Resolve(card, Published with { SourcePort = 1024 + port }))];

        RssKey late = new([0, .. Example.AsSpan()[..^1]]);
        FlowSurroundings told = Card(key: late) with { IsKeyGiven = true };
        Assert.All(flows, flow => Assert.Contains(Resolve(told, Published with { SourcePort = flow.SourcePort }).Forward.Queue!.Value, flow.Forward.PossibleQueues));
        Assert.Contains(flows, flow => flow.Forward.PossibleQueues.Length == 2);
        Assert.Contains(flows, flow => flow is { IsSameQueue: null, PartsAt: FlowParting.Unknown });
        Assert.Contains(flows[0].Notes, note => note.Contains("H15", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hidden_key_leaves_the_queue_open_unless_there_is_one_queue_or_symmetry_by_the_card()
    {
        FlowSurroundings hidden = Card();
        hidden = hidden with { Rss = hidden.Rss! with { Key = null } };
        NsmFlow unknown = Resolve(hidden, Published);
        NsmFlow single = Resolve(hidden with { Rss = hidden.Rss! with { Queues = 1 } }, Published);
        NsmFlow symmetric = Resolve(hidden with { Rss = hidden.Rss! with { InputTransform = RssInputTransform.SymmetricXor } }, Published);

        Assert.Equal((FlowDecider.Unknown, null, FlowParting.Unknown), (unknown.Forward.Decider, unknown.Forward.Queue, unknown.PartsAt));
        Assert.Contains(unknown.Notes, note => note.Contains("hides the hash key", StringComparison.Ordinal));
        Assert.Equal((FlowDecider.SingleQueue, 0, true), (single.Forward.Decider, single.Forward.Queue, single.IsSameQueue));
        Assert.Equal((null, true, FlowParting.None), (symmetric.Forward.Queue, symmetric.IsSameQueue, symmetric.PartsAt));
    }

    [Theory]
    [InlineData("mlx5_core", true)]
    [InlineData("i40e", false)]
    public void A_balance_takes_the_card_as_a_flow_does(string driver, bool isSymmetric)
    {
        // field.md H10: before 6.15 the card of mlx5 hashes both directions alike and does not say so.
        NicRss shown = Card().Rss! with { Driver = driver };
        List<string> notes = [];
        RssBalanceSetting setting = Assert.Single(WorkerBalance.SettingsOf(shown, new KernelVersion(6, 12), notes).Value);
        FlowResolver resolver = new(Card() with { Rss = FlowSurroundings.WithTransform(shown, []) });
        int parted = 0;
        for (int port = 1024; port < 1124; port++)
        {
            FlowTuple tuple = Tuple(Published with { SourcePort = port });
            NsmFlow flow = resolver.Resolve(tuple);
            Assert.Equal((flow.Forward.Queue, flow.Return.Queue), (setting.QueueOf(setting.Hash(tuple.Key)), setting.QueueOf(setting.Hash(tuple.Reversed().Key))));
            parted += flow.IsSameQueue == true ? 0 : 1;
        }

        Assert.Equal(isSymmetric, parted == 0);
        Assert.Equal(isSymmetric, notes.Any(note => note.Contains("symmetric-or-xor is assumed", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_kind_that_is_not_hashed_goes_to_queue_0()
    {
        FlowSurroundings card = Card();
        NsmFlow flow = Resolve(card with { Rss = card.Rss! with { Fields = [.. card.Rss.Fields.Select(fields => fields with { Fields = RssFields.None })] } }, Published);

        Assert.Equal((FlowDecider.NotHashed, 0, null), (flow.Forward.Decider, flow.Forward.Queue, flow.Forward.Hash));
        Assert.Equal(FlowParting.None, flow.PartsAt);
    }

    [Fact]
    public void ATR_is_told_of_TCP_only()
    {
        FlowSurroundings card = Card() with { Atr = "ATR is on." };

        Assert.Contains("ATR is on.", Resolve(card, Published).Notes);
        Assert.DoesNotContain("ATR is on.", Resolve(card, Published with { Protocol = "udp" }).Notes);
    }

    [Theory]
    [InlineData("TCP", 6)]
    [InlineData("udp", 17)]
    [InlineData("132", 132)]
    [InlineData("icmp", 1)]
    [InlineData("IPv6-ICMP", 58)]
    [InlineData("unknown_transport", 0)]
    [InlineData("tpc", null)]
    [InlineData("256", null)]
    [InlineData("-1", null)]
    public void Protocols_are_names_and_numbers(string text, int? number)
    {
        bool isKnown = FlowTuple.TryMake(IPAddress.Loopback, IPAddress.Broadcast, null, null, text, out FlowTuple? tuple, out string? problem);

        Assert.Equal(number, isKnown ? tuple!.Key.Protocol : null);
        Assert.Equal(isKnown, problem is null);
    }

    [Fact]
    public void Addresses_are_of_one_family() =>
        Assert.False(FlowTuple.TryMake(IPAddress.Loopback, IPAddress.IPv6Loopback, 1, 2, "tcp", out _, out _));

    private static readonly Asked Published = new("66.9.149.187", 2794, "161.142.100.80", 1766);

    private static NsmFlow Resolve(FlowSurroundings card, Asked asked) => new FlowResolver(card).Resolve(Tuple(asked));

    private static FlowTuple Tuple(Asked asked)
    {
        Assert.True(FlowTuple.TryMake(IPAddress.Parse(asked.Source), IPAddress.Parse(asked.Destination), asked.SourcePort, asked.DestinationPort, asked.Protocol, out FlowTuple? tuple, out string? problem), problem);
        return tuple;
    }

    // Four queues on CPUs 10 to 13 by interrupts 100 to 103; even CPUs are of node 1.
    private static FlowSurroundings Card(RssKey? key = null) => new()
    {
        InterfaceName = "ens1f0",
        Rss = new NicRss
        {
            InterfaceName = "ens1f0",
            Driver = "i40e",
            Queues = 4,
            Function = "toeplitz",
            Key = key ?? Example,
            KeySource = RssKeySource.Driver,
            IndirectionTable = [.. Enumerable.Range(0, 128).Select(entry => entry % 4)],
            TableSize = 128,
            Fields = [.. NicRssReader.FlowTypes.Select(type => new NicHashFields { FlowType = type, Fields = Four })],
        },
        Irqs = [.. Enumerable.Range(0, 4).Select(queue => new IrqAffinity { Irq = 100 + queue, Queue = queue, Direction = IrqDirection.Combined, EffectiveCpus = new CpuList(10 + queue) })],
        Nodes = Enumerable.Range(0, 16).ToDictionary(cpu => cpu, cpu => (int?)(cpu % 2 == 0 ? 1 : 0)),
    };

    private static NicFlowRule Rule(long location, FlowRuleType type, long? queue, params NicFlowMatch[] fields) =>
        new() { Location = location, FlowType = type, Queue = queue, Fields = fields };

    private static NicFlowMatch Match(FlowRuleField field, string value, string? mask = null) => new() { Field = field, Value = value, Mask = mask };

    private sealed record Asked(string Source, int? SourcePort, string Destination, int? DestinationPort, string Protocol = "tcp");
}
