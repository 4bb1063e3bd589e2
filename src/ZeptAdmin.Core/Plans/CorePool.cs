using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Plans;

/// <summary>A core: its threads that may be used, its node, its L3.</summary>
internal sealed record PlanCore(int[] Cpus, int Node, int L3);

/// <summary>The cores that a plan may use, by node, and what is left of them.</summary>
internal sealed class CorePool
{
    private readonly NsmTopology _topology;
    private readonly Dictionary<int, List<PlanCore>> _free;

    public CorePool(NsmTopology topology)
    {
        _topology = topology;
        All = Cores(topology);
        if (All.Length == 1 && All[0].Cpus.Length > 1)
        {
            AreThreadsCores = true;
            All = Array.ConvertAll(All[0].Cpus, cpu => All[0] with { Cpus = [cpu] });
        }

        Nodes = [.. All.Select(core => core.Node).Distinct().Order()];
        _free = Nodes.ToDictionary(node => node, node => All.Where(core => core.Node == node).ToList());
    }

    /// <summary>All cores, by their lowest CPU.</summary>
    public PlanCore[] All { get; }

    /// <summary>True when there is one core only, whose threads stand for cores.</summary>
    public bool AreThreadsCores { get; }

    /// <summary>Nodes with cores, ascending.</summary>
    public int[] Nodes { get; }

    /// <summary>Cores of a node that nobody has.</summary>
    public IEnumerable<PlanCore> FreeOf(int node) => _free[node];

    /// <summary>Takes cores out of the pool.</summary>
    public void Take(IEnumerable<PlanCore> cores)
    {
        foreach (PlanCore core in cores)
        {
            _ = _free[core.Node].Remove(core);
        }
    }

    /// <summary>Nodes by their distance, the node itself first.</summary>
    public IEnumerable<int> Nearest(int node)
    {
        Dictionary<int, int> distances = _topology.Distances.Where(distance => distance.FromNode == node).DistinctBy(distance => distance.ToNode)
            .ToDictionary(distance => distance.ToNode, distance => distance.Distance);
        return Nodes.OrderBy(other => other == node ? -1 : distances.GetValueOrDefault(other, int.MaxValue)).ThenBy(other => other);
    }

    /// <summary>The node that serves each port: the card's own, where it has cores.</summary>
    public (PortFacts Port, int Home)[] Homes(PortFacts[] ports, Action<string, string, string> find)
    {
        List<(PortFacts Port, int Home)> homes = [];
        foreach (PortFacts port in ports)
        {
            int home = HomeOf(port, [.. homes.Select(other => other.Home)]);
            homes.Add((port, home));
            if (port.Node is null && Nodes.Length > 1)
            {
                find(port.InterfaceName, $"The firmware does not say to which node the card belongs; the plan takes node {home}. See the slot in the board's manual, and correct the plan.", "field.md A2");
            }
            else if (port.Node is int node && node != home)
            {
                find(port.InterfaceName, $"Node {node} of the card has no CPU that may be used; node {home} is the nearest that has.", "field.md A1, A2");
            }
        }

        return [.. homes];
    }

    private int HomeOf(PortFacts port, int[] taken) =>
        port.Node is not int node
            ? Nodes.OrderBy(other => taken.Count(home => home == other)).ThenByDescending(other => _free[other].Count).ThenBy(other => other).First()
            : Array.IndexOf(Nodes, node) >= 0
                ? node
                : All.Where(core => Array.Find(_topology.Nodes, item => item.Node == node)?.LocalCpus.Contains(core.Cpus[0]) == true)
                    .Select(core => (int?)core.Node).FirstOrDefault() ?? Nearest(node).First();

    private static PlanCore[] Cores(NsmTopology topology)
    {
        CpuList usable = topology.AllowedCpus.IsEmpty ? topology.OnlineCpus : topology.OnlineCpus.Intersect(topology.AllowedCpus);
        Dictionary<int, int> nodeOf = [];
        foreach (NumaNode node in topology.Nodes)
        {
            foreach (int cpu in node.Cpus.AsSpan())
            {
                _ = nodeOf.TryAdd(cpu, node.Node);
            }
        }

        Dictionary<int, int?> l3Of = topology.Threads.DistinctBy(thread => thread.Cpu).ToDictionary(thread => thread.Cpu, thread => thread.L3);
        int first = topology.Nodes.Length > 0 ? topology.Nodes[0].Node : 0;
        HashSet<int> seen = [];
        List<PlanCore> cores = [];
        // AMD's compute units are told twice; a CPU that no core claims stands for one.
        IEnumerable<int[]> told = topology.Cores.Select(core => core.SiblingCpus.Union(core.Cpus).Intersect(usable).ToArray());
        foreach (int[] threads in told.Concat(usable.ToArray().Select(cpu => new[] { cpu })))
        {
            int[] mine = [.. threads.Where(seen.Add)];
            if (mine.Length > 0)
            {
                int node = nodeOf.GetValueOrDefault(mine[0], first);
                cores.Add(new PlanCore(mine, node, l3Of.GetValueOrDefault(mine[0]) ?? -1 - node));
            }
        }

        return [.. cores.OrderBy(core => core.Cpus[0])];
    }
}
