using ZeptAdmin.Drops;

namespace ZeptAdmin.Tests.Drops;

/// <summary>Losses that a test makes with real traffic on a veth of two queues, in a network namespace: each is found in its layer, with its count.</summary>
public sealed class PlantedLossTests
{
    private const int Sent = 2000;
    private const int MostTries = 20;
    private const string Backlog = "/proc/sys/net/core/netdev_max_backlog";

    [Fact]
    public void What_a_slow_reader_loses_is_found_at_its_socket_and_nowhere_else() => InNetwork((engine, folder) =>
    {
        using CaptureGroup capture = new("zb", members: 2, receiveBuffer: 4096);
        PacketDrop[] rows = Since(engine, folder, SendAll);
        (long packets, long dropped) = capture.TakeStatistics();

        PacketDrop socket = Assert.Single(rows, row => row.Layer == DropLayer.Socket);
        Assert.Equal((Sent, dropped), (packets, socket.Dropped));
        Assert.InRange(dropped, 1, Sent - 1);
        Assert.All(rows.Where(row => row.Layer < DropLayer.Softirq), row => Assert.True(row.Dropped is null or 0, $"{row.Layer} lost {row.Dropped}"));
        Assert.Equal((DropLayer.Socket, "Get-AfPacketSocket zb"), (rows[^1].LossyLayer, rows[^1].NextCommand));
    });

    [Fact]
    public void Without_a_loss_none_is_found() => InNetwork((engine, folder) =>
    {
        using CaptureGroup capture = new("zb", members: 2, receiveBuffer: 16 << 20);
        PacketDrop[] rows = Since(engine, folder, SendAll);

        Assert.Equal((Sent, 0), capture.TakeStatistics());
        Assert.Equal(0, Assert.Single(rows, row => row.Layer == DropLayer.Socket).Dropped);
        Assert.Null(rows[^1].LossyLayer);
    });

    [Fact]
    public void What_the_backlog_of_another_CPU_cannot_hold_is_found_at_the_softirq() => InNetwork((engine, folder) =>
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "there is one CPU only");
        using ThisMachine machine = new();
        string before = Outside(() => File.ReadAllText(Backlog));
        foreach (string queue in Directory.GetDirectories("/sys/class/net/zb/queues", "rx-*"))
        {
            File.WriteAllText(Path.Combine(queue, "rps_cpus"), "2\n");
        }

        // Everybody's backlog is short meanwhile. No other test sends then; but the machine itself may, and what it loses counts as well:
        // it is tried until nobody else loses anything.
        for (int i = 1; ; i++)
        {
            using CaptureGroup capture = new("zb", members: 2, ringBlocks: 64);
            PacketDrop[] rows = Since(engine, folder, () =>
            {
                Limit("1\n");
                try
                {
                    SendAll();
                    SpinWait.SpinUntil(() => IsBacklogEmpty(engine), TimeSpan.FromSeconds(10));
                }
                finally
                {
                    Limit(before);
                }
            });
            (long packets, long dropped) = capture.TakeStatistics();
            PacketDrop softirq = Assert.Single(rows, row => row.Layer == DropLayer.Softirq);
            Assert.Equal(0, dropped);
            if (softirq.Dropped > 0 && softirq.Dropped == Sent - packets)
            {
                Assert.Equal(DropLayer.Softirq, rows[^1].LossyLayer);
                Assert.Equal(DropConfidence.High, softirq.Confidence);
                return;
            }

            Assert.True(i < MostTries, $"{Sent - packets} of {Sent} packets did not arrive, the softirq's row says {softirq.Dropped}");
        }
    });

    private static bool IsBacklogEmpty(Engine engine) =>
        engine.Run("Get-SoftnetStat | Where-Object Backlog -gt 0").Output.Length == 0;

    private static void Limit(string packets) => _ = Outside(() =>
    {
        File.WriteAllText(Backlog, packets);
        return packets;
    });

    // The limit is the machine's: other network namespaces do not show it.
    private static string Outside(Func<string> step) => Task.Run(step).GetAwaiter().GetResult();

    private static void SendAll()
    {
        using CpuPinning pinning = new(0);
        using FrameSender sender = new("za");
        for (int i = 0; i < Sent; i++)
        {
            _ = sender.TrySend(FrameSender.Udp(i % 1000, isReturn: i >= 1000));
        }
    }

    // Rows of the time between a snapshot and now.
    private static PacketDrop[] Since(Engine engine, string folder, Action step)
    {
        string snapshot = Path.Combine(folder, $"{Guid.NewGuid():N}.zip");
        Assert.Empty(engine.Run("Save-NsmSnapshot $args[0] -Interval 0", snapshot).Errors);
        step();
        EngineResult result = engine.Run("Get-PacketDrops zb -Since $args[0]", snapshot);
        Assert.Empty(result.Errors);
        return [.. result.Output.Select(row => Assert.IsType<PacketDrop>(row.BaseObject))];
    }

    // Alone: the softirq's counts are the machine's, and what it drops of others would be counted here.
    private static void InNetwork(Action<Engine, string> step)
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(queues: 2, isAlone: true);
        using TemporaryFolder folder = new();
        network.Run(() =>
        {
            using Engine engine = new();
            step(engine, folder.Path);
        });
    }
}
