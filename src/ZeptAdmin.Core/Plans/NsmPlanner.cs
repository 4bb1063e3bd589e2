using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Plans;

/// <summary>Decides how a machine captures: from its topology, its cards and what is wanted. Reads and writes nothing.</summary>
public static class NsmPlanner
{
    private const int FirstFanoutId = 101;

    private static readonly Dictionary<CpuRole, (string Reason, string Source)> Reasons = new()
    {
        [CpuRole.Housekeeping] = ("The first cores of each node stay with the system: SSH, Zeek's manager, logger and proxies, Suricata's management threads, all other interrupts.", "the talk; field.md D1, F3, J13"),
        [CpuRole.Irq] = ("Interrupts and softirqs of receive queues have cores of their own, so that a worker's burst never delays them.", "the talk; field.md F1, F5"),
        [CpuRole.Worker] = ("One worker a core, on the card's node where there is room: packets come from the L3 that the card wrote them to.", "the talk; field.md A8, J8, B8"),
        [CpuRole.IrqAndWorker] = ("The interrupt of a queue and its worker share a core: the packet is still in the core's own cache.", "SEPTun Mark II; field.md F4"),
        [CpuRole.Sibling] = ("Threads beside an interrupt or a worker stay empty: they would take its cache and half of its cycles.", "SEPTun; field.md B4, F3"),
        [CpuRole.Free] = ("Not needed by this plan.", "-"),
    };

    /// <summary>Makes the plan.</summary>
    /// <param name="topology">The machine's CPUs and nodes.</param>
    /// <param name="machine">What else is known of it.</param>
    /// <param name="ports">Capture ports.</param>
    /// <param name="wish">What is wanted.</param>
    /// <returns>EINVAL when the machine cannot do what is wanted.</returns>
    public static Answer<NsmPlan> Make(NsmTopology topology, MachineFacts machine, PortFacts[] ports, PlanWish wish)
    {
        Answer<CpuAllotment> decided = CpuAllotment.Make(topology, ports, wish);
        if (!decided.Try(out CpuAllotment? allotment))
        {
            return decided.Refusal!;
        }

        PlanPort[] planned =
        [
            .. from cpus in allotment.Ports.Index()
               let facts = Array.Find(ports, port => port.InterfaceName == cpus.Item.InterfaceName)
               select MakePort(topology, facts, cpus.Item, FirstFanoutId + cpus.Index, wish),
        ];
        PlanCpus[] roles = Roles(allotment);
        CpuList isolated = Isolated(topology, allotment);
        NsmPlan plan = new()
        {
            Name = wish.Name,
            Sensor = topology.Sensor,
            Strategy = wish.Strategy,
            HashFields = wish.HashFields,
            Cpus = roles,
            Ports = planned,
            Findings =
            [
                .. allotment.Findings,
                .. planned.SelectMany(port => PlanFindings.OfPort(Array.Find(ports, facts => facts.InterfaceName == port.InterfaceName)!, port, wish)),
                .. PlanFindings.OfCloud(machine.Cloud),
                .. PlanFindings.OfCommandLine(machine, isolated, roles),
                .. PlanFindings.OfZeek(machine.Zeek),
                .. PlanFindings.OfSuricata(machine),
            ],
        };
        return plan with { Rows = [.. PlanRows.Of(plan, machine, ports, wish, isolated)] };
    }

    private static PlanPort MakePort(NsmTopology topology, PortFacts facts, PortCpus cpus, int fanoutId, PlanWish wish)
    {
        bool byQueue = wish.Strategy is not (PlanStrategy.SingleQueue or PlanStrategy.RemoteWorkers) && cpus.IrqCpus.Length == cpus.WorkerCpus.Length
            && (cpus.IrqCpus.Length == 1 || facts.AsymmetryReason is null);
        return new PlanPort
        {
            InterfaceName = facts.InterfaceName,
            Driver = facts.Driver,
            Node = facts.Node,
            IrqCpus = cpus.IrqCpus,
            WorkerCpus = cpus.WorkerCpus,
            Fanout = byQueue ? PlanFanout.QueueMapping : PlanFanout.Hash,
            FanoutId = fanoutId,
            Capacity = PlanCapacities.Of(topology, facts, cpus, wish),
            Reason = !byQueue
                ? "The kernel spreads flows over the workers by a symmetric hash of its own, whatever the card does."
                : cpus.WorkerCpus.Length == 1
                    ? "One queue for one worker."
                    : string.Create(CultureInfo.InvariantCulture, $"{cpus.WorkerCpus.Length} queues for {cpus.WorkerCpus.Length} workers: queue q feeds the worker that joined as (q + 1) mod {cpus.WorkerCpus.Length}, so the pins are in that order."),
            Source = byQueue ? "field.md J6, J8, S2" : "field.md R3, L10, S1",
        };
    }

    private static PlanCpus[] Roles(CpuAllotment allotment) =>
    [
        .. from role in Enum.GetValues<CpuRole>()
           let cpus = CpuList.Of(allotment.Roles.Where(cpu => cpu.Value == role).Select(cpu => cpu.Key))
           where !cpus.IsEmpty
           select new PlanCpus { Role = role, Cpus = cpus, Reason = Reasons[role].Reason, Source = Reasons[role].Source },
    ];

    // Whole cores of workers: what the talk calls the rest. Cores of interrupts stay with the scheduler, as in the talk; nothing else is put there.
    private static CpuList Isolated(NsmTopology topology, CpuAllotment allotment)
    {
        CpuList workers = CpuList.Of(allotment.Roles.Where(cpu => cpu.Value is CpuRole.Worker or CpuRole.IrqAndWorker).Select(cpu => cpu.Key));
        CpuList siblings = CpuList.Of(allotment.Roles.Where(cpu => cpu.Value == CpuRole.Sibling).Select(cpu => cpu.Key));
        return workers.Union(CpuList.Of(topology.Cores.Where(core => core.Cpus.Overlaps(workers)).SelectMany(core => core.Cpus.ToArray())).Intersect(siblings));
    }
}
