using System.Net;
using ZeptAdmin.Drops;
using ZeptAdmin.Flows;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Tests.Flows;

/// <summary>The last link of the chain: from queue or CPU to fanout member and process.</summary>
public sealed class FlowWorkersTests
{
    [Fact]
    public void A_queue_leads_to_the_member_behind_its_number_and_to_its_process()
    {
        NsmFlow flow = Resolve(Group(AfPacketFanoutMode.QueueMapping, members: 4), port: 2794);

        NsmFlowWorker worker = Assert.Single(flow.Forward.Workers);
        int member = (flow.Forward.Queue!.Value + 1) % 4;
        Assert.Equal((101, 4, member, 1000 + member, "zeek"), (worker.FanoutId, worker.Members, worker.Member, worker.ProcessId, worker.ProcessName));
        Assert.Equal((CpuList.Parse($"{member}"), member % 2, FlowConfidence.Assumed), (worker.ProcessCpus, worker.ProcessNode, worker.Confidence));
        Assert.EndsWith($"group 101 member {member}: zeek {1000 + member} on {member}", flow.Forward.ToString(), StringComparison.Ordinal);
        Assert.Contains(flow.Notes, note => note.Contains("J6", StringComparison.Ordinal));
    }

    [Fact]
    public void Queues_that_part_may_still_meet_in_one_member()
    {
        NsmFlow[] two = [.. Enumerable.Range(1024, 100).Select(port => Resolve(Group(AfPacketFanoutMode.QueueMapping, members: 2), port))];

        Assert.All(two, flow => Assert.Equal((flow.Forward.Queue + 1) % 2 == (flow.Return.Queue + 1) % 2, flow.IsSameWorker));
        Assert.Contains(two, flow => flow is { IsSameQueue: false, IsSameWorker: true });
        Assert.Contains(two, flow => flow is { IsSameQueue: false, IsSameWorker: false, PartsAt: FlowParting.Queue });
    }

    [Theory]
    [InlineData(AfPacketFanoutMode.Hash, true, FlowParting.None)]
    [InlineData(AfPacketFanoutMode.QueueMapping, true, FlowParting.None)]
    [InlineData(AfPacketFanoutMode.LoadBalance, false, FlowParting.Worker)]
    [InlineData(AfPacketFanoutMode.Random, false, FlowParting.Worker)]
    [InlineData(AfPacketFanoutMode.Rollover, null, FlowParting.None)]
    [InlineData(AfPacketFanoutMode.Ebpf, null, FlowParting.None)]
    public void A_mode_keeps_a_flow_of_one_queue_together_or_tears_it(AfPacketFanoutMode mode, bool? isSame, FlowParting partsAt)
    {
        NsmFlow flow = Resolve(Group(mode, members: 4), port: 2794, key: RssBalanceSetting.SymmetricKey);

        Assert.Equal((true, isSame, partsAt), (flow.IsSameQueue, flow.IsSameWorker, flow.PartsAt));
        Assert.Equal(mode == AfPacketFanoutMode.QueueMapping, flow.Forward.Workers[0].Member is not null);
    }

    [Fact]
    public void By_CPU_the_member_is_the_CPU_modulo_the_members_unless_RPS_moves_packets_on()
    {
        AfPacketSocket[] group = Group(AfPacketFanoutMode.Cpu, members: 3);
        NsmFlow flow = Resolve(group, port: 2794);
        NsmFlow moved = Resolve(group, port: 2794, rps: "0-3");

        Assert.Equal(flow.Forward.Cpu % 3, flow.Forward.Workers[0].Member);
        Assert.Equal((null, null, FlowConfidence.Unknown), (moved.Forward.Workers[0].Member, moved.IsSameWorker, moved.Forward.Workers[0].Confidence));
    }

    [Fact]
    public void A_socket_alone_gets_all_and_one_that_only_sends_nothing()
    {
        AfPacketSocket alone = new() { Inode = 9, IsReceiving = true, ProcessId = 5, ProcessName = "tcpdump" };
        NsmFlow flow = Resolve([alone, alone with { Inode = 10, IsReceiving = false }], port: 2794);

        NsmFlowWorker worker = Assert.Single(flow.Forward.Workers);
        Assert.Equal((null, null, 1, 5, FlowConfidence.Certain), (worker.FanoutId, worker.Mode, worker.Members, worker.ProcessId, worker.Confidence));
        Assert.True(flow.IsSameWorker);
    }

    [Fact]
    public void A_balance_tells_what_each_worker_gets_and_counts_a_flow_once_for_a_worker()
    {
        FlowWorkers workers = new(Group(AfPacketFanoutMode.QueueMapping, members: 2), "i40e", new Dictionary<int, int?>());
        RssBalanceSetting setting = RssBalanceSetting.Of(RssBalanceSetting.ExampleKey, Four, queues: 4, tableSize: 128).With(workers.GroupsByQueue(4), workers.NotByQueue);
        using BalanceMeter meter = new([setting]);
        FlowTuple[] flows = [.. Enumerable.Range(1024, 200).Select(port => Tuple(port))];
        Assert.All(flows, flow =>
        {
            meter.Add(flow.Key, 3, 300);
            meter.Add(flow.Key.Reversed(), 1, 100);
        });

        RssBalance balance = meter.Finish(["made up"], 0)[0];

        Assert.Equal([0, 1], balance.ByWorker.Select(worker => worker.Member));
        Assert.Equal([[1, 3], [0, 2]], balance.ByWorker.Select(worker => worker.Queues));
        Assert.Equal((800, 80000, 1.0), (balance.ByWorker.Sum(worker => worker.Packets), balance.ByWorker.Sum(worker => worker.Bytes), balance.ByWorker.Sum(worker => worker.Share)));

        // By definition: a flow counts for each worker that has a packet of it.
        foreach (RssWorkerLoad worker in balance.ByWorker)
        {
            bool Has(in FlowKey key) => worker.Queues.Contains(setting.QueueOf(setting.Hash(key)));
            Assert.Equal(flows.Count(flow => Has(flow.Key) || Has(flow.Key.Reversed())), worker.Flows);
            Assert.Equal(balance.ByQueue.Where(queue => worker.Queues.Contains(queue.Queue)).Sum(queue => queue.Packets), worker.Packets);
        }

        Assert.Equal(800, balance.EntryPackets.Sum());
        Assert.All(balance.ByQueue, queue => Assert.Equal(queue.Packets, balance.EntryPackets.Where((_, entry) => balance.EntryQueues[entry] == queue.Queue).Sum()));
    }

    private static readonly RssFields Four = RssFields.SourceAddress | RssFields.DestinationAddress | RssFields.SourcePort | RssFields.DestinationPort;

    // Members on CPUs of their number.
    private static AfPacketSocket[] Group(AfPacketFanoutMode mode, int members) =>
    [
        .. Enumerable.Range(0, members).Select(member => new AfPacketSocket
        {
            InterfaceName = "ens1f0",
            Inode = 100 + member,
            IsReceiving = true,
            FanoutId = 101,
            FanoutMode = mode,
            ProcessId = 1000 + member,
            ProcessName = "zeek",
            AllowedCpus = new CpuList(member),
        }),
    ];

    private static NsmFlow Resolve(AfPacketSocket[] sockets, int port, RssKey? key = null, string rps = "")
    {
        Dictionary<int, int?> nodes = Enumerable.Range(0, 16).ToDictionary(cpu => cpu, cpu => (int?)(cpu % 2));
        return new FlowResolver(new FlowSurroundings
        {
            InterfaceName = "ens1f0",
            Rss = new NicRss
            {
                InterfaceName = "ens1f0",
                Driver = "i40e",
                Queues = 4,
                Function = "toeplitz",
                Key = key ?? RssBalanceSetting.ExampleKey,
                KeySource = RssKeySource.Driver,
                IndirectionTable = [.. Enumerable.Range(0, 128).Select(entry => entry % 4)],
                TableSize = 128,
                Fields = [.. NicRssReader.FlowTypes.Select(type => new NicHashFields { FlowType = type, Fields = Four })],
            },
            Irqs = [.. Enumerable.Range(0, 4).Select(queue => new IrqAffinity { Irq = 100 + queue, Queue = queue, Direction = IrqDirection.Combined, EffectiveCpus = new CpuList(10 + queue), RpsCpus = CpuList.Parse(rps) })],
            Nodes = nodes,
            Workers = new FlowWorkers(sockets, "i40e", nodes),
        }).Resolve(Tuple(port));
    }

    private static FlowTuple Tuple(int port)
    {
        Assert.True(FlowTuple.TryMake(IPAddress.Parse("66.9.149.187"), IPAddress.Parse("161.142.100.80"), port, 1766, "tcp", out FlowTuple? tuple, out string? problem), problem);
        return tuple;
    }
}
