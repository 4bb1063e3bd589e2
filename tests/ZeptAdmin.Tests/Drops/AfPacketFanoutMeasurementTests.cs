using ZeptAdmin.Drops;
using ZeptAdmin.Flows;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Drops;

/// <summary>Fanout groups by queue mapping whose members joined in a known order, watched while a veth feeds them.</summary>
public sealed class AfPacketFanoutMeasurementTests
{
    private const int Queues = 3;

    // What is told apart has to differ by more than what may be on its way on each CPU.
    private static readonly int Few = 20 * Environment.ProcessorCount;

    [Theory]
    [InlineData(2, new[] { 0, 1, 2 })]
    [InlineData(2, new[] { 2, 0, 1 })]
    [InlineData(3, new[] { 0, 1, 2 })]
    [InlineData(3, new[] { 2, 1, 0 })]
    public void The_order_of_joining_is_measured(int ringVersion, int[] joining) => InNetwork(() =>
    {
        using CaptureGroup capture = new("zb", Queues, mode: 5, id: 101, ringBlocks: 4 * Environment.ProcessorCount, ringVersion: ringVersion, joining: joining);
        AfPacketFanout told = Watch(capture, [3 * Few, Few, 2 * Few]);

        Assert.All(told.Links, link => Assert.Equal(AfPacketFanoutConfidence.Measured, link.Confidence));
        Assert.Equal(joining.Select(made => (long?)told.Sockets[made].Inode), told.Links.Select(link => link.Inode));
        Assert.Equal([3L * Few, Few, 2 * Few], told.Links.Select(link => link.Packets!.Value));
        Assert.Equal([3L * Few, Few, 2 * Few], told.Links.Select(link => link.MemberPackets!.Value));
        Assert.NotNull(told.Elapsed);

        // The owner still has all that it counts.
        Assert.Equal((6L * Few, 0), capture.TakeStatistics());
    });

    [Fact]
    public void Rings_that_go_round_between_two_looks_are_not_believed() => InNetwork(() =>
    {
        // Blocks of 64 KiB: a ring of version 2 has 32 frames of 2 KiB in each. Nobody reads, so what does not fit is dropped.
        int frames = 32 * Environment.ProcessorCount;
        using CaptureGroup capture = new("zb", Queues, mode: 5, id: 101, ringBlocks: Environment.ProcessorCount, ringVersion: 2);
        AfPacketFanout told = Watch(capture, [3 * frames, 2 * frames, Few]);

        Assert.Equal(
            [(AfPacketFanoutConfidence.Assumed, null), (AfPacketFanoutConfidence.Assumed, null), (AfPacketFanoutConfidence.Measured, (long?)Few)],
            told.Links.Select(link => (link.Confidence, link.MemberPackets)));
        Assert.Contains("went round between two looks", told.Links[0].Evidence, StringComparison.Ordinal);
        Assert.Equal(((5L * frames) + Few, 3L * frames), capture.TakeStatistics());
    });

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_ring_that_is_full_is_not_believed(int ringVersion) => InNetwork(() =>
    {
        // As of a program that stands still: looks see the ring fill, and then full. What was told by then holds; the count does not.
        int step = 32 * Environment.ProcessorCount;
        using CaptureGroup capture = new("zb", Queues, mode: 5, id: 101, ringBlocks: 4 * Environment.ProcessorCount, ringVersion: ringVersion, joining: [1, 2, 0]);
        AfPacketFanout told = Watch(capture, [.. Enumerable.Repeat(step, 60 * Queues)]);

        Assert.True(capture.TakeStatistics().Dropped > 0);
        Assert.All(told.Links, link => Assert.Null(link.MemberPackets));
        long?[] made = [.. told.Sockets.Select(socket => (long?)socket.Inode)];
        Assert.All(told.Links.Where(link => link.Confidence == AfPacketFanoutConfidence.Measured), link => Assert.Equal(made[((int[])[1, 2, 0])[link.Queue]], link.Inode));
        Assert.Contains(told.Links, link => link.Confidence == AfPacketFanoutConfidence.Measured);
    });

    [Fact]
    public void Members_without_a_ring_cannot_be_counted_and_that_is_said() => InNetwork(() =>
    {
        using CaptureGroup capture = new("zb", Queues, mode: 5, id: 101);
        AfPacketFanout told = Watch(capture, [3 * Few, Few, 2 * Few]);

        Assert.All(told.Links, link => Assert.Equal((AfPacketFanoutConfidence.Assumed, null), (link.Confidence, link.MemberPackets)));
        Assert.All(told.Links, link => Assert.Contains("cannot be counted", link.Evidence, StringComparison.Ordinal));
        Assert.Equal([3L * Few, Few, 2 * Few], told.Links.Select(link => link.Packets!.Value));
    });

    [Fact]
    public void Resolve_NsmFlow_takes_what_was_measured_as_long_as_the_members_are_the_same() => InNetwork(() =>
    {
        using Engine engine = new();
        AfPacketFanout told;
        long[] measured;
        using (CaptureGroup capture = new("zb", Queues, mode: 5, id: 101, ringBlocks: 4 * Environment.ProcessorCount, joining: [2, 0, 1]))
        {
            told = Watch(capture, [3 * Few, Few, 2 * Few]);
            measured = Sockets(engine, told);
            Assert.Equal([.. told.Links.Select(link => link.Inode!.Value)], measured);
        }

        // The same number, other sockets: the measurement is of the past.
        using CaptureGroup later = new("zb", Queues, mode: 5, id: 101, ringBlocks: 4 * Environment.ProcessorCount);
        NsmFlowWorker worker = Assert.Single(Resolve(engine, told, 0).Forward.Workers);
        Assert.Equal(FlowConfidence.Assumed, worker.Confidence);
    });

    [Fact]
    public void The_command_watches_and_answers() => InNetwork(() =>
    {
        using CaptureGroup capture = new("zb", Queues, mode: 5, id: 101, ringBlocks: 4 * Environment.ProcessorCount);
        using CaptureGroup byFlow = new("zb", Queues, mode: 0, id: 102, ringBlocks: 4 * Environment.ProcessorCount);
        using Engine engine = new();
        EngineResult result = engine.Run("Test-AfPacketFanout zb -Interval 0.1 -Verbose");

        Assert.Empty(result.Errors);
        AfPacketFanout[] told = [.. result.Output.Select(item => Assert.IsType<AfPacketFanout>(item.BaseObject))];
        Assert.Equal([101, 102], told.Select(group => group.FanoutId));
        Assert.All(told[0].Links, link => Assert.Equal((AfPacketFanoutConfidence.Assumed, 0L), (link.Confidence, link.Packets)));
        Assert.All(told[0].Links, link => Assert.StartsWith("No packet came in the time", link.Evidence, StringComparison.Ordinal));
        Assert.Empty(told[1].Links);
        Assert.Contains(result.Verbose, line => line.Contains("no member has a queue of its own", StringComparison.Ordinal));
    });

    [Fact]
    public void A_log_that_cannot_be_read_is_a_warning_and_the_rings_are_told_none_the_less() => InNetwork(() =>
    {
        using CaptureGroup capture = new("zb", Queues, mode: 5, id: 101, ringBlocks: 4 * Environment.ProcessorCount);
        using Engine engine = new();
        EngineResult result = engine.Run("Test-AfPacketFanout zb -Interval 0.1 -SuricataLog /missing/eve.json -ZeekLog /missing/stats.log");

        Assert.Empty(result.Errors);
        Assert.Equal(Queues, Assert.IsType<AfPacketFanout>(result.Single).Links.Length);
        Assert.Equal(2, result.Warnings.Length);
        Assert.Contains("/missing/stats.log", result.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("/missing/eve.json", result.Warnings[1], StringComparison.Ordinal);
    });

    private static long[] Sockets(Engine engine, AfPacketFanout told)
    {
        List<long> sockets = [];
        for (int queue = 0; queue < Queues; queue++)
        {
            NsmFlowDirection direction = Resolve(engine, told, queue).Forward;
            NsmFlowWorker worker = Assert.Single(direction.Workers);
            Assert.Equal((FlowDecider.Given, queue, FlowConfidence.Measured), (direction.Decider, direction.Queue!.Value, worker.Confidence));
            AfPacketFanoutLink link = told.Links[queue];
            Assert.Equal((link.Member, link.ProcessId), (worker.Member, worker.ProcessId));
            sockets.Add(link.Inode!.Value);
        }

        return [.. sockets];
    }

    private static NsmFlow Resolve(Engine engine, AfPacketFanout told, int queue) => Assert.IsType<NsmFlow>(
        engine.Run("Resolve-NsmFlow 10.0.0.1 192.0.2.1 -SourcePort 1024 -DestinationPort 53 -Protocol udp -InterfaceName zb -Fanout $args[0] -SeenQueue $args[1]", told, queue).Single);

    // Sends so many packets into the queues in turn, and looks when all of them have come: from one CPU, so that they come in order. All looks are kept.
    private static AfPacketFanout Watch(CaptureGroup capture, int[] packets)
    {
        using Sensor sensor = Sensor.Open(null);
        AfPacketFanout group = Assert.Single(AfPacketFanouts.Test(sensor).Value);
        using CpuPinning pinning = new(0);
        using FrameSender sender = new("za");
        using AfPacketFanoutMeter meter = AfPacketFanoutMeter.Open(sensor, group, TimeSpan.Zero).Value;
        long sent = 0;
        for (int step = 0; step < packets.Length; step++)
        {
            sender.ChooseQueue(step % Queues);
            for (int i = 0; i < packets[step]; i++)
            {
                sender.Send(FrameSender.Udp(i, isReturn: false));
            }

            sent += packets[step];
            capture.WaitFor(sent);
            meter.Look();
        }

        return meter.Tell();
    }

    private static void InNetwork(Action step)
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(Queues);
        network.Run(step);
    }
}
