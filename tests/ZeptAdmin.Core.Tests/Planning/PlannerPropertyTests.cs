using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Tests.Topology;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Planning;

/// <summary>What holds of every plan: on ten thousand made-up machines, and on every captured one.</summary>
public sealed class PlannerPropertyTests
{
    private const int MadeUp = 10_000;

    private static readonly Gen<(NsmTopology Topology, PortFacts[] Ports, PlanWish Wish)> Cases =
        from shape in Gen.Select(Gen.Int[1, 8], Gen.Int[1, 24], Gen.Int[1, 2], OneOf(1, 2, 4, 8, 32))
        let cpus = shape.Item1 * shape.Item2 * shape.Item3
        from offline in Gen.Int[0, cpus - 1].HashSet[0, Math.Min(cpus - 1, 6)]
        from forbidden in Gen.Int[0, cpus - 1].HashSet[0, cpus / 3]
        from ports in Gen.Select(Gen.Int[-1, shape.Item1 - 1], OneOf<int?>(null, 1, 4, 8, 64)).List[1, 5]
        from wish in Gen.Select(Gen.Enum<PlanStrategy>(), Gen.Int[1, 3], Gen.Int[1, 6], Gen.Bool, OneOf<int?>(null, 1, 5, 40))
        let online = CpuList.Of(Enumerable.Range(0, cpus).Except(offline))
        where !online.IsSubsetOf(CpuList.Of(forbidden))
        select (
            MadeUpMachines.Make(shape.Item1, shape.Item2, shape.Item3, shape.Item4, online, online.Except(CpuList.Of(forbidden))),
            ports.Select((port, index) => MadeUpMachines.Port($"p{index}", port.Item1 < 0 ? null : port.Item1, port.Item2)).ToArray(),
            new PlanWish { Strategy = wish.Item1, HousekeepingCores = wish.Item2, WorkersPerIrqCore = wish.Item3, UsesSiblings = wish.Item4, Workers = wish.Item5 });

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    // By their archives: those of hwloc, and those of lscpu's tests.
    public static TheoryData<string> Machines =>
    [
        .. CapturedMachines.Names("machines-hwloc", ".tar.bz2").Select(row => row.Data == CapturedMachines.Absent ? row.Data : $"machines-hwloc/{row.Data}.tar.bz2"),
        .. CapturedMachines.Names("machines-lscpu", ".expected.txt").Select(row => row.Data == CapturedMachines.Absent ? "(no lscpu machines)" : $"machines-lscpu/{row.Data}.tar.gz"),
    ];

    [Fact]
    public void Plans_of_made_up_machines_keep_the_rules()
    {
        int planned = 0;
        Cases.Sample(
            given =>
            {
                // Each tenth plan is made and read again, too.
                planned += Check(given.Topology, given.Ports, given.Wish, isReadBack: planned % 10 == 0) ? 1 : 0;
            },
            iter: MadeUp,
            threads: 1);
        Assert.InRange(planned, MadeUp / 2, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void Plans_of_captured_machines_keep_the_rules(string machine)
    {
        Assert.SkipUnless(machine.StartsWith("machines-", StringComparison.Ordinal), "the captured machines are not here");
        NsmTopology topology = NsmTopologies.Get(CapturedMachines.Open(machine).AsSensor());
        PortFacts[] ports = topology.Nics.Length > 0
            ? [.. topology.Nics.Select(nic => MadeUpMachines.Port(nic.InterfaceName, nic.Node))]
            : [MadeUpMachines.Port("port0", topology.Nodes[^1].Node)];
        foreach (PlanStrategy strategy in Enum.GetValues<PlanStrategy>())
        {
            _ = Check(topology, ports, new PlanWish { Strategy = strategy }, isReadBack: true);
            _ = Check(topology, ports[..1], new PlanWish { Strategy = strategy, UsesSiblings = true }, isReadBack: true);
        }
    }

    // False for a machine that is refused, and then rightly.
    private static bool Check(NsmTopology topology, PortFacts[] ports, PlanWish wish, bool isReadBack)
    {
        CpuList usable = topology.AllowedCpus.Intersect(topology.OnlineCpus);
        int[] nodes = [.. topology.Nodes.Where(node => node.Cpus.Overlaps(usable)).Select(node => node.Node)];
        Answer<NsmPlan> answer = NsmPlanner.Make(topology, new MachineFacts(), ports, wish);
        if (!answer.Try(out NsmPlan? plan))
        {
            Assert.True(usable.Count < 2 || wish.Strategy == PlanStrategy.RemoteWorkers, answer.Refusal!.Reason);
            return false;
        }

        // A CPU that may be used has one role, and no other CPU has any.
        Assert.Equal(usable.ToArray(), plan.Cpus.SelectMany(role => role.Cpus.ToArray()).Order());
        Dictionary<int, CpuRole> roles = MadeUpMachines.Roles(plan);
        Assert.Contains(CpuRole.Housekeeping, roles.Values);
        Assert.Null(PlanRules.FirstBroken(plan));
        Assert.All(plan.Ports, port => CheckPort(topology, plan, port, ports, wish, roles, nodes));
        CheckSiblings(topology, wish, usable, roles);

        if (isReadBack)
        {
            string text = PlanJson.Write(plan);
            Assert.Equal(text, PlanJson.Write(NsmPlanner.Make(topology, new MachineFacts(), ports, wish).Value));
            Assert.Equal(text, PlanJson.Write(PlanJson.Read("again", text)));
        }

        return true;
    }

    private static void CheckPort(NsmTopology topology, NsmPlan plan, PlanPort port, PortFacts[] ports, PlanWish wish, Dictionary<int, CpuRole> roles, int[] nodes)
    {
        PortFacts facts = Array.Find(ports, item => item.InterfaceName == port.InterfaceName)!;
        int workers = port.WorkerCpus.Length;
        Assert.InRange(port.IrqCpus.Length, 1, facts.MostQueues ?? int.MaxValue);
        Assert.InRange(workers, 1, wish.Workers ?? int.MaxValue);
        if (wish.Strategy is PlanStrategy.QueuePerWorker or PlanStrategy.SameCore or PlanStrategy.NeighbourCore)
        {
            Assert.Equal((workers, PlanFanout.QueueMapping), (port.IrqCpus.Length, port.Fanout));
        }

        // Packets of queue q go to the member (q + 1) mod members: on its own core, or behind its own L3.
        for (int queue = 0; queue < port.IrqCpus.Length && port.Fanout == PlanFanout.QueueMapping; queue++)
        {
            int worker = port.WorkerCpus[(queue + 1) % workers];
            if (roles[worker] == CpuRole.IrqAndWorker)
            {
                Assert.Equal(port.IrqCpus[queue], worker);
            }
            else if (wish.Strategy == PlanStrategy.NeighbourCore)
            {
                Assert.Equal(L3(topology, port.IrqCpus[queue]), L3(topology, worker));
            }
        }

        // Next to the card where there is room: only a node with nothing left to give lets others serve it.
        if (facts.Node is int node && nodes.Contains(node) && Array.Find(topology.Nodes, item => item.Node == node)!.Cpus is CpuList near
            && !plan.Findings.Any(finding => finding.Target == port.InterfaceName && finding.Source.Contains("A8", StringComparison.Ordinal)))
        {
            Assert.All(port.IrqCpus, cpu => Assert.True(near.Contains(cpu), $"interrupts of {port.InterfaceName} on CPU {cpu}"));
            bool isRemote = port.WorkerCpus.All(cpu => !near.Contains(cpu));
            Assert.True(isRemote == (wish.Strategy == PlanStrategy.RemoteWorkers) || port.WorkerCpus.All(near.Contains), $"workers of {port.InterfaceName} on {string.Join(',', port.WorkerCpus)}");
        }
        else if (facts.Node is int own && nodes.Contains(own))
        {
            Assert.DoesNotContain(Array.Find(topology.Nodes, item => item.Node == own)!.Cpus.ToArray(), cpu => roles.GetValueOrDefault(cpu, CpuRole.Irq) == CpuRole.Free && wish.Strategy != PlanStrategy.RemoteWorkers && wish.Workers is null && facts.MostQueues is null);
        }
    }

    // Nothing works beside an interrupt, and beside a worker only where that was asked for.
    private static void CheckSiblings(NsmTopology topology, PlanWish wish, CpuList usable, Dictionary<int, CpuRole> roles)
    {
        int cores = topology.Cores.Count(core => core.Cpus.Overlaps(usable));
        foreach (CpuCore core in topology.Cores.Where(_ => cores > 1))
        {
            CpuRole[] busy = [.. core.SiblingCpus.Intersect(usable).ToArray().Select(cpu => roles[cpu]).Where(role => role is CpuRole.Irq or CpuRole.Worker or CpuRole.IrqAndWorker or CpuRole.Housekeeping or CpuRole.Free)];
            bool areWorkers = busy.All(role => role == CpuRole.Worker) && wish.UsesSiblings;
            Assert.True(busy.Length < 2 || areWorkers || busy.All(role => role == CpuRole.Housekeeping) || busy.All(role => role == CpuRole.Free), $"core {core.Cpus}: {string.Join(", ", busy)}");
        }
    }

    private static int? L3(NsmTopology topology, int cpu) => Array.Find(topology.Threads, thread => thread.Cpu == cpu)?.L3;
}
