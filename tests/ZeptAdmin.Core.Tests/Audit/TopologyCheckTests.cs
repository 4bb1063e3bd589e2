using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Memory;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class TopologyCheckTests
{
    [Fact]
    public void A_node_a_package()
    {
        NsmTopology good = Weighing.Machine();

        Assert.Equal(Pass, Weigh("A1.NumaNodes", good));
        Assert.Equal(Pass, Weigh("A1.NumaNodes", good with { Partitioning = NumaPartitioning.SubNumaClustering, NodesPerPackage = 2 }));
        Assert.Equal(Warn, Weigh("A1.NumaNodes", good with { Partitioning = NumaPartitioning.NodeInterleaving }));
        Assert.Equal(Warn, Weigh("A1.NumaNodes", good with { HasNumaNodes = false, Partitioning = NumaPartitioning.Unknown }));
        Assert.Equal(NotApplicable, Weigh("A1.NumaNodes", Weighing.Machine(isVirtual: true)));
        Assert.Equal(Unknown, Weigh("A1.NumaNodes", new NsmTopology()));
    }

    [Fact]
    public void A_cpuset_bars_no_CPU()
    {
        NsmTopology good = Weighing.Machine();

        Assert.Equal(Pass, Weigh("A1.AllowedCpus", good));
        Assert.Equal(Warn, Weigh("A1.AllowedCpus", good with { AllowedCpus = new CpuList("0-3") }));
        Assert.Equal(Unknown, Weigh("A1.AllowedCpus", new NsmTopology()));
    }

    [Fact]
    public void The_node_of_the_card_is_not_zero_by_default()
    {
        Assert.Equal(Pass, Weigh("A2.NicNode", Weighing.Machine()));
        Assert.Equal(Warn, Weigh("A2.NicNode", Weighing.Machine(portNode: null)));
        Assert.Equal(Pass, Weigh("A2.NicNode", Weighing.Machine(packages: 1, portNode: null)));
        Assert.Equal(NotApplicable, Weigh("A2.NicNode", Weighing.Machine(packages: 1, portNode: null, isVirtual: true)));
        Assert.Equal(NotApplicable, Weigh("A2.NicNode", Weighing.Machine() with { Nics = [] }));
        Assert.Equal(Unknown, Weigh("A2.NicNode", Weighing.Machine(portNode: null) with { Nodes = [] }));
    }

    [Fact]
    public void Numbering_is_told_never_judged()
    {
        CheckResult two = Weighing.Blank().Knows(Weighing.Machine(threads: 2)).Weigh("A6.CpuNumbering");

        Assert.Equal((Pass, "package 0 0-3,8-11; package 1 4-7,12-15; threads of the first core 0,8"), (two.Severity, two.Actual));
        Assert.Equal(Unknown, Weigh("A6.CpuNumbering", new NsmTopology()));
    }

    [Fact]
    public void Each_package_has_a_port()
    {
        NsmTopology both = Weighing.Machine();
        both = both with { Nics = [.. both.Nics, both.Nics[0] with { InterfaceName = "ens2f0", Node = 1 }] };

        Assert.Equal(Pass, Assert.Single(Checks.All.Single(check => check.Id == "A8.NodeNics").Run(new AuditSubject(new SmallMachine(), [Weighing.Port, "ens2f0"]).Knows(both))).Severity);
        Assert.Equal(Warn, Weigh("A8.NodeNics", both));
        Assert.Equal(NotApplicable, Weigh("A8.NodeNics", Weighing.Machine(packages: 1)));
        Assert.Equal(Unknown, Weigh("A8.NodeNics", Weighing.Machine(portNode: null)));
        Assert.Equal(NotApplicable, Weigh("A8.NodeNics", Weighing.Machine(portNode: null, isVirtual: true)));
    }

    [Theory]
    [InlineData("1583", 40000L, 40000L, Warn)]
    [InlineData("1583", 40000L, null, Pass)]
    [InlineData("10fb", 10000L, null, Warn)]
    [InlineData("10fb", 1000L, null, Pass)]
    [InlineData("1572", 10000L, 10000L, Pass)]
    public void The_controller_carries_its_ports(string device, long speed, long? neighbour, CheckSeverity expected)
    {
        Nic port = new() { PciAddress = "0000:17:00.0", VendorId = "8086", DeviceId = device, SpeedMbps = speed };
        AuditSubject subject = new AuditSubject(new SmallMachine(), [Weighing.Port, "ens1f1"]).Answers<Nic>(port)
            .Answers<Nic>(port with { PciAddress = "0000:17:00.1", SpeedMbps = neighbour }, "ens1f1");

        Assert.Equal(expected, Checks.All.Single(check => check.Id == "A10.NicCapacity").Run(subject).First().Severity);
    }

    [Fact]
    public void Many_packages_are_many_misses()
    {
        Assert.Equal(Pass, Weigh("A11.CpuSize", Weighing.Machine()));
        Assert.Equal(Warn, Weigh("A11.CpuSize", Weighing.Machine(packages: 4)));
        Assert.Equal(Pass, Weigh("A11.CpuSize", Weighing.Machine(packages: 4, isVirtual: true)));
        Assert.Equal(Unknown, Weigh("A11.CpuSize", new NsmTopology()));
    }

    [Fact]
    public void Firmware_with_a_fault_on_record()
    {
        Assert.Equal(Pass, WeighNic("A13.Firmware", new Nic { Driver = "i40e", Firmware = "9.40 0x8000ecc0 1.3429.0" }));
        Assert.Equal(Warn, WeighNic("A13.Firmware", new Nic { Driver = "i40e", Firmware = "6.01 0x800035cf 1.1876.0" }));
        Assert.Equal(Unknown, WeighNic("A13.Firmware", new Nic { Driver = "i40e", PciAddress = "0000:17:00.0" }));
        Assert.Equal(NotApplicable, WeighNic("A13.Firmware", new Nic { Driver = "virtio_net", PciAddress = "0000:17:00.0", Kind = "virtio" }));
        Assert.Equal(Unknown, Weighing.Blank().Refuses<Nic>(Errno.EPERM).Verdict("A13.Firmware"));
    }

    [Fact]
    public void The_kernels_own_driver()
    {
        Assert.Equal(Pass, WeighNic("A14.Driver", new Nic { Driver = "i40e", IsInTree = true }));
        Assert.Equal(Warn, WeighNic("A14.Driver", new Nic { Driver = "i40e", IsInTree = false }));
        Assert.Equal(Unknown, WeighNic("A14.Driver", new Nic { Driver = "i40e" }));
        Assert.Equal(Unknown, WeighNic("A14.Driver", new Nic()));
    }

    [Fact]
    public void Nobody_else_behind_the_port()
    {
        Nic card = new() { PciAddress = "0000:17:00.0", SriovTotalVfs = 64, SriovVfs = 0 };
        NicPrivateFlag mfp = new() { Flag = "MFP", IsOn = true };

        Assert.Equal(Pass, WeighNic("A15.EmbeddedSwitch", card));
        Assert.Equal(Pass, WeighNic("A15.EmbeddedSwitch", card with { SriovVfs = null }));
        Assert.Equal(Warn, WeighNic("A15.EmbeddedSwitch", card with { SriovVfs = 4 }));
        Assert.Equal(Warn, Weighing.Blank().Answers<Nic>(card).Answers<NicPrivateFlag[]>(new[] { mfp }).Verdict("A15.EmbeddedSwitch"));
        Assert.Equal(NotApplicable, WeighNic("A15.EmbeddedSwitch", new Nic()));
    }

    [Theory]
    [InlineData("3.10.0-1160", Pass)]
    [InlineData("4.2.8", Pass)]
    [InlineData("4.3.0", Fail)]
    [InlineData("4.4.15", Fail)]
    [InlineData("4.4.16", Pass)]
    [InlineData("4.5.7", Fail)]
    [InlineData("4.6.4", Fail)]
    [InlineData("4.6.5", Pass)]
    [InlineData("6.12.95+deb13-amd64", Pass)]
    [InlineData("unreadable", Unknown)]
    public void Kernels_whose_fanout_was_not_symmetric(string release, CheckSeverity expected) =>
        Assert.Equal(expected, Weighing.Blank(new SmallMachine().With("/proc/sys/kernel/osrelease", release + "\n")).Verdict("A16.KernelFanout"));

    [Fact]
    public void The_rules_of_the_memory_come_with_their_verdicts()
    {
        MemoryCheck[] found =
        [
            new() { Id = "C1.MemoryChannels", Package = 0, Severity = CheckSeverity.Fail, Expected = "6", Actual = "4", Remedy = "add two" },
            new() { Id = "C1.MemoryChannels", Package = 1, Severity = CheckSeverity.Pass, Expected = "6", Actual = "6" },
            new() { Id = "C3.MemorySpeed", Severity = CheckSeverity.NotApplicable, Expected = "fast", Actual = "a virtual machine" },
        ];
        AuditSubject subject = Weighing.Blank().Knows(found);

        CheckResult[] channels = [.. Checks.All.Single(check => check.Id == "C1.MemoryChannels").Run(subject)];
        Assert.Equal([("package 0", Fail, "add two"), ("package 1", Pass, "")], channels.Select(result => (result.Target, result.Severity, result.Remedy)));
        Assert.Equal(NotApplicable, subject.Verdict("C3.MemorySpeed"));
    }

    [Fact]
    public void Each_node_has_memory()
    {
        NsmTopology good = Weighing.Machine();

        Assert.Equal(Pass, Weigh("C6.NodeMemory", good));
        Assert.Equal(Warn, Weigh("C6.NodeMemory", good with { Nodes = [good.Nodes[0], good.Nodes[1] with { MemoryTotalBytes = 32L << 30 }] }));
        Assert.Equal(Warn, Weigh("C6.NodeMemory", good with { Nodes = [good.Nodes[0], good.Nodes[1] with { IsMemoryless = true, MemoryTotalBytes = null }] }));
        Assert.Equal(Unknown, Weigh("C6.NodeMemory", good with { Nodes = [good.Nodes[0], good.Nodes[1] with { MemoryTotalBytes = null }] }));
        Assert.Equal(Pass, Weigh("C6.NodeMemory", Weighing.Machine(packages: 1)));
        Assert.Equal(Unknown, Weigh("C6.NodeMemory", new NsmTopology()));
    }

    [Theory]
    [InlineData("always [madvise] never\n", Pass)]
    [InlineData("nonsense\n", Unknown)]
    [InlineData(null, NotApplicable)]
    public void Huge_pages_are_told(string? text, CheckSeverity expected)
    {
        SmallMachine machine = new();
        Assert.Equal(expected, Weighing.Blank(text is null ? machine : machine.With("/sys/kernel/mm/transparent_hugepage/enabled", text)).Verdict("C7.HugePages"));
    }

    private static CheckSeverity Weigh(string id, NsmTopology topology) => Weighing.Blank().Knows(topology).Verdict(id);

    private static CheckSeverity WeighNic(string id, Nic nic) => Weighing.Blank().Answers<Nic>(nic).Verdict(id);
}
