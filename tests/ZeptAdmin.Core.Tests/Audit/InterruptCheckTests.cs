using ZeptAdmin.Audit;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class InterruptCheckTests
{
    [Fact]
    public void An_interrupt_for_each_queue()
    {
        Assert.Equal(Pass, Weigh("A3.QueueIrqs", Irqs("0", "1")));
        Assert.Equal(Warn, Weigh("A3.QueueIrqs", [Irq(0, 100, "0"), Irq(1, 100, "0")]));
        Assert.Equal(Unknown, Weigh("A3.QueueIrqs", [new IrqAffinity { Irq = 100, Direction = IrqDirection.Other }]));
        Assert.Equal(NotApplicable, Weighing.Blank().Refuses<IrqAffinity[]>().Verdict("A3.QueueIrqs"));
    }

    [Fact]
    public void A_CPU_for_each_queue()
    {
        Assert.Equal(Pass, Weigh("F1.IrqSpread", Irqs("0", "1")));
        Assert.Equal(Warn, Weigh("F1.IrqSpread", Irqs("0", "1", "1")));
        Assert.Equal(Warn, Weigh("F1.IrqSpread", Irqs("0-3", "1")));
        Assert.Equal(Pass, Weigh("F1.IrqSpread", [.. Irqs("0-3", "1").Select(irq => irq with { IsManaged = true })]));
        Assert.Equal(Unknown, Weigh("F1.IrqSpread", [Irq(0, 100, "0") with { EffectiveCpus = null, RequestedCpus = null }]));
    }

    [Fact]
    public void What_privileges_would_tell_is_said_with_the_capability()
    {
        IrqAffinity hidden = Irq(0, 100, "0") with { EffectiveCpus = null, RequestedCpus = null, Notes = ["Cannot read it: permission denied (EACCES); it needs CAP_DAC_READ_SEARCH."] };

        CheckResult result = Weighing.Blank().Answers<IrqAffinity[]>(new[] { hidden }).Weigh("F1.IrqSpread");

        Assert.Equal(Unknown, result.Severity);
        Assert.Contains("CAP_DAC_READ_SEARCH", result.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_queues_on_one_core()
    {
        NsmTopology threads = Weighing.Machine(threads: 2);
        CheckResult shared = Weighing.Blank().Knows(threads).Answers<IrqAffinity[]>(Irqs("0", "8")).Weigh("F3.IrqSiblings");

        Assert.Equal((Warn, "Set-IrqAffinity ens1f0 -Cpu 0-1"), (shared.Severity, shared.Remedy));
        Assert.Equal(Pass, Weigh("F3.IrqSiblings", Irqs("0", "1"), threads));
        Assert.Equal(Warn, Weigh("F3.IrqSiblings", Irqs("0", "1", "2", "3", "8"), threads));
        Assert.Equal(NotApplicable, Weigh("F3.IrqSiblings", Irqs("0", "1")));
        Assert.Equal(Unknown, Weigh("F3.IrqSiblings", Irqs("0", "1"), new NsmTopology()));
    }

    [Fact]
    public void On_the_cards_node()
    {
        Assert.Equal(Pass, Weigh("F4.IrqNode", Irqs("0", "1")));
        Assert.Equal(Warn, Weigh("F4.IrqNode", Irqs("0", "4")));
        Assert.Equal(NotApplicable, Weigh("F4.IrqNode", Irqs("0"), Weighing.Machine(packages: 1)));
        Assert.Equal(Unknown, Weigh("F4.IrqNode", Irqs("0"), Weighing.Machine(portNode: null)));
        Assert.Equal(Unknown, Weigh("F4.IrqNode", Irqs("0"), new NsmTopology()));
    }

    [Fact]
    public void Irqbalance_leaves_capture_alone()
    {
        IrqBalance running = new() { State = IrqBalanceState.Running, ProcessId = 7 };

        Assert.Equal(Warn, WeighBalance(running));
        Assert.Equal(Warn, WeighBalance(running with { BannedIrqs = [100] }));
        Assert.Equal(Pass, WeighBalance(running with { BannedIrqs = [100, 101] }));
        Assert.Equal(Pass, WeighBalance(running with { BannedModules = ["i40e"] }));
        Assert.Equal(Warn, WeighBalance(running with { IsOneShot = true }));
        Assert.Equal(Warn, WeighBalance(new IrqBalance { State = IrqBalanceState.Stopped, UnitState = UnitState.Enabled }));
        Assert.Equal(Pass, WeighBalance(new IrqBalance { State = IrqBalanceState.Stopped, UnitState = UnitState.Disabled }));
        Assert.Equal(Pass, WeighBalance(new IrqBalance()));
        Assert.Equal(Unknown, Weighing.Blank().Knows(new IrqBalance()).Verdict("F6.IrqBalance"));
    }

    [Theory]
    [InlineData(1, "0", Pass)]
    [InlineData(1, "3", Pass)]
    [InlineData(4, "0", Pass)]
    [InlineData(4, "f", Warn)]
    [InlineData(4, "no mask", Unknown)]
    public void Rps_is_for_cards_with_one_queue(int queues, string mask, CheckSeverity expected)
    {
        SmallMachine machine = new();
        for (int queue = 0; queue < queues; queue++)
        {
            _ = machine.With($"/sys/class/net/{Weighing.Port}/queues/rx-{queue}/rps_cpus", mask + "\n");
        }

        Assert.Equal(expected, Weighing.Blank(machine).Answers<Nic>(new Nic { RxQueues = queues }).Verdict("F7.Rps"));
    }

    [Theory]
    [InlineData("i40e", "6.18.0", "1", Warn)]
    [InlineData("ice", "6.12.0", "1", Warn)]
    [InlineData("ice", "6.15.0", "1", Pass)]
    [InlineData("i40e", "6.18.0", "0-7", NotApplicable)]
    public void Affinity_outlives_ifup(string driver, string kernel, string requested, CheckSeverity expected) => Assert.Equal(
        expected,
        Weighing.Blank(new SmallMachine().With("/proc/sys/kernel/osrelease", kernel + "\n")).Knows(Weighing.Machine()).Knows(new IrqBalance())
            .Answers<Nic>(new Nic { Driver = driver })
            .Answers<IrqAffinity[]>(new[] { Irq(0, 100, "1") with { RequestedCpus = new CpuList(requested) } })
            .Verdict("F8.AffinityStays"));

    [Fact]
    public void Managed_interrupts_need_nobody_to_set_them_again() => Assert.Equal(
        Pass, Weigh("F8.AffinityStays", [Irq(0, 100, "1") with { IsManaged = true }]));

    [Theory]
    [InlineData("cpu  1000 0 500 8000 0 0 10 50 0 0\n", true, Pass)]
    [InlineData("cpu  1000 0 500 8000 0 0 10 500 0 0\n", true, Warn)]
    [InlineData("cpu  1000 0 500 8000\n", true, Unknown)]
    [InlineData("", true, Unknown)]
    [InlineData("cpu  1000 0 500 8000 0 0 10 500 0 0\n", false, NotApplicable)]
    public void The_host_takes_no_time_away(string stat, bool isVirtual, CheckSeverity expected) =>
        Assert.Equal(expected, Weighing.Blank(new SmallMachine().With("/proc/stat", stat)).Knows(Weighing.Machine(isVirtual: isVirtual)).Verdict("F9.CpuSteal"));

    [Theory]
    [InlineData(300, 2000, Warn)]
    [InlineData(3000, 2000, Warn)]
    [InlineData(600, 8000, Pass)]
    [InlineData(600, null, Pass)]
    [InlineData(null, null, Unknown)]
    public void Budget_of_packets_and_time(int? packets, int? microseconds, CheckSeverity expected) =>
        Assert.Equal(expected, Weighing.Blank().Knows(new NetBudget { Packets = packets, Microseconds = microseconds }).Verdict("F11.NetBudget"));

    [Fact]
    public void The_remedy_for_the_budget_lowers_nothing() => Assert.Equal(
        "Set-NetBudget -Packets 3000 -Microseconds 4000",
        Weighing.Blank().Knows(new NetBudget { Packets = 3000, Microseconds = 2000 }).Weigh("F11.NetBudget").Remedy);

    private static CheckSeverity Weigh(string id, IrqAffinity[] irqs, NsmTopology? topology = null) =>
        Weighing.Blank().Knows(topology ?? Weighing.Machine()).Answers<IrqAffinity[]>(irqs).Verdict(id);

    private static CheckSeverity WeighBalance(IrqBalance balance) => Weighing.Blank(new SmallMachine().With("/proc/irq/0/smp_affinity_list", "0\n"))
        .Knows(balance).Knows(Weighing.Machine()).Answers<Nic>(new Nic { Driver = "i40e" })
        .Answers<IrqAffinity[]>(Irqs("0", "1").Select(irq => irq with { InterfaceName = Weighing.Port }).ToArray()).Verdict("F6.IrqBalance");

    private static IrqAffinity[] Irqs(params string[] cpus) => [.. cpus.Select((cpu, queue) => Irq(queue, 100 + queue, cpu))];

    private static IrqAffinity Irq(int queue, int irq, string cpus) =>
        new() { Queue = queue, Irq = irq, EffectiveCpus = new CpuList(cpus), RequestedCpus = new CpuList(cpus) };
}
