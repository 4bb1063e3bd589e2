using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Plans;

/// <summary>CPUs of one port: interrupts by queue, workers in the order in which they join.</summary>
internal sealed record PortCpus(string InterfaceName, int[] IrqCpus, int[] WorkerCpus);

/// <summary>Which CPU does what; reads and writes nothing.</summary>
/// <remarks>
/// Works in whole cores, so that nothing ever shares a core with an interrupt by accident (field.md B4, F3): a core is kept for the system, takes
/// interrupts, runs a worker, or is free; its other threads stay empty. Cores next to the card come first; others are taken only where there is no room.
/// </remarks>
internal sealed class CpuAllotment
{
    private const int FewestCores = 2;

    private readonly PlanWish _wish;
    private readonly CorePool _pool;
    private readonly SortedDictionary<int, CpuRole> _roles = [];
    private readonly List<PlanFinding> _findings = [];
    private readonly HashSet<PlanCore> _given = [];
    private int _portsLeft;

    private CpuAllotment(NsmTopology topology, PlanWish wish)
    {
        _wish = wish;
        _pool = new CorePool(topology);
    }

    /// <summary>Role of each CPU.</summary>
    public IReadOnlyDictionary<int, CpuRole> Roles => _roles;

    /// <summary>CPUs of each port that found room.</summary>
    public PortCpus[] Ports { get; private set; } = [];

    /// <summary>What came out otherwise than one might think.</summary>
    public IReadOnlyList<PlanFinding> Findings => _findings;

    /// <summary>Decides.</summary>
    /// <returns>EINVAL for a machine with one CPU, and for remote workers on a machine of one node.</returns>
    public static Answer<CpuAllotment> Make(NsmTopology topology, PortFacts[] ports, PlanWish wish)
    {
        CpuAllotment allotment = new(topology, wish);
        return allotment.Decide(ports) is Refusal refusal ? refusal : allotment;
    }

    private Refusal? Decide(PortFacts[] ports)
    {
        if (_pool.All.Length < FewestCores)
        {
            return Refuse("One CPU is too few: one has to be kept for the system, and one captures.");
        }

        if (_pool.AreThreadsCores)
        {
            Find("machine", "There is one core only, so its threads stand for cores: system and capture share its caches.", "field.md B4");
        }

        (PortFacts Port, int Home)[] homes = _pool.Homes(ports, Find);
        KeepForSystem([.. homes.Select(home => home.Home).Distinct()]);
        if (_wish.Strategy == PlanStrategy.RemoteWorkers && !homes.Any(home => _pool.Nodes.Any(node => node != home.Home && _pool.FreeOf(node).Any())))
        {
            return Refuse("RemoteWorkers needs a second node with CPUs; this machine has none to spare. SingleQueue and NeighbourCore work on one.");
        }

        _portsLeft = homes.Length;
        Ports = [.. Share(homes).Select(shared => Allot(shared.Port, shared.Home, shared.Cores)).OfType<PortCpus>()];
        foreach (PlanCore core in _pool.All)
        {
            foreach (int cpu in core.Cpus)
            {
                _ = _roles.TryAdd(cpu, CpuRole.Free);
            }
        }

        return Ports.Length == 0 && ports.Length > 0 ? Refuse("There is no core left for any port.") : null;
    }

    private void KeepForSystem(int[] homes)
    {
        // A node with one or two cores has none to give away; the machine as a whole always keeps one.
        PlanCore[] kept = [.. _pool.Nodes.SelectMany(node => _pool.FreeOf(node).Take(Math.Min(_wish.HousekeepingCores, _pool.FreeOf(node).Count() - FewestCores)))];
        if (kept.Length == 0)
        {
            int[] elsewhere = [.. _pool.Nodes.Except(homes)];
            kept = [_pool.All.FirstOrDefault(core => elsewhere.Contains(core.Node)) ?? _pool.All[0]];
        }

        foreach (PlanCore core in kept)
        {
            Take(core, CpuRole.Housekeeping, CpuRole.Housekeeping);
        }
    }

    // The cores of a node go to its ports in equal parts, in order; a port whose node has none takes from the nearest nodes with cores to spare.
    private List<(PortFacts Port, int Home, List<PlanCore> Cores)> Share((PortFacts Port, int Home)[] homes)
    {
        List<(PortFacts Port, int Home, List<PlanCore> Cores)> shares = [];

        // Remote workers live on nodes without a card; where every node has one, each gives up a part of its cores to the others.
        bool keepsPart = _wish.Strategy == PlanStrategy.RemoteWorkers && _pool.Nodes.All(node => homes.Any(home => home.Home == node));
        foreach (IGrouping<int, (PortFacts Port, int Home)> node in homes.GroupBy(home => home.Home).OrderBy(group => group.Key))
        {
            List<PlanCore> cores = [.. _pool.FreeOf(node.Key)];
            int ports = node.Count();
            cores = keepsPart ? cores.GetRange(0, Math.Min(cores.Count, Math.Max(ports, (cores.Count + _wish.WorkersPerIrqCore) / (_wish.WorkersPerIrqCore + 1)))) : cores;
            int taken = 0;
            foreach ((int index, (PortFacts port, int home)) in node.Index())
            {
                int count = (cores.Count / ports) + (index < cores.Count % ports ? 1 : 0);
                shares.Add((port, home, cores.GetRange(taken, count)));
                taken += count;
            }
        }

        _given.UnionWith(shares.SelectMany(share => share.Cores));
        foreach ((PortFacts port, int home, List<PlanCore> cores) in shares.Where(share => share.Cores.Count == 0))
        {
            PlanCore[] spare = [.. _pool.Nearest(home).SelectMany(_pool.FreeOf).Where(core => !_given.Contains(core)).Take(FewestCores)];
            cores.AddRange(spare);
            _given.UnionWith(spare);
            Find(
                port.InterfaceName,
                spare.Length == 0
                    ? "No core is left for this port, so it is not in the plan: plan fewer ports on this machine."
                    : $"Node {home} of the card has no core left; the port is served from node {spare[0].Node}, over the link between the nodes.",
                "field.md A8");
        }

        return shares;
    }

    private PortCpus? Allot(PortFacts port, int home, List<PlanCore> cores)
    {
        int most = Math.Min(_wish.Workers ?? int.MaxValue, port.MostQueues ?? int.MaxValue);
        most = Math.Min(most, PlanLimits.MostQueues(port.Driver) ?? int.MaxValue);
        return cores.Count == 0
            ? null
            : _wish.Strategy switch
            {
                PlanStrategy.RemoteWorkers => AllotRemote(port, home, cores, most),
                PlanStrategy.SingleQueue when cores.Count > 1 => AllotSingle(port, cores),
                PlanStrategy.SameCore => AllotSame(port, cores, most),
                PlanStrategy.NeighbourCore => AllotGroups(port, [.. cores.GroupBy(core => core.L3).Select(group => group.ToArray())], most),
                _ => AllotGroups(port, [[.. cores]], most),
            };
    }

    // Interrupts and workers within each group: the whole node, or one L3 after the other.
    private PortCpus AllotGroups(PortFacts port, PlanCore[][] groups, int most)
    {
        List<(int Worker, int Irq)> pairs = [];
        foreach (PlanCore[] group in groups.Where(group => group.Length >= FewestCores))
        {
            int threads = _wish.UsesSiblings ? group.Max(core => core.Cpus.Length) : 1;
            int perIrqCore = Math.Max(1, _wish.WorkersPerIrqCore / threads);
            int room = group.Length - ((group.Length + perIrqCore) / (perIrqCore + 1));
            int workers = Math.Min(room, (most - pairs.Count + threads - 1) / threads);
            if (workers < 1)
            {
                break;
            }

            // As few interrupt cores as the workers need; they are the first of the group, as in the talk.
            int irqs = (workers + perIrqCore - 1) / perIrqCore;
            foreach (PlanCore irq in group.Take(irqs))
            {
                Take(irq, CpuRole.Irq, CpuRole.Sibling);
            }

            PlanCore[] chosen = [.. group.Skip(irqs).Take(workers)];
            int[] cpus = [.. WorkersOf(chosen).Take(most - pairs.Count)];
            MarkWorkers(chosen, cpus);
            pairs.AddRange(cpus.Select((cpu, index) => (cpu, group[index % irqs].Cpus[0])));
        }

        if (pairs.Count == 0)
        {
            Find(port.InterfaceName, "There is no room for interrupts on cores of their own: they share the workers' cores, as SameCore does.", "field.md F4");
            return AllotSame(port, [.. groups.SelectMany(group => group)], most);
        }

        // Queue q feeds the worker that joined as (q + 1) mod workers, so its interrupt is that worker's.
        int[] irqCpus = [.. Enumerable.Range(0, pairs.Count).Select(queue => pairs[(queue + 1) % pairs.Count].Irq)];
        return new PortCpus(port.InterfaceName, irqCpus, [.. pairs.Select(pair => pair.Worker)]);
    }

    private PortCpus AllotSame(PortFacts port, List<PlanCore> cores, int most)
    {
        PlanCore[] chosen = [.. cores.Take(most)];
        foreach (PlanCore core in chosen)
        {
            Take(core, CpuRole.IrqAndWorker, CpuRole.Sibling);
        }

        int[] irqCpus = [.. chosen.Select(core => core.Cpus[0])];
        return new PortCpus(port.InterfaceName, irqCpus, [.. Enumerable.Range(0, irqCpus.Length).Select(member => irqCpus[(member - 1 + irqCpus.Length) % irqCpus.Length])]);
    }

    private PortCpus AllotSingle(PortFacts port, List<PlanCore> cores)
    {
        Take(cores[0], CpuRole.Irq, CpuRole.Sibling);
        PlanCore[] chosen = [.. cores.Skip(1)];
        int[] cpus = [.. WorkersOf(chosen).Take(_wish.Workers ?? int.MaxValue)];
        MarkWorkers(chosen, cpus);
        return new PortCpus(port.InterfaceName, [cores[0].Cpus[0]], cpus);
    }

    private PortCpus AllotRemote(PortFacts port, int home, List<PlanCore> cores, int most)
    {
        PlanCore[] remote = [.. _pool.Nearest(home).Where(node => node != home).SelectMany(_pool.FreeOf).Where(core => !_given.Contains(core))];
        int workers = Math.Min(_wish.Workers ?? int.MaxValue, remote.Length / Math.Max(1, _portsLeft--));
        if (workers == 0)
        {
            Find(port.InterfaceName, "No core of another node is left for its workers; they share the interrupts' cores.", "field.md L10");
            return AllotSame(port, cores, most);
        }

        int irqs = Math.Min(Math.Min(cores.Count, most), (workers + _wish.WorkersPerIrqCore - 1) / _wish.WorkersPerIrqCore);
        foreach (PlanCore irq in cores.Take(irqs))
        {
            Take(irq, CpuRole.Irq, CpuRole.Sibling);
        }

        PlanCore[] chosen = remote[..workers];
        int[] cpus = [.. WorkersOf(chosen).Take(_wish.Workers ?? int.MaxValue)];
        MarkWorkers(chosen, cpus);
        return new PortCpus(port.InterfaceName, [.. cores.Take(irqs).Select(core => core.Cpus[0])], cpus);
    }

    // First threads first: the first workers have a core each.
    private IEnumerable<int> WorkersOf(PlanCore[] cores)
    {
        IEnumerable<int> first = cores.Select(core => core.Cpus[0]);
        return _wish.UsesSiblings ? first.Concat(cores.SelectMany(core => core.Cpus.Skip(1)).Order()) : first;
    }

    private void MarkWorkers(PlanCore[] cores, int[] workers)
    {
        foreach (PlanCore core in cores.Where(core => workers.Contains(core.Cpus[0])))
        {
            foreach (int cpu in core.Cpus)
            {
                _roles[cpu] = workers.Contains(cpu) ? CpuRole.Worker : CpuRole.Sibling;
            }
        }

        _pool.Take(cores.Where(core => workers.Contains(core.Cpus[0])));
    }

    private void Take(PlanCore core, CpuRole first, CpuRole others)
    {
        foreach ((int index, int cpu) in core.Cpus.Index())
        {
            _roles[cpu] = index == 0 ? first : others;
        }

        _pool.Take([core]);
    }

    private void Find(string target, string text, string source) => _findings.Add(new PlanFinding { Target = target, Text = text, Source = source });

    private static Refusal Refuse(string detail) => new(Errno.EINVAL, "make the plan", "machine") { Detail = detail };
}
