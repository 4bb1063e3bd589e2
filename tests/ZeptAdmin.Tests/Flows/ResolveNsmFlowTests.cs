using ZeptAdmin.Flows;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Flows;

public sealed class ResolveNsmFlowTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _sensor = Path.Combine(Repository.Root, "examples", "sensors", "virtual.zip");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Follows_a_flow_of_a_snapshot_to_the_CPU()
    {
        EngineResult result = _engine.Run("Resolve-NsmFlow 10.1.2.3 192.168.8.8 -SourcePort 40000 -DestinationPort 443 -InterfaceName igb, e1000e, lo -Snapshot $args[0]", _sensor);

        NsmFlow[] flows = [.. result.Output.Select(flow => Assert.IsType<NsmFlow>(flow.BaseObject))];
        Assert.Equal(["igb", "e1000e", "lo"], flows.Select(flow => flow.InterfaceName));
        Assert.Equal((FlowDecider.Rss, "sdfn"), (flows[0].Forward.Decider, flows[0].Forward.Fields));
        Assert.NotNull(flows[0].Forward.Cpu);
        Assert.NotNull(flows[0].Forward.Node);
        Assert.Equal((FlowDecider.SingleQueue, 0), (flows[1].Forward.Decider, flows[1].Forward.Queue));
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void Rows_of_logs_bind_by_their_own_names()
    {
        EngineResult result = _engine.Run(
            """
            [pscustomobject]@{ 'id.orig_h' = '10.0.0.1'; 'id.orig_p' = 1024; 'id.resp_h' = '10.0.0.2'; 'id.resp_p' = 53; proto = 'udp' },
            [pscustomobject]@{ src_ip = '10.0.0.1'; src_port = 1024; dest_ip = '10.0.0.2'; dest_port = 53; proto = 'UDP' },
            [pscustomobject]@{ Source = '10.0.0.1'; SourcePort = '1024'; Destination = '10.0.0.2'; DestinationPort = '53'; Protocol = '17' } |
                Resolve-NsmFlow -InterfaceName igb -Snapshot $args[0]
            """,
            _sensor);

        Assert.Empty(result.Errors);
        Assert.Equal(["10.0.0.1:1024 10.0.0.2:53/17"], result.Output.Select(flow => ((NsmFlow)flow.BaseObject).Flow).Distinct());
        Assert.Equal(3, result.Output.Length);
    }

    [Fact]
    public void Heavy_flows_of_a_balance_come_to_the_queues_that_it_told()
    {
        EngineResult result = _engine.Run(
            """
            $heavy = (Measure-RssBalance $args[0] -InterfaceName ens1f1 -Snapshot $args[1] -Top 20).HeaviestFlows
            $flows = $heavy | Resolve-NsmFlow -InterfaceName ens1f1 -Snapshot $args[1]
            $back = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($heavy, 4)) |
                Resolve-NsmFlow -InterfaceName ens1f1 -Snapshot $args[1]
            for ($i = 0; $i -lt $heavy.Count; $i++) {
                "$($heavy[$i].Queue) $($heavy[$i].ReturnQueue)"; "$($flows[$i].Forward.Queue) $($flows[$i].Return.Queue)"; "$($back[$i].Forward.Queue) $($back[$i].Return.Queue)"
            }
            """,
            Path.Combine(Repository.Root, "tests", "Fixtures", "logs", "conn.log"),
            Repository.Snapshot("sensor-x710"));

        Assert.Empty(result.Errors);
        string[][] triples = [.. result.Output.Select(line => line.ToString()).Chunk(3)];
        Assert.Equal(20, triples.Length);
        Assert.All(triples, triple => Assert.Single(triple.Distinct()));
    }

    [Fact]
    public void Follows_flows_of_a_snapshot_to_the_worker()
    {
        // The cards of one snapshot, who captures of the other: three sockets of two processes in one group by queue, on the interface of index 3.
        using TemporaryFolder folder = new();
        _ = ExternalTool.Run("cp", "-a", Path.Combine(Repository.Snapshot("sensor-x710"), "."), folder.Path);
        string fanout = Repository.Snapshot("fanout");
        _ = ExternalTool.Run("cp", "-a", Path.Combine(fanout, "proc"), Path.Combine(fanout, "netlink.txt"), folder.Path);

        EngineResult result = _engine.Run(
            """
            $flows = 1..60 | ForEach-Object { [pscustomobject]@{ Source = '10.1.2.3'; SourcePort = 30000 + $_; Destination = "192.168.8.$_"; DestinationPort = 443; Protocol = 'tcp' } } |
                Resolve-NsmFlow -InterfaceName ens1f1 -Snapshot $args[0]
            $flows
            """,
            folder.Path);

        Assert.Empty(result.Errors);
        NsmFlow[] flows = [.. result.Output.Select(flow => (NsmFlow)flow.BaseObject)];
        Assert.Equal(60, flows.Length);
        Assert.All(flows.SelectMany(flow => new[] { flow.Forward, flow.Return }), direction =>
        {
            NsmFlowWorker worker = Assert.Single(direction.Workers);
            int member = (direction.Queue!.Value + 1) % 3;
            Assert.Equal((99, 3, member, member < 2 ? 700 : 800), (worker.FanoutId, worker.Members, worker.Member, worker.ProcessId));
            Assert.Equal(("Suricata-Main", CpuList.Parse("0-15")), (worker.ProcessName, worker.ProcessCpus));
        });
        Assert.All(flows, flow => Assert.Equal(flow.Forward.Workers[0].Member == flow.Return.Workers[0].Member, flow.IsSameWorker));
        Assert.Equal([0, 1, 2], flows.Select(flow => flow.Forward.Workers[0].Member).Distinct().Order());
    }

    [Fact]
    public void A_result_survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $flow = Resolve-NsmFlow 10.1.2.3 192.168.8.8 -SourcePort 1 -DestinationPort 2 -InterfaceName igb -Snapshot $args[0]
            $flow
            [ZeptAdmin.Flows.NsmFlow] [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($flow, 6))
            """,
            _sensor);

        NsmFlow[] flows = [.. result.Output.Select(flow => (NsmFlow)flow.BaseObject)];
        Assert.Equal((flows[0].Forward.ToString(), flows[0].Return.ToString(), flows[0].Why), (flows[1].Forward.ToString(), flows[1].Return.ToString(), flows[1].Why));
        Assert.Equal((flows[0].Forward.Cpus, flows[0].Forward.Decider, flows[0].PartsAt), (flows[1].Forward.Cpus, flows[1].Forward.Decider, flows[1].PartsAt));
    }

    [Theory]
    [InlineData("Resolve-NsmFlow 10.0.0.1 ::1 -InterfaceName igb -Snapshot $args[0]", "FlowNotUnderstood")]
    [InlineData("Resolve-NsmFlow 10.0.0.1 10.0.0.2 -Protocol tpc -InterfaceName igb -Snapshot $args[0]", "FlowNotUnderstood")]
    [InlineData("Resolve-NsmFlow 10.0.0.1 10.0.0.2 -InterfaceName none0 -Snapshot $args[0]", "InterfaceNotFound")]
    public void A_flow_or_interface_that_cannot_be_is_an_error(string command, string id) => Assert.Equal([id], _engine.Run(command, _sensor).ErrorIds);
}
