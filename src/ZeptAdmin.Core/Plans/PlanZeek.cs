using ZeptAdmin.Zeek;

namespace ZeptAdmin.Plans;

/// <summary>What Zeek's configuration has to say for plans to come true: one for each host.</summary>
public static class PlanZeek
{
    /// <summary>The wish of some plans. Manager, loggers and proxies are on the host of the first, on the CPUs that it keeps for the system.</summary>
    /// <param name="plans">Plans, one for each host.</param>
    /// <param name="host">Name of the host in the file, where there is one plan only; null for localhost.</param>
    public static ZeekWish Wish(NsmPlan[] plans, string? host = null)
    {
        string HostOf(NsmPlan plan) => plans.Length > 1 ? plan.Sensor : host ?? "localhost";
        int[] system = [.. plans[0].Cpus.Where(cpus => cpus.Role == CpuRole.Housekeeping).SelectMany(cpus => cpus.Cpus.ToArray())];
        int[] At(int index) => system.Length == 0 ? [] : [system[Math.Min(index, system.Length - 1)]];
        return new ZeekWish
        {
            ManagerHost = HostOf(plans[0]),
            ManagerCpus = At(0),
            LoggerCpus = At(1),
            ProxyCpus = At(2),
            Captures =
            [
                .. from plan in plans
                   from port in plan.Ports
                   select new ZeekCapture
                   {
                       Source = port.InterfaceName,
                       Host = HostOf(plan),
                       Workers = port.WorkerCpus.Length,
                       WorkerCpus = port.WorkerCpus,
                       FanoutId = port.FanoutId,
                       FanoutMode = port.Fanout == PlanFanout.QueueMapping ? "FANOUT_QM" : "FANOUT_HASH",
                   },
            ],
        };
    }
}
