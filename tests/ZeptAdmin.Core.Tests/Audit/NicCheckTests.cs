using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class NicCheckTests
{
    private const string Routes = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        + Weighing.Port + "\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";

    [Fact]
    public void A_port_for_capture_apart_from_the_management()
    {
        Assert.Equal(Pass, Weighing.Blank().Verdict("I10.CapturePorts"));
        Assert.Equal(Warn, Weighing.Blank(Management()).Verdict("I10.CapturePorts"));
        Assert.Equal(Warn, new AuditSubject(new SmallMachine(), []).Verdict("I10.CapturePorts"));
    }

    [Fact]
    public void Up_linked_and_promiscuous()
    {
        Nic good = new() { IsUp = true, HasCarrier = true, IsPromiscuous = true, SpeedMbps = 10000, Mtu = 1500 };

        Assert.Equal((Pass, "up, 10 Gbit/s, MTU 1500, promiscuous"), Told(Weighing.Blank().Answers<Nic>(good).Weigh("I10.PortState")));
        Assert.Equal(Warn, WeighNic("I10.PortState", good with { IsUp = false, HasCarrier = null }));
        Assert.Equal(Warn, WeighNic("I10.PortState", good with { HasCarrier = false }));
        Assert.Equal(Warn, WeighNic("I10.PortState", good with { IsPromiscuous = false }));
        Assert.Equal(NotApplicable, Weighing.Blank(Management()).Answers<Nic>(good with { IsPromiscuous = false }).Verdict("I10.PortState"));
        Assert.Equal(Unknown, WeighNic("I10.PortState", new Nic()));
    }

    [Theory]
    [InlineData("0x1183", "1", Pass)]
    [InlineData("0x1183", null, Pass)]
    [InlineData("0x1103", "1", Warn)]
    [InlineData("0x1183", "0", Warn)]
    [InlineData("nonsense", "1", Unknown)]
    public void A_port_that_says_nothing(string flags, string? disabled, CheckSeverity expected)
    {
        SmallMachine machine = new SmallMachine().With($"/sys/class/net/{Weighing.Port}/flags", flags + "\n");
        _ = disabled is null ? machine : machine.With($"/proc/sys/net/ipv6/conf/{Weighing.Port}/disable_ipv6", disabled + "\n");

        Assert.Equal(expected, Weighing.Blank(machine).Verdict("I10.SilentPort"));
    }

    [Fact]
    public void The_management_port_has_to_talk() => Assert.Equal(NotApplicable, Weighing.Blank(Management()).Verdict("I10.SilentPort"));

    [Fact]
    public void Buffers_within_the_cache()
    {
        // 32 MiB of L3 at the card's node; 2 KiB a descriptor.
        Assert.Equal(Pass, WeighRing(512, 24));
        Assert.Equal(Pass, WeighRing(2048, 4));
        Assert.Equal(Warn, WeighRing(4096, 24));
        Assert.Equal(Warn, WeighRing(4096, 1, new NsmTopology()));
        Assert.Equal(Pass, WeighRing(2048, 1, new NsmTopology()));
        Assert.Equal(NotApplicable, WeighRing(0, 1));
        Assert.Equal(NotApplicable, Weighing.Blank().Refuses<NicRing>().Verdict("I1.RxRing"));
        Assert.Equal(Unknown, Weighing.Blank().Refuses<NicRing>(Errno.EPERM).Verdict("I1.RxRing"));
    }

    [Fact]
    public void A_steady_rate_of_interrupts()
    {
        Assert.Equal((Pass, "84 us, 11,905 interrupts/s a queue"), Told(Coalescing(new NicCoalesce { RxMicroseconds = 84 })));
        Assert.Equal(Pass, Coalescing(new NicCoalesce { RxMicroseconds = 125 }).Severity);
        Assert.Equal(Pass, Coalescing(new NicCoalesce { RxMicroseconds = 62 }).Severity);
        Assert.Equal(Warn, Coalescing(new NicCoalesce { RxMicroseconds = 50, IsAdaptiveRx = true }).Severity);
        Assert.Equal(Warn, Coalescing(new NicCoalesce { RxMicroseconds = 3 }).Severity);
        Assert.Equal((Warn, "rx-usecs 3, with which this driver chooses the wait by load"), Told(Coalescing(new NicCoalesce { RxMicroseconds = 3, IsRxDynamic = true })));
        Assert.Equal(Warn, Coalescing(new NicCoalesce { RxMicroseconds = 0, RxFrames = 1 }).Severity);
        Assert.Equal(Warn, Coalescing(new NicCoalesce { RxMicroseconds = 1000 }).Severity);
        Assert.Equal(NotApplicable, Weighing.Blank().Refuses<NicCoalesce>().Verdict("I4.Coalescing"));
        Assert.Equal(NotApplicable, WeighNic("I4.Coalescing", new Nic { Kind = "virtio" }));
    }

    // field.md I5: descriptors >= packets a second of the queue x the wait. 10 Gbit/s of 900 + 24 bytes are 1.353 million/s: 114 in 84 us.
    [Theory]
    [InlineData(512, 84, 1, Pass)]
    [InlineData(113, 84, 1, Warn)]
    [InlineData(114, 84, 1, Pass)]
    [InlineData(64, 84, 4, Pass)]
    [InlineData(64, 0, 1, Pass)]
    [InlineData(0, 84, 1, NotApplicable)]
    public void A_ring_holds_what_comes_until_the_interrupt(int descriptors, int microseconds, int queues, CheckSeverity expected) => Assert.Equal(
        expected,
        Weighing.Blank().Answers<NicRing>(new NicRing { Rx = descriptors, RxMaximum = 4096 }).Answers<NicCoalesce>(new NicCoalesce { RxMicroseconds = microseconds })
            .Answers<Nic>(new Nic { SpeedMbps = 10000, RxQueues = queues }).Verdict("I5.RingForRate"));

    [Fact]
    public void A_wait_that_the_driver_chooses_is_not_taken_for_a_time() => Assert.Equal(
        Unknown,
        Weighing.Blank().Answers<NicRing>(new NicRing { Rx = 512, RxMaximum = 4096 }).Answers<NicCoalesce>(new NicCoalesce { RxMicroseconds = 1, IsRxDynamic = true })
            .Answers<Nic>(new Nic { SpeedMbps = 10000, RxQueues = 1 }).Verdict("I5.RingForRate"));

    [Fact]
    public void Small_frames_of_this_link_need_more_descriptors()
    {
        SmallMachine machine = new SmallMachine().With($"/sys/class/net/{Weighing.Port}/statistics/rx_packets", "10000000\n").With($"/sys/class/net/{Weighing.Port}/statistics/rx_bytes", "600000000\n");
        CheckResult result = Weighing.Blank(machine).Answers<NicRing>(new NicRing { Rx = 512, RxMaximum = 4096 }).Answers<NicCoalesce>(new NicCoalesce { RxMicroseconds = 84 })
            .Answers<Nic>(new Nic { SpeedMbps = 10000, RxQueues = 1 }).Weigh("I5.RingForRate");

        // 10 Gbit/s of 84 bytes with everything: 14.88 million/s (field.md M2), 1250 in 84 us.
        Assert.Equal((Warn, "512 descriptors for 1250 packets (14.88 million/s of 60 B, 84 us)", "Set-NicRing ens1f0 -Rx 2048"), (result.Severity, result.Actual, result.Remedy));
    }

    [Fact]
    public void Without_a_link_there_is_no_rate() => Assert.Equal(
        Unknown,
        Weighing.Blank().Answers<NicRing>(new NicRing { Rx = 512, RxMaximum = 4096 }).Answers<NicCoalesce>(new NicCoalesce { RxMicroseconds = 84 })
            .Answers<Nic>(new Nic { RxQueues = 1 }).Verdict("I5.RingForRate"));

    [Fact]
    public void No_pause_frames()
    {
        Assert.Equal(Pass, Weighing.Blank().Answers<NicPause>(new NicPause()).Verdict("I8.Pause"));
        Assert.Equal(Warn, Weighing.Blank().Answers<NicPause>(new NicPause { Rx = true }).Verdict("I8.Pause"));
        Assert.Equal(Fail, Weighing.Blank().Answers<NicPause>(new NicPause { Tx = true }).Verdict("I8.Pause"));
        Assert.Equal(NotApplicable, Weighing.Blank().Refuses<NicPause>().Verdict("I8.Pause"));
        Assert.Equal(Unknown, Weighing.Blank().Refuses<NicPause>(Errno.ENODATA).Verdict("I8.Pause"));
    }

    [Fact]
    public void Nothing_merges_packets()
    {
        Assert.Equal(Warn, WeighFeature("I9.Offloads", "rx-gro", isOn: true));
        Assert.Equal(Warn, WeighFeature("I9.Offloads", "rx-lro", isOn: true));
        Assert.Equal(Pass, WeighFeature("I9.Offloads", "rx-gro", isOn: false));
        Assert.Equal(Pass, WeighFeature("I9.Offloads", "rx-gro", isOn: true, isFixed: true));
        Assert.Equal(Pass, WeighFeature("I9.Offloads", "rx-vlan-hw-parse", isOn: true));
        Assert.Equal(Unknown, Weighing.Blank().Refuses<NicFeature[]>(Errno.ENODATA).Verdict("I9.Offloads"));
    }

    [Fact]
    public void No_more_queues_than_CPUs_near_the_card()
    {
        Assert.Equal(Pass, WeighQueues(1));
        Assert.Equal(Pass, WeighQueues(4));
        Assert.Equal(Warn, WeighQueues(5));
        Assert.Equal(Pass, WeighQueues(8, Weighing.Machine(portNode: null)));
        Assert.Equal(Unknown, WeighQueues(4, new NsmTopology()));
        Assert.Equal(Unknown, Weighing.Blank().Knows(Weighing.Machine()).Refuses<Nic>().Verdict("I11.Channels"));
    }

    [Fact]
    public void Options_for_another_driver()
    {
        SmallMachine machine = new SmallMachine().With("/etc/modprobe.d/ixgbe.conf", "# capture\noptions ixgbe RSS=1,1 InterruptThrottleRate=12500\n");
        Nic kernels = new() { Driver = "ixgbe", IsInTree = true };

        Assert.Equal(Warn, Weighing.Blank(machine).Answers<Nic>(kernels).Verdict("I12.ModuleOptions"));
        Assert.Equal(Pass, Weighing.Blank(machine).Answers<Nic>(kernels with { IsInTree = false }).Verdict("I12.ModuleOptions"));
        Assert.Equal(Pass, WeighNic("I12.ModuleOptions", kernels));
        Assert.Equal(NotApplicable, WeighNic("I12.ModuleOptions", new Nic { Driver = "i40e" }));
    }

    [Fact]
    public void A_name_that_a_shell_would_run_is_quoted()
    {
        const string name = "a;reboot";
        AuditSubject subject = new AuditSubject(new SmallMachine { Answers = new RecordedEthtool("", "none") }, [name]).Answers<NicPause>(new NicPause { Tx = true }, name);

        Assert.StartsWith("Set-NicPause 'a;reboot' ", subject.Weigh("I8.Pause").Remedy, StringComparison.Ordinal);
    }

    private static SmallMachine Management() => new SmallMachine().With("/proc/net/route", Routes);

    private static (CheckSeverity Severity, string Actual) Told(CheckResult result) => (result.Severity, result.Actual);

    private static CheckSeverity WeighNic(string id, Nic nic) => Weighing.Blank().Answers<Nic>(nic).Verdict(id);

    private static CheckSeverity WeighRing(long rx, int queues, NsmTopology? topology = null) => Weighing.Blank().Knows(topology ?? Weighing.Machine())
        .Answers<NicRing>(new NicRing { Rx = rx, RxMaximum = rx == 0 ? 0 : 4096 }).Answers<Nic>(new Nic { RxQueues = queues, Driver = "i40e" }).Verdict("I1.RxRing");

    private static CheckResult Coalescing(NicCoalesce coalesce) => Weighing.Blank().Answers<NicCoalesce>(coalesce).Answers<Nic>(new Nic()).Weigh("I4.Coalescing");

    private static CheckSeverity WeighQueues(int queues, NsmTopology? topology = null) =>
        Weighing.Blank().Knows(topology ?? Weighing.Machine()).Answers<Nic>(new Nic { RxQueues = queues }).Verdict("I11.Channels");

    private static CheckSeverity WeighFeature(string id, string feature, bool isOn, bool isFixed = false) =>
        Weighing.Blank().Answers<NicFeature[]>(new[] { new NicFeature { Feature = feature, IsOn = isOn, IsFixed = isFixed } }).Verdict(id);
}
