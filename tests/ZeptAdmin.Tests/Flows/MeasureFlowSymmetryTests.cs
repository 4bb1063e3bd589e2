using ZeptAdmin.Flows;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Flows;

/// <summary>Flows over a veth of several queues, in a network namespace: the sender chooses the queue of each direction.</summary>
public sealed class MeasureFlowSymmetryTests
{
    private const int Flows = 1000;
    private const int Queues = 4;

    // Longer than the command may need on the slowest machine: it ends by the number of packets.
    private const string Measure = "Measure-FlowSymmetry zb -Seconds 300 -MostPackets 8000";

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(50)]
    [InlineData(Flows)]
    public void A_planted_asymmetry_is_found_within_a_hundredth(int planted)
    {
        NicFlowSymmetry told = WithSender(planted, () =>
        {
            using Engine engine = new();
            EngineResult result = engine.Run(Measure);
            Assert.Empty(result.Errors);
            return Assert.IsType<NicFlowSymmetry>(result.Single);
        });

        // The first pass of the sender may be cut, none of those behind it is: 8,000 packets are four.
        Assert.InRange(told.AsymmetricShare!.Value, (planted / (double)Flows) - 0.01, (planted / (double)Flows) + 0.01);
        Assert.Equal(planted == 0, told.AsymmetricFlows == 0);
        Assert.InRange(told.TwoWayFlows, Flows - 10, Flows + 10);
        Assert.Equal([0, 1, 2, 3], told.Queues.Select(queue => queue.Queue!.Value));
        Assert.Equal(told.Packets, told.Queues.Sum(queue => queue.Packets));
        Assert.Equal(planted > 0, told.Parted.Length > 0);
        Assert.All(told.Parted, parted => Assert.Equal((1, 2), (Math.Min(parted.Queue, parted.ReturnQueue), Math.Max(parted.Queue, parted.ReturnQueue))));
        Assert.Null(told.EqualShare);
    }

    [Fact]
    public void It_counts_each_packet_once_by_its_queue_and_takes_none_from_a_capture_beside_it()
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(Queues);
        network.Run(() =>
        {
            using Sensor sensor = Sensor.Open(null);
            using FrameSender sender = new("za");
            using CaptureGroup capture = new("zb", members: 2);
            using FlowSymmetryMeter meter = FlowSymmetryMeter.Open(sensor, "zb").Value;
            for (int queue = 0; queue < Queues; queue++)
            {
                sender.ChooseQueue(queue);
                for (int flow = 0; flow <= queue; flow++)
                {
                    sender.Send(FrameSender.Udp(flow + (10 * queue), isReturn: false));
                }
            }

            sender.ChooseQueue(null);
            meter.Look(TimeSpan.FromSeconds(60), mostPackets: 10);
            NicFlowSymmetry told = meter.Finish();

            Assert.Equal([1L, 2, 3, 4], told.Queues.Select(queue => queue.Packets));
            Assert.Equal([1L, 2, 3, 4], told.Queues.Select(queue => queue.Flows));
            Assert.Equal((10, 0, 0, 0), (told.Flows, told.TwoWayFlows, told.Fragments, told.MissedPackets));
            Assert.Equal(10, capture.TakeStatistics().Packets);
            Assert.Contains(told.Notes, note => note.Contains("veth", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Parted_flows_are_followed_by_Resolve_NsmFlow()
    {
        _ = WithSender(Flows, () =>
        {
            using Engine engine = new();
            EngineResult result = engine.Run($"({Measure}).Parted | Resolve-NsmFlow -InterfaceName zb");
            Assert.Empty(result.Errors);
            Assert.Equal(5, result.Output.Length);
            return new NicFlowSymmetry();
        });
    }

    [Fact]
    public void What_cannot_be_measured_is_an_error_that_says_why()
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(Queues);
        Assert.True(network.Ip("link set zb down"));
        bool hasTun = network.Ip("tuntap add dev zt mode tun") && network.Ip("link set zt up");
        network.Run(() =>
        {
            using Engine engine = new();
            Assert.Equal(["InterfaceNotFound"], engine.Run("Measure-FlowSymmetry none0 -Seconds 1").ErrorIds);
            Assert.Equal(["InterfaceDown"], engine.Run("Measure-FlowSymmetry zb -Seconds 1").ErrorIds);
            Assert.Equal(["SnapshotHasNoPackets"], engine.Run("Measure-FlowSymmetry zb -Snapshot /").ErrorIds);
            Assert.True(!hasTun || engine.Run("Measure-FlowSymmetry zt -Seconds 1").ErrorIds is ["NotSupportedByDriver"]);
        });
    }

    [Fact]
    public void Without_CAP_NET_RAW_it_says_so()
    {
        ExternalTool.NeedRoot();
        string[] without = ["--bounding-set", "-net_raw", "--inh-caps", "-net_raw"];
        (_, string output, string errors) = ExternalTool.TryRun(
            "setpriv", [.. without, Shell.Zept.Path, "-OutputFormat", "Json", "-Command", "Measure-FlowSymmetry lo -Seconds 1 -ErrorAction SilentlyContinue -ErrorVariable problems; $problems.FullyQualifiedErrorId; \"$problems\""]);

        Assert.True(output.Contains("PermissionDenied,ZeptAdmin.Cmdlets.MeasureFlowSymmetryCommand", StringComparison.Ordinal), errors);
        Assert.Contains("CAP_NET_RAW", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Silence_is_told_as_such()
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(Queues);
        network.Run(() =>
        {
            using Sensor sensor = Sensor.Open(null);
            using FlowSymmetryMeter meter = FlowSymmetryMeter.Open(sensor, "zb").Value;
            meter.Look(TimeSpan.FromMilliseconds(1));
            NicFlowSymmetry told = meter.Finish();

            Assert.Equal((0, 0, null), (told.Packets, told.Flows, told.AsymmetricShare));
            Assert.Contains(told.Notes, note => note.Contains("-Promiscuous", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void An_interface_that_goes_down_meanwhile_is_told()
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(Queues);
        network.Run(() =>
        {
            using Sensor sensor = Sensor.Open(null);
            using FlowSymmetryMeter meter = FlowSymmetryMeter.Open(sensor, "zb").Value;
            Assert.True(network.Ip("link set zb down"));
            Assert.True(network.Ip("link set zb up"));
            meter.Look(TimeSpan.FromMilliseconds(1));

            Assert.Contains(meter.Finish().Notes, note => note.Contains("went down", StringComparison.Ordinal));
        });
    }

    // Runs a step in a namespace while a sender sends both directions of all flows, over and over; of the planted ones each on a queue of its own.
    private static NicFlowSymmetry WithSender(int planted, Func<NicFlowSymmetry> step)
    {
        using NetworkNamespace network = NetworkNamespace.WithVeth(Queues);
        NicFlowSymmetry told = new();
        network.Run(() =>
        {
            using CancellationTokenSource done = new();
            using FrameSender sender = new("za");
            sender.ChooseQueue(null);
            Exception? failure = null;
            Thread sending = new(() =>
            {
                try
                {
                    while (!done.IsCancellationRequested)
                    {
                        SendAll(sender, planted);
                    }
                }
                catch (Exception e)
                {
                    failure = e;
                }
            });
            sending.Start();
            try
            {
                told = step();
            }
            finally
            {
                done.Cancel();
                sending.Join();
            }

            Assert.Null(failure);
        });
        return told;
    }

    private static void SendAll(FrameSender sender, int planted)
    {
        sender.ChooseQueue(null);
        for (int flow = planted; flow < Flows; flow++)
        {
            sender.Send(FrameSender.Udp(flow, isReturn: false));
            sender.Send(FrameSender.Udp(flow, isReturn: true));
        }

        foreach (bool isReturn in planted > 0 ? [false, true] : Array.Empty<bool>())
        {
            sender.ChooseQueue(isReturn ? 2 : 1);
            for (int flow = 0; flow < planted; flow++)
            {
                sender.Send(FrameSender.Udp(flow, isReturn));
            }
        }
    }
}
