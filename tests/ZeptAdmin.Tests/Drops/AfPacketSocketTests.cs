using System.Text.RegularExpressions;
using ZeptAdmin.Drops;

namespace ZeptAdmin.Tests.Drops;

/// <summary>Packet sockets of real fanout groups on a veth of two queues, in a network namespace.</summary>
public sealed class AfPacketSocketTests
{
    private const int Sent = 500;

    [Fact]
    public void Every_socket_is_as_ss_has_it() => InNetwork(engine =>
    {
        using CaptureGroup ring = new("zb", members: 2, mode: 5, id: 101, ringBlocks: 4);
        using CaptureGroup plain = new("zb", members: 1, receiveBuffer: 4096);
        string ss = ExternalTool.Run("ss", "-0", "-n", "-e", "-m", "-O");

        AfPacketSocket[] sockets = Sockets(engine, "Get-AfPacketSocket zb");

        Assert.Equal(Ids(ss, "ino"), sockets.Select(socket => socket.Inode).Order());
        Assert.Equal(3, sockets.Length);
        Assert.All(sockets, socket => Assert.Equal(("zb", true, Environment.ProcessId), (socket.InterfaceName, socket.IsReceiving, socket.ProcessId)));
        AfPacketSocket[] rings = [.. sockets.Where(socket => socket.FanoutId == 101)];
        Assert.All(rings, socket => Assert.Equal((3, 4L << 16, 1L << 16, 2048L, 10, AfPacketFanoutMode.QueueMapping, null), (socket.RingVersion, socket.RingBytes, socket.BlockBytes, socket.FrameBytes, socket.RetireMilliseconds, socket.FanoutMode, socket.Dropped)));
        AfPacketSocket one = Assert.Single(sockets, socket => socket.FanoutId == 23);
        Assert.Equal((null, AfPacketFanoutMode.Hash, 8192L, 0L), (one.RingVersion, one.FanoutMode, one.BufferBytes, one.Dropped));
        Assert.Contains($"rb{one.BufferBytes}", ss, StringComparison.Ordinal);
    });

    [Fact]
    public void Drops_are_exact_and_the_owner_still_has_its_counts() => InNetwork(engine =>
    {
        using CaptureGroup capture = new("zb", members: 2, receiveBuffer: 4096);
        using FrameSender sender = new("za");
        for (int i = 0; i < Sent; i++)
        {
            sender.Send(FrameSender.Udp(i, isReturn: false));
        }

        AfPacketSocket[] first = Sockets(engine, "Get-AfPacketSocket zb");
        AfPacketSocket[] second = Sockets(engine, "Get-AfPacketSocket zb");
        (long packets, long dropped) = capture.TakeStatistics();

        Assert.Equal(Sent, packets);
        Assert.InRange(dropped, 1, Sent - 1);
        Assert.Equal(dropped, first.Sum(socket => socket.Dropped));
        Assert.Equal(first, second);
        Assert.All(first, socket => Assert.True(socket.QueuedBytes > 0));
    });

    [Fact]
    public void Groups_are_weighed_and_survive_a_snapshot() => InNetwork(engine =>
    {
        using CaptureGroup capture = new("zb", members: 3, mode: 5, id: 7);
        using TemporaryFolder folder = new();
        string snapshot = Path.Combine(folder.Path, "s.zip");

        AfPacketFanout live = Assert.IsType<AfPacketFanout>(engine.Run("Test-AfPacketFanout zb").Single);
        Assert.Empty(engine.Run("Save-NsmSnapshot $args[0] -Interval 0", snapshot).Errors);
        AfPacketFanout later = Assert.IsType<AfPacketFanout>(engine.Run("Test-AfPacketFanout zb -Snapshot $args[0]", snapshot).Single);

        Assert.Equal((7, "zb", AfPacketFanoutMode.QueueMapping, 3, 2), (live.FanoutId, live.InterfaceName, live.Mode, live.Members, live.Queues));
        Assert.Contains(live.Findings, finding => finding.Id == "J6.IdleMembers");
        Assert.Equal([0, 1], live.Links.Select(link => link.Member)); // a veth passes the sender's queue on
        Assert.Equal(live.Sockets.Select(socket => (socket.Inode, socket.ProcessId, socket.ProcessName)), later.Sockets.Select(socket => (socket.Inode, socket.ProcessId, socket.ProcessName)));
        Assert.Equal(live.Findings.Select(finding => finding.Id), later.Findings.Select(finding => finding.Id));
    });

    [Fact]
    public void A_snapshot_without_them_says_so()
    {
        using Engine engine = new();

        Assert.Equal(["NotInSnapshot"], engine.Run("Get-AfPacketSocket -Snapshot $args[0]", Repository.Snapshot("two-port-i40e")).ErrorIds);
        Assert.Equal(["NotInSnapshot"], engine.Run("Test-AfPacketFanout -Snapshot $args[0]", Repository.Snapshot("two-port-i40e")).ErrorIds);
    }

    private static AfPacketSocket[] Sockets(Engine engine, string script)
    {
        EngineResult result = engine.Run(script);
        Assert.Empty(result.Errors);
        return [.. result.Output.Select(item => Assert.IsType<AfPacketSocket>(item.BaseObject))];
    }

    private static IEnumerable<long> Ids(string text, string name) =>
        Regex.Matches(text, name + @":(\d+)").Select(match => long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Order();

    private static void InNetwork(Action<Engine> step)
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(queues: 2);
        network.Run(() =>
        {
            using Engine engine = new();
            step(engine);
        });
    }
}
