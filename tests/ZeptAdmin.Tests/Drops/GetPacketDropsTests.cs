using System.Collections.Concurrent;
using System.Management.Automation;
using ZeptAdmin.Drops;

namespace ZeptAdmin.Tests.Drops;

public sealed class GetPacketDropsTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Ends_each_interface_with_its_verdict()
    {
        PacketDrop[] rows = Read("Get-PacketDrops ens1f0, ens1f1 -Snapshot $args[0]");

        Assert.Equal(["ens1f0", "ens1f1"], rows.Where(row => row.Layer == DropLayer.Verdict).Select(row => row.InterfaceName));
        Assert.Equal(20, rows.Length);
    }

    [Fact]
    public void Blames_the_wire_when_zeek_misses_what_the_card_did_not_lose()
    {
        PacketDrop verdict = Read($"Get-PacketDrops ens1f0 -ZeekLog '{Repository.Snapshot("logs/capture_loss.log")}' -Snapshot $args[0]")[^1];

        Assert.Equal((DropLayer.Upstream, "Measure-FlowSymmetry ens1f0"), (verdict.LossyLayer, verdict.NextCommand));
    }

    [Fact]
    public void Shows_each_queue_on_request()
    {
        PacketDrop[] queues = [.. Read("Get-PacketDrops eno1 -Detail -Snapshot $args[0]").Where(row => row.Queue is not null)];

        Assert.Equal((3, 5L), (Assert.Single(queues).Queue, queues[0].Dropped));
    }

    [Fact]
    public void An_interface_that_came_or_went_since_is_told_and_not_counted()
    {
        using TemporaryFolder folder = new();
        using NetworkNamespace network = NetworkNamespace.WithVeth(queues: 1);
        string snapshot = Path.Combine(folder.Path, "then.zip");
        network.Run(() =>
        {
            Assert.True(network.Ip("link add zd type veth peer name ze"));
            Assert.Empty(_engine.Run("Save-NsmSnapshot $args[0] -Interval 0", snapshot).Errors);
            Assert.True(network.Ip("link del zd") && network.Ip("link add zc type veth peer name zf"));

            EngineResult run = _engine.Run("Get-PacketDrops z* -Since $args[0]", snapshot);

            Assert.Empty(run.Errors);
            PacketDrop[] rows = [.. run.Output.Select(row => (PacketDrop)row.BaseObject)];
            PacketDrop came = Assert.Single(rows, row => row.InterfaceName == "zc");
            Assert.Equal((DropLayer.Verdict, null, "Get-PacketDrops zc"), (came.Layer, came.Dropped, came.NextCommand));
            Assert.Contains("was not there", came.Note, StringComparison.Ordinal);
            PacketDrop went = Assert.Single(rows, row => row.InterfaceName == "zd");
            Assert.Equal((DropLayer.Verdict, null, null), (went.Layer, went.Dropped, went.NextCommand));
            Assert.Contains("went away", went.Note, StringComparison.Ordinal);
            Assert.True(rows.Count(row => row.InterfaceName == "zb") > 2);
        });
    }

    [Fact]
    public void A_running_view_counts_what_came_in_each_of_its_times_until_it_is_stopped() => Watch("zb", (_, rows) =>
    {
        PacketDrop first = Next(rows);
        using FrameSender sender = new("za");
        for (int i = 0; i < 10; i++)
        {
            sender.Send(FrameSender.Udp(i, isReturn: false));
        }

        // Each time begins where the last one ended, so no packet is missed, and none is counted twice.
        long packets = first.Packets ?? 0;
        DateTime until = first.Until;
        while (packets < 10)
        {
            PacketDrop next = Next(rows);
            Assert.Equal((until, 0L), (next.Since, next.Dropped ?? 0));
            packets += next.Packets ?? 0;
            until = next.Until;
        }

        Assert.Equal(10, packets);
    });

    [Fact]
    public void A_running_view_tells_of_an_interface_that_came_or_went_and_counts_it_in_between() => Watch("zb, zd*", (network, rows) =>
    {
        Assert.Equal("zb", Next(rows).InterfaceName);
        Assert.True(network.Ip("link add zd type veth peer name ze"));
        PacketDrop came = Next(rows, DropLayer.Verdict, "zd");
        Assert.Equal((null, "Get-PacketDrops zd"), (came.Dropped, came.NextCommand));
        Assert.Contains("was not there", came.Note, StringComparison.Ordinal);
        Assert.True(came.Since < came.Until);

        // The first reading may have been made while the kernel still made the interface: then the next one counts.
        while (Next(rows, DropLayer.Driver, "zd").Dropped is not 0)
        {
        }

        Assert.True(network.Ip("link del zd"));
        PacketDrop went = Next(rows, DropLayer.Verdict, "zd");
        while (went.Note?.Contains("went away", StringComparison.Ordinal) != true)
        {
            went = Next(rows, DropLayer.Verdict, "zd");
        }

        Assert.Equal((null, true), (went.Dropped, went.Since < went.Until));
        Assert.Equal("zb", Next(rows).InterfaceName);
    });

    // Looks at the rows of a view that runs meanwhile in a network of its own, and stops it.
    private static void Watch(string names, Action<NetworkNamespace, BlockingCollection<PacketDrop>> look)
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(queues: 1);
        network.Run(() =>
        {
            using Engine engine = new();
            using PSDataCollection<PSObject> output = [];
            using BlockingCollection<PacketDrop> rows = [];
            output.DataAdded += (_, e) => rows.Add((PacketDrop)output[e.Index].BaseObject);
            using PowerShell shell = engine.Prepare($"Get-PacketDrops {names} -Interval 0.5 -Watch");
            Exception? end = null;

            // A thread that begins here is in the namespace, and the engine runs a script on the caller's.
            Thread running = new(() => end = Record.Exception(() => shell.Invoke(null, output)));
            running.Start();
            look(network, rows);
            shell.Stop();
            running.Join();
            Assert.Equal((PSInvocationState.Stopped, true), (shell.InvocationStateInfo.State, end is null or PipelineStoppedException));
            Assert.Empty(shell.Streams.Error);
        });
    }

    // The next row of a layer, that of what the driver handed on, or the end of patience.
    private static PacketDrop Next(BlockingCollection<PacketDrop> rows, DropLayer layer = DropLayer.Driver, string? interfaceName = null)
    {
        while (true)
        {
            Assert.True(rows.TryTake(out PacketDrop? row, TimeSpan.FromMinutes(2)), "no further row came");
            if (row.Layer == layer && (interfaceName is null || row.InterfaceName == interfaceName))
            {
                return row;
            }
        }
    }

    private PacketDrop[] Read(string script)
    {
        EngineResult result = _engine.Run(script, _snapshot);
        Assert.Empty(result.Errors);
        return [.. result.Output.Select(row => (PacketDrop)row.BaseObject)];
    }
}
