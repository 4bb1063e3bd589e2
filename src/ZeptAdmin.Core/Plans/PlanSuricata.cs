using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Suricata;

namespace ZeptAdmin.Plans;

/// <summary>What Suricata's configuration has to say for a plan to come true.</summary>
public static class PlanSuricata
{
    private const int BesideZeek = 100;
    private const int HighestFanoutId = 65535;

    // As many as do any good: the rest of the system's CPUs stays with the system.
    private const int MostManagementCpus = 4;

    /// <summary>A request with the plan's ports, CPUs and groups; a row that was edited by hand counts.</summary>
    public static SuricataRequest Request(NsmPlan plan, SuricataRequest request)
    {
        CpuList system = Value(plan, "management-cpu-set") is string cpus && CpuList.TryParse(cpus, out CpuList? named)
            ? named
            : Array.Find(plan.Cpus, role => role.Role == CpuRole.Housekeeping)?.Cpus ?? CpuList.Empty;
        return request with
        {
            ManagementCpus = [.. system.ToArray().Take(MostManagementCpus)],
            Ports =
            [
                .. from port in plan.Ports
                   select new SuricataPort
                   {
                       InterfaceName = port.InterfaceName,
                       Threads = Number(plan, $"{port.InterfaceName}/threads") ?? port.WorkerCpus.Length,
                       Cpus = port.WorkerCpus,
                       ClusterId = Number(plan, $"{port.InterfaceName}/cluster-id") ?? ClusterId(plan, port),
                       ClusterType = request.EbpfLoadBalancerFile is not null ? "cluster_ebpf" : Value(plan, $"{port.InterfaceName}/cluster-type") ?? (port.Fanout == PlanFanout.QueueMapping ? "cluster_qm" : "cluster_flow"),
                   },
            ],
        };
    }

    /// <summary>Number of a port's group of Suricata: none of Zeek's, since two programs in one group get half of the packets each (field.md J9).</summary>
    internal static int ClusterId(NsmPlan plan, PlanPort port)
    {
        HashSet<int> taken = [.. plan.Ports.Select(other => other.FanoutId)];

        // The same distance for all ports, so that they differ as much as Zeek's do.
        int distance = BesideZeek;
        while (plan.Ports.Any(other => taken.Contains(Beside(other.FanoutId, distance))))
        {
            distance++;
        }

        return Beside(port.FanoutId, distance);
    }

    private static int Beside(int fanoutId, int distance) => ((fanoutId - 1 + distance) % HighestFanoutId) + 1;

    private static string? Value(NsmPlan plan, string target) => Array.Find(plan.Rows, row => row.Kind == PlanRowKind.Suricata && row.Target == target)?.Value;

    private static int? Number(NsmPlan plan, string target) => int.TryParse(Value(plan, target), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
