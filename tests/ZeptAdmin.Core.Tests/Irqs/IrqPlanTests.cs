using System.Globalization;
using CsCheck;
using ZeptAdmin.Changes;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Irqs;

/// <summary>Where interrupts go, held against what Intel's set_irq_affinity does with the same cards, whose faults are named here one by one.</summary>
public sealed class IrqPlanTests : IDisposable
{
    private const string Port = "ens1f0";

    private readonly SmallMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void The_five_modes_place_paired_queues_as_the_script_does() =>
        Gen.Select(Gen.Int[1, 24], Gen.Int[1, 16], Gen.Int[0, 1], Gen.Int[0, 4]).Sample(drawn =>
        {
            (int queues, int cpusOfNode, int node, int mode) = drawn;
            using SmallMachine machine = WithNodes(new SmallMachine(), node, cpusOfNode, 2);
            WithQueues(machine, queues);
            int[] custom = [cpusOfNode, 0];
            (IrqWish wish, string[] words) = mode switch
            {
                0 => (new IrqWish { Strategy = IrqStrategy.All }, ["all"]),
                1 => (new IrqWish { Strategy = IrqStrategy.Local }, ["local"]),
                2 => (new IrqWish { Strategy = IrqStrategy.Remote }, ["remote"]),
                3 => (new IrqWish { Strategy = IrqStrategy.One, Cpus = [1] }, ["one", "1"]),
                _ => (new IrqWish { Cpus = custom }, (string[])[string.Create(CultureInfo.InvariantCulture, $"{cpusOfNode},0")]),
            };

            Assert.Equal(SetIrqAffinity.Run(machine, Port, words), Placed(machine, wish));
        }, iter: 60);

    [Fact]
    public void A_node_may_be_named_for_remote()
    {
        WithQueues(WithNodes(_machine, 0, 2, 4), 3);

        Assert.Equal(SetIrqAffinity.Run(_machine, Port, "remote", "3"), Placed(_machine, new IrqWish { Strategy = IrqStrategy.Remote, Node = 3 }));
        Assert.Equal(Errno.EINVAL, Refused(new IrqWish { Strategy = IrqStrategy.Remote, Node = 9 }).Errno);
    }

    [Fact]
    public void Fault_of_the_script_a_card_of_unknown_node_is_taken_to_be_on_node_0()
    {
        WithQueues(WithNodes(_machine, -1, 2, 2), 2);

        Assert.Equal([(100, 0), (101, 1)], SetIrqAffinity.Run(_machine, Port, "local"));
        Assert.Equal(Errno.EOPNOTSUPP, Refused(new IrqWish { Strategy = IrqStrategy.Local }).Errno);
        Assert.Equal(Errno.EOPNOTSUPP, Refused(new IrqWish { Strategy = IrqStrategy.Remote }).Errno);
        Assert.Equal(Errno.EOPNOTSUPP, Refused(new IrqWish { Strategy = IrqStrategy.One }).Errno);
        Assert.Equal([(100, 2), (101, 3)], Placed(_machine, new IrqWish { Cpus = [2, 3] }));
    }

    [Fact]
    public void On_a_machine_of_one_node_an_unknown_node_is_that_one()
    {
        WithQueues(WithNodes(_machine, -1, 4, 1), 2);

        Assert.Equal([(100, 0), (101, 1)], Placed(_machine, new IrqWish { Strategy = IrqStrategy.Local }));
        Assert.Equal([(100, 0), (101, 0)], Placed(_machine, new IrqWish { Strategy = IrqStrategy.One }));
        Assert.Equal(Errno.EOPNOTSUPP, Refused(new IrqWish { Strategy = IrqStrategy.Remote }).Errno);
    }

    [Fact]
    public void Fault_of_the_script_remote_is_one_other_node_of_many()
    {
        WithQueues(WithNodes(_machine, 0, 1, 4), 3);

        Assert.Equal([(100, 1), (101, 1), (102, 1)], SetIrqAffinity.Run(_machine, Port, "remote"));
        Assert.Equal([(100, 1), (101, 2), (102, 3)], Placed(_machine, new IrqWish { Strategy = IrqStrategy.Remote }));
    }

    [Theory]
    [InlineData("0-1", true, false)]
    [InlineData("0-3", false, false)]
    [InlineData("0-5", false, true)]
    public void Fault_of_the_script_unequal_counts_of_queues_and_CPUs_are_not_told(string cpus, bool warns, bool notes)
    {
        WithQueues(WithNodes(_machine, 0, 4, 2), 4);

        IrqPlan plan = IrqPlan.Make(_machine, Port, new IrqWish { Cpus = CpuList.Parse(cpus).ToArray() }).Value;

        Assert.Equal((warns, notes), (plan.Warning is not null, plan.Note is not null));
    }

    [Fact]
    public void Fault_of_the_script_a_renamed_interface_takes_the_interrupts_of_another()
    {
        // The handlers of this card keep its old name, which is another card's now.
        _ = WithNodes(_machine, 0, 4, 1).WithCard(Port, "i40e", 1, 1).WithIrq(100, "i40e-eth9-TxRx-0")
            .WithCard("eth9", "i40e", 1, 1, "0000:3b:00.1").WithIrq(200, "i40e-eth9-TxRx-0", "0000:3b:00.1");

        Assert.Equal([(100, 2), (200, 2)], SetIrqAffinity.Run(_machine, "eth9", "2"));
        Assert.Equal([(200, 2)], Placed(_machine, new IrqWish { Cpus = [2] }, "eth9"));
        Assert.Equal([(100, 2)], Placed(_machine, new IrqWish { Cpus = [2] }));
    }

    [Fact]
    public void Fault_of_the_script_an_interrupt_without_a_queue_takes_a_CPU_from_a_queue()
    {
        // igb calls its vectors IF (link) and IF-TxRx-N in some versions, IF-rx-N and IF-tx-N in others: then all lines with the name count.
        _ = WithNodes(_machine, 0, 4, 1).WithCard(Port, "igb", 2, 2)
            .WithIrq(100, Port).WithIrq(101, Port + "-rx-0").WithIrq(102, Port + "-rx-1").WithIrq(103, Port + "-tx-0").WithIrq(104, Port + "-tx-1");

        Assert.Equal([(100, 0), (101, 1), (102, 0), (103, 1), (104, 0)], SetIrqAffinity.Run(_machine, Port, "0-1"));
        Assert.Equal([(101, 0), (102, 1), (103, 0), (104, 1)], Placed(_machine, new IrqWish { Cpus = [0, 1] }));
    }

    [Fact]
    public void Fault_of_the_script_it_stops_half_way_where_a_write_is_refused()
    {
        WithQueues(WithNodes(_machine, 0, 4, 1), 3);
        _machine.Refuse = (path, content) => path == "/proc/irq/101/smp_affinity_list" && content == "1\n" ? Errno.ENOSPC : Errno.None;

        Answer<NsmChange> answer = Apply(new IrqWish { Cpus = [0, 1, 2] });

        Assert.Equal(Errno.ENOSPC, answer.Refusal?.Errno);
        Assert.Equal(["0-3", "0-3", "0-3"], Requested());
        Assert.DoesNotContain(_machine.Writes, write => write.Path.Contains("/102/", StringComparison.Ordinal));
    }

    [Fact]
    public void Fault_of_the_script_offline_CPUs_are_found_out_by_the_write()
    {
        WithQueues(WithNodes(_machine, 0, 4, 1).With("/sys/devices/system/cpu/present", "0-5\n").With("/sys/devices/system/cpu/offline", "4-5\n"), 2);

        Assert.Contains("offline", Refused(new IrqWish { Cpus = [0, 4] }).Reason, StringComparison.Ordinal);
        Assert.Contains("no such CPUs", Refused(new IrqWish { Cpus = [9] }).Reason, StringComparison.Ordinal);
        Assert.Equal(Errno.EINVAL, Refused(new IrqWish { Cpus = [] }).Errno);
    }

    [Fact]
    public void Only_the_queues_in_question_are_placed()
    {
        WithQueues(WithNodes(_machine, 0, 4, 1), 4);

        Assert.Equal([(102, 0), (101, 1)], Placed(_machine, new IrqWish { Cpus = [0, 1], Queues = [2, 1] }));
        Assert.Equal(Errno.EINVAL, Refused(new IrqWish { Cpus = [0, 1], Queues = [7] }).Errno);
    }

    [Fact]
    public void Interrupts_that_the_kernel_keeps_to_itself_are_told_before_anything_is_written()
    {
        WithQueues(WithNodes(_machine, 0, 4, 1), 2);
        _machine.Modes["/proc/irq/101/smp_affinity"] = UnixFileMode.UserRead;

        Refusal refusal = Refused(new IrqWish { Cpus = [0] });

        Assert.Equal(Errno.EOPNOTSUPP, refusal.Errno);
        Assert.Contains("101", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal([(100, 0)], Placed(_machine, new IrqWish { Cpus = [0], Queues = [0] }));
    }

    [Fact]
    public void One_interrupt_for_all_queues_goes_to_the_first_CPU()
    {
        _ = WithNodes(_machine, 0, 4, 1).WithCard(Port, "e1000e", 1, 1).WithIrq(100, Port);

        Assert.Equal([(100, 3)], Placed(_machine, new IrqWish { Cpus = [3, 1] }));
    }

    [Fact]
    public void An_interrupt_that_did_not_move_is_told_and_one_that_did_not_come_is_pending()
    {
        WithQueues(WithNodes(_machine, 0, 4, 1), 2);
        IrqPlan plan = IrqPlan.Make(_machine, Port, new IrqWish { Cpus = [3] }).Value;
        _machine.Effective = _ => null;
        Assert.Null(Apply(plan.Changes[0].Value).Refusal);
        string interrupts = System.Text.Encoding.UTF8.GetString(_machine.Contents["/proc/interrupts"]);
        _ = _machine.With("/proc/interrupts", interrupts.Replace(" 101:         10", " 101:         11", StringComparison.Ordinal));

        Assert.Equal([true, false], plan.NotThereYet(_machine).Select(item => item.IsPending));
    }

    [Fact]
    public void Steering_follows_the_queues()
    {
        WithQueues(WithNodes(_machine, 0, 4, 1), 3);

        IrqPlan plan = IrqPlan.Make(_machine, Port, new IrqWish { Cpus = [3, 2], WithXps = true, RpsCpus = CpuList.Empty }).Value;

        PlannedChange[] changes = [.. plan.Changes.Select(change => change.Value)];
        Assert.Equal(
            [("QueueXps", "ens1f0/tx-0", "3"), ("QueueXps", "ens1f0/tx-1", "2"), ("QueueXps", "ens1f0/tx-2", "3")],
            changes[1..4].Select(change => (change.Setting.Kind, change.Target, (string?)change.After)));
        Assert.All(changes[4..], change => Assert.True(change.IsIdle));
        Assert.Null(Apply(changes[2]).Refusal);
        Assert.Equal("4\n", _machine.Writes.Single().Content);
        Assert.Equal("/sys/class/net/ens1f0/queues/tx-1/xps_cpus", _machine.Writes.Single().Path);
    }

    private static SmallMachine WithNodes(SmallMachine machine, int nodeOfCard, int cpusOfNode, int nodes)
    {
        _ = machine.With("/proc/sys/kernel/random/boot_id", "boot-1\n")
            .With("/sys/devices/system/cpu/online", Range(0, cpusOfNode * nodes))
            .With("/sys/devices/system/cpu/present", Range(0, cpusOfNode * nodes))
            .With("/sys/bus/pci/devices/0000:3b:00.0/numa_node", FormattableString.Invariant($"{nodeOfCard}\n"))
            .With("/sys/devices/pci0000:3a/0000:3b:00.0/numa_node", FormattableString.Invariant($"{nodeOfCard}\n"))
            .With("/sys/devices/system/node/online", Range(0, nodes));
        for (int cpu = 0; cpu < cpusOfNode * nodes; cpu++)
        {
            _ = machine.With(FormattableString.Invariant($"/sys/devices/system/cpu/cpu{cpu}/topology/core_id"), FormattableString.Invariant($"{cpu}\n"));
        }

        for (int node = 0; node < nodes; node++)
        {
            string cpus = Range(node * cpusOfNode, cpusOfNode);
            _ = machine.With($"/sys/devices/system/node/node{node}/cpulist", cpus)
                .With($"/sys/devices/system/node/node{node}/cpumap", CpuList.Parse(cpus).ToMask() + "\n")
                .With($"/sys/devices/system/node/node{node}/meminfo", $"Node {node} MemTotal:       1024 kB\n");
        }

        return machine;
    }

    private static void WithQueues(SmallMachine machine, int queues)
    {
        _ = machine.WithCard(Port, "i40e", queues, queues);
        for (int queue = 0; queue < queues; queue++)
        {
            _ = machine.WithIrq(100 + queue, $"i40e-{Port}-TxRx-{queue}");
        }

        _ = machine.WithIrq(99, "i40e-0000:3b:00.0:misc");
    }

    private static string Range(int first, int count) => FormattableString.Invariant($"{first}-{first + count - 1}\n");

    private static (int Irq, int Cpu)[] Placed(SmallMachine machine, IrqWish wish, string port = Port)
    {
        IrqPlan plan = IrqPlan.Make(machine, port, wish).Value;
        IrqAffinity[] records = new IrqAffinities(machine).Get(port).Value;
        PlannedChange change = plan.Changes[0].Value;
        (int Irq, int Cpu)[] all =
        [
            .. from item in IrqAffinitySetting.Keyed(records)
               where plan.Irqs.Contains(item.Interrupt.Irq)
               select (item.Interrupt.Irq, int.Parse((string)change.After[item.Key]!, CultureInfo.InvariantCulture)),
        ];

        // Those that are not placed keep what they have.
        Assert.All(
            IrqAffinitySetting.Keyed(records).Where(item => !plan.Irqs.Contains(item.Interrupt.Irq)),
            item => Assert.Equal(change.Before[item.Key], change.After[item.Key]));
        return wish.Queues is null ? [.. all.OrderBy(item => item.Irq)] : [.. all.OrderBy(item => Array.IndexOf(wish.Queues, Array.Find(records, record => record.Irq == item.Irq)!.Queue))];
    }

    private Refusal Refused(IrqWish wish)
    {
        Refusal refusal = Assert.IsType<Refusal>(IrqPlan.Make(_machine, Port, wish).Refusal);
        Assert.Empty(_machine.Writes);
        return refusal;
    }

    private string[] Requested() =>
        [.. new IrqAffinities(_machine).Get(Port).Value.Where(record => record.Queue is not null).Select(record => record.RequestedCpus!.ToString())];

    private Answer<NsmChange> Apply(IrqWish wish) => Apply(IrqPlan.Make(_machine, Port, wish).Value.Changes[0].Value);

    private Answer<NsmChange> Apply(PlannedChange change)
    {
        using TemporaryFolder folder = new();
        using Journal journal = Journal.Open(Path.Combine(folder.Path, "journal"));
        return new ChangeRun(_machine, journal, Plans.KnownSettings.All).Apply(change);
    }
}
