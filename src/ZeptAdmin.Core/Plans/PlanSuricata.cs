using ZeptAdmin.Suricata;

namespace ZeptAdmin.Plans;

/// <summary>What Suricata's configuration has to say for a plan to come true.</summary>
public static class PlanSuricata
{
    /// <summary>A request with the plan's ports, CPUs and groups.</summary>
    public static SuricataRequest Request(NsmPlan plan, SuricataRequest request) => request with
    {
        ManagementCpus = [.. plan.Cpus.Where(cpus => cpus.Role == CpuRole.Housekeeping).SelectMany(cpus => cpus.Cpus.ToArray()).Take(4)],
        Ports =
        [
            .. from port in plan.Ports
               select new SuricataPort
               {
                   InterfaceName = port.InterfaceName,
                   Threads = port.WorkerCpus.Length,
                   Cpus = port.WorkerCpus,
                   ClusterId = port.FanoutId,
                   ClusterType = request.EbpfLoadBalancerFile is not null ? "cluster_ebpf" : port.Fanout == PlanFanout.QueueMapping ? "cluster_qm" : "cluster_flow",
               },
        ],
    };
}
