using ZeptAdmin.Plans;

namespace ZeptAdmin.Tests.Planning;

/// <summary>The talk's sensor: two packages of 14 cores with two threads, a card on each node (field.md A6, A8, D1, J1).</summary>
public sealed class TalkPlanTests
{
    private const string TalkCommandLine =
        "BOOT_IMAGE=/vmlinuz ro isolcpus=4-21,32-48 rcu_nocbs=4-21,32-48 nohz_full=4-21,32-48 intel_iommu=off intel_idle.max_cstates=1 pcie_aspm=off selinux=0";

    private static NsmPlan Plan(PlanStrategy strategy = PlanStrategy.QueuePerWorker, PlanWish? wish = null) => NsmPlanner.Make(
        MadeUpMachines.Make(nodes: 2, cores: 14, threads: 2, coresOfL3: 14),
        new MachineFacts { CommandLine = TalkCommandLine },
        [MadeUpMachines.Port("enp7s0f1", 0), MadeUpMachines.Port("enp17s0f0", 1)],
        (wish ?? new PlanWish()) with { Strategy = strategy }).Value;

    [Fact]
    public void Cores_0_to_3_of_each_node_are_kept_and_the_rest_is_isolated()
    {
        NsmPlan plan = Plan();

        Assert.Equal("0,14,28,42", MadeUpMachines.Cpus(plan, CpuRole.Housekeeping));
        Assert.Equal("1-3,15-17", MadeUpMachines.Cpus(plan, CpuRole.Irq));
        Assert.Equal("4-13,18-27", MadeUpMachines.Cpus(plan, CpuRole.Worker));
        Assert.Equal("29-41,43-55", MadeUpMachines.Cpus(plan, CpuRole.Sibling));
        Assert.Equal("4-13,18-27,32-41,46-55", MadeUpMachines.Value(plan, PlanRowKind.KernelArgument, "isolcpus"));
        Assert.Equal("4-13,18-27,32-41,46-55", MadeUpMachines.Value(plan, PlanRowKind.KernelArgument, "rcu_nocbs"));
    }

    [Fact]
    public void Each_queue_feeds_the_worker_that_its_interrupts_core_was_chosen_for()
    {
        PlanPort port = Plan().Ports[0];

        Assert.Equal([4, 5, 6, 7, 8, 9, 10, 11, 12, 13], port.WorkerCpus);
        Assert.Equal([2, 3, 1, 2, 3, 1, 2, 3, 1, 1], port.IrqCpus);
        Assert.Equal((PlanFanout.QueueMapping, 101), (port.Fanout, port.FanoutId));
    }

    [Fact]
    public void On_the_same_core_the_pins_are_rotated_by_one()
    {
        PlanPort port = Plan(PlanStrategy.SameCore, new PlanWish { Workers = 4 }).Ports[0];

        Assert.Equal([1, 2, 3, 4], port.IrqCpus);
        Assert.Equal([4, 1, 2, 3], port.WorkerCpus);
    }

    [Fact]
    public void The_same_core_hangs_on_the_order_of_joining_and_that_is_said()
    {
        static bool IsSaid(NsmPlan plan) => plan.Findings.Any(finding => finding.Text.Contains("Test-AfPacketFanout enp7s0f1 -Interval 10", StringComparison.Ordinal) && finding.Source.Contains("J6", StringComparison.Ordinal));

        Assert.True(IsSaid(Plan(PlanStrategy.SameCore, new PlanWish { Workers = 4 })));
        Assert.False(IsSaid(Plan(PlanStrategy.SameCore, new PlanWish { Workers = 1 })));
        Assert.False(IsSaid(Plan(PlanStrategy.SingleQueue)));
        Assert.False(IsSaid(Plan()));
    }

    [Fact]
    public void With_siblings_the_workers_take_both_threads_and_first_threads_come_first()
    {
        PlanPort port = Plan(wish: new PlanWish { UsesSiblings = true }).Ports[0];

        Assert.Equal(port.WorkerCpus.Length, port.IrqCpus.Length);
        Assert.Equal(Enumerable.Range(port.WorkerCpus[0], port.WorkerCpus.Length / 2), port.WorkerCpus[..(port.WorkerCpus.Length / 2)]);
        Assert.Equal(port.WorkerCpus[..(port.WorkerCpus.Length / 2)].Select(cpu => cpu + 28), port.WorkerCpus[(port.WorkerCpus.Length / 2)..]);
        Assert.DoesNotContain(port.IrqCpus, cpu => port.WorkerCpus.Contains(cpu + 28));
    }

    [Fact]
    public void A_single_queue_leaves_the_spreading_to_the_kernel()
    {
        NsmPlan plan = Plan(PlanStrategy.SingleQueue);

        Assert.Equal([1], plan.Ports[0].IrqCpus);
        Assert.Equal(Enumerable.Range(2, 12), plan.Ports[0].WorkerCpus);
        Assert.Equal(PlanFanout.Hash, plan.Ports[0].Fanout);
        Assert.Equal("AF_Packet::FANOUT_HASH", MadeUpMachines.Value(plan, PlanRowKind.Zeek, "enp7s0f1/af_packet_fanout_mode"));
        Assert.Equal("cluster_flow", MadeUpMachines.Value(plan, PlanRowKind.Suricata, "enp7s0f1/cluster-type"));
    }

    [Fact]
    public void Remote_workers_live_on_the_nodes_without_the_card()
    {
        NsmPlan plan = NsmPlanner.Make(
            MadeUpMachines.Make(nodes: 4, cores: 8, threads: 2, coresOfL3: 4), new MachineFacts(), [MadeUpMachines.Port("eth2", 2)], new PlanWish { Strategy = PlanStrategy.RemoteWorkers }).Value;

        Assert.All(plan.Ports[0].IrqCpus, cpu => Assert.InRange(cpu, 16, 23));
        Assert.DoesNotContain(plan.Ports[0].WorkerCpus, cpu => cpu is >= 16 and <= 23);
        Assert.Equal(21, plan.Ports[0].WorkerCpus.Length);
    }

    [Fact]
    public void Manager_logger_and_proxy_stay_away_from_workers_and_interrupts()
    {
        NsmPlan plan = Plan();
        string[] pins = [.. new[] { "manager", "logger", "proxy" }.Select(node => MadeUpMachines.Value(plan, PlanRowKind.Zeek, $"{node}/pin_cpus"))];

        Assert.Equal(["0", "14", "28"], pins);
        Assert.Equal("10", MadeUpMachines.Value(plan, PlanRowKind.Zeek, "enp7s0f1/lb_procs"));
        Assert.Equal("4,5,6,7,8,9,10,11,12,13", MadeUpMachines.Value(plan, PlanRowKind.Zeek, "enp7s0f1/pin_cpus"));
        Assert.Equal("102", MadeUpMachines.Value(plan, PlanRowKind.Zeek, "enp17s0f0/af_packet_fanout_id"));
    }

    [Theory]
    [InlineData("isolcpus=4-21,32-48 does not fit this machine. It takes CPUs that the plan does not give to workers: 14,42 (Housekeeping), 15-17 (Irq)", "D1")]
    [InlineData("It leaves out CPUs of workers: 22-27,49-55", "D1")]
    [InlineData("'intel_idle.max_cstates' is a spelling mistake for 'intel_idle.max_cstate'", "D5")]
    [InlineData("pcie_aspm=off leaves the links as the firmware set them", "D6")]
    [InlineData("nohz_full does nothing for Zeek", "D3")]
    [InlineData("selinux=0 turns a guard", "D7")]
    public void The_mistakes_of_the_talks_command_line_are_named(string part, string row) =>
        Assert.Contains(Plan().Findings, finding => finding.Text.Contains(part, StringComparison.Ordinal) && finding.Source.Contains(row, StringComparison.Ordinal));

    [Fact]
    public void Every_setting_of_the_talk_is_there_with_its_reason_and_source()
    {
        NsmPlan plan = Plan(wish: new PlanWish { DropUdpPorts = [514] });
        (PlanRowKind Kind, string Target, string Value)[] talk =
        [
            (PlanRowKind.Queues, "enp7s0f1", "10"), (PlanRowKind.RxRing, "enp7s0f1", "512"), (PlanRowKind.PrivateFlag, "enp7s0f1/flow-director-atr", "off"),
            (PlanRowKind.Coalescing, "enp7s0f1", "84"), (PlanRowKind.Pause, "enp7s0f1", "off"), (PlanRowKind.HashFields, "enp7s0f1", "sd"),
            (PlanRowKind.SymmetricHash, "enp7s0f1", "on"), (PlanRowKind.HashQueues, "enp7s0f1", "10"), (PlanRowKind.DropUdpPort, "enp7s0f1/514", "on"),
            (PlanRowKind.IrqAffinity, "enp7s0f1", "2,3,1,2,3,1,2,3,1,1"), (PlanRowKind.Zeek, "enp7s0f1/af_packet_buffer_size", "134217728"),
        ];

        Assert.All(talk, row => Assert.Equal(row.Value, MadeUpMachines.Value(plan, row.Kind, row.Target)));
        Assert.All(plan.Rows, row => Assert.True(row.Reason.Length > 20 && row.Source.Length > 3, $"{row.Kind} {row.Target}"));
    }

    [Fact]
    public void The_estimate_is_that_of_the_talks_figures()
    {
        // 10 Gbit/s of frames of 900 bytes are 1.36 million a second; 512 descriptors outlast 84 us of 6.1 million (field.md M2, I5).
        PlanCapacity capacity = Plan().Ports[0].Capacity;
        Assert.Equal((10.0, 1.359, 0.136, 1.0), (capacity.ExpectedGbps, capacity.ExpectedMpps, capacity.MppsPerQueue, capacity.GbpsPerWorker));
        Assert.Equal((6.095, 2208.0), (capacity.RingMppsPerQueue, capacity.NanosecondsPerPacket));
        Assert.StartsWith("Enough by these figures", capacity.Bottleneck, StringComparison.Ordinal);

        // Smallest frames on one interrupt core: 67.2 ns for each, and the budget is 67.
        PlanCapacity small = Plan(PlanStrategy.SingleQueue, new PlanWish { MeanFrameBytes = 64 }).Ports[0].Capacity;
        Assert.Equal((14.881, 67.2), (small.ExpectedMpps, small.NanosecondsPerPacket));
        Assert.Contains("the ring's million packets", Plan(PlanStrategy.SingleQueue, new PlanWish { MeanFrameBytes = 64, ExpectedGbps = 40 }).Ports[0].Capacity.Bottleneck, StringComparison.Ordinal);
    }
}
