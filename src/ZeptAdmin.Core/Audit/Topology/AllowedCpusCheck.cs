using ZeptAdmin.Linux;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A1: no cpuset keeps capture off the CPUs that the kernel shows.</summary>
internal sealed class AllowedCpusCheck() : Check(
    "A1.AllowedCpus",
    CheckCategory.Topology,
    "A container sees all CPUs of its host, but may run on few of them: workers pinned to the others fail or land elsewhere.",
    "field.md A1; cgroup-v2.rst cpuset.cpus.effective")
{
    private const string Expected = "all online CPUs usable";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        NsmTopology topology = subject.Topology;
        if (topology.OnlineCpus.IsEmpty)
        {
            yield return Result(Unknown, Machine, Expected, "the kernel shows no CPUs");
            yield break;
        }

        CpuList offline = topology.OfflineCpus ?? CpuList.Empty;
        CpuList barred = topology.OnlineCpus.Except(topology.AllowedCpus);
        yield return barred.IsEmpty
            ? Result(Pass, Machine, Expected, offline.IsEmpty ? $"CPUs {topology.OnlineCpus}" : $"CPUs {topology.OnlineCpus}; {offline} are offline")
            : Result(
                Warn, Machine, Expected, $"the cpuset of this process allows {topology.AllowedCpus} of {topology.OnlineCpus}",
                $"Give the container or slice of the capture programs the CPUs {barred} as well, or plan without them.");
    }
}
