using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Planning;

/// <summary>Topologies of machines that are told by a few numbers.</summary>
internal static class MadeUpMachines
{
    /// <summary>A machine numbered as Linux numbers Intel's: first threads of all nodes, then second threads (field.md A6).</summary>
    /// <param name="nodes">Nodes.</param>
    /// <param name="cores">Cores of each node.</param>
    /// <param name="threads">Threads of each core.</param>
    /// <param name="coresOfL3">Cores that share an L3.</param>
    /// <param name="usable">CPUs that are online; null for all.</param>
    /// <param name="allowed">CPUs that the process may use; null for all that are online.</param>
    public static NsmTopology Make(int nodes, int cores, int threads, int coresOfL3, CpuList? usable = null, CpuList? allowed = null)
    {
        int all = nodes * cores;
        CpuList online = usable ?? CpuList.Of(Enumerable.Range(0, all * threads));
        int NodeOf(int cpu) => cpu % all / cores;
        int[][] coreCpus = [.. Enumerable.Range(0, all).Select(core => Enumerable.Range(0, threads).Select(thread => core + (thread * all)).Where(online.Contains).ToArray()).Where(cpus => cpus.Length > 0)];
        return new NsmTopology
        {
            Sensor = "made-up",
            OnlineCpus = online,
            AllowedCpus = allowed?.Intersect(online) ?? online,
            HasNumaNodes = true,
            Nodes = [.. Enumerable.Range(0, nodes).Select(node => new NumaNode { Node = node, Cpus = CpuList.Of(online.ToArray().Where(cpu => NodeOf(cpu) == node)), LocalCpus = CpuList.Of(online.ToArray().Where(cpu => NodeOf(cpu) == node)) })],
            Distances = [.. from one in Enumerable.Range(0, nodes) from other in Enumerable.Range(0, nodes) select new NodeDistance { FromNode = one, ToNode = other, Distance = one == other ? 10 : 11 + Math.Abs(one - other) }],
            Cores = [.. coreCpus.Select((cpus, core) => new CpuCore { Core = core, Cpus = CpuList.Of(cpus), SiblingCpus = CpuList.Of(cpus), Node = NodeOf(cpus[0]) })],
            Threads = [.. online.ToArray().Select(cpu => new CpuThread { Cpu = cpu, Node = NodeOf(cpu), L3 = (NodeOf(cpu) * 1000) + (cpu % cores / coresOfL3) })],
        };
    }

    /// <summary>A port of an X710 as its driver tells it, as far as planning goes.</summary>
    public static PortFacts Port(string name, int? node, int? mostQueues = 64) => new()
    {
        InterfaceName = name,
        Driver = "i40e",
        Node = node,
        SpeedMbps = 10_000,
        MostQueues = mostQueues,
        HasChannels = true,
        Ring = new() { InterfaceName = name, Rx = 512, RxMaximum = 4096 },
        HasCoalescing = true,
        HasPause = true,
        Flags = ["flow-director-atr", "disable-fw-lldp"],
        HasRss = true,
        HasFields = true,
        HasIrqs = true,
    };

    public static Dictionary<int, CpuRole> Roles(NsmPlan plan) => plan.Cpus.SelectMany(role => role.Cpus.ToArray().Select(cpu => (cpu, role.Role))).ToDictionary();

    public static string Cpus(NsmPlan plan, CpuRole role) => Array.Find(plan.Cpus, item => item.Role == role)?.Cpus.ToString() ?? "";

    public static string Value(NsmPlan plan, PlanRowKind kind, string target) => Array.Find(plan.Rows, row => row.Kind == kind && row.Target == target)?.Value ?? "";
}
