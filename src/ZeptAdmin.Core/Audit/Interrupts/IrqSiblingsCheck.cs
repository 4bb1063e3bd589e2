using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F3: no two queues on the two threads of one core.</summary>
/// <remarks>That no worker sits on the sibling either (S1) is seen by the checks of Zeek and Suricata, which know the workers.</remarks>
internal sealed class IrqSiblingsCheck() : IrqCheck(
    "F3.IrqSiblings",
    "no two receive queues on threads of one core",
    "The two threads of a core share its execution units and its caches: two busy queues there get little more than one core's work done.",
    "field.md F3, B4")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName, IrqAffinity[] irqs)
    {
        NsmTopology topology = subject.Topology;
        if (topology.Cores.Length == 0)
        {
            return Result(Unknown, interfaceName, Expected, "the kernel does not tell cores");
        }

        if (topology.Cores.All(core => core.Cpus.Count == 1))
        {
            return Result(NotApplicable, interfaceName, Expected, "one thread a core");
        }

        CpuList used = All(irqs);
        CpuCore? shared = Array.Find(topology.Cores, core => core.Cpus.Intersect(used).Count > 1);
        return shared is null
            ? Result(Pass, interfaceName, Expected, $"{Words.Count(used.Count, "CPU")} on as many cores")
            : Result(
                Warn, interfaceName, Expected, $"CPUs {shared.Cpus.Intersect(used)} are one core",
                Remedy(topology, interfaceName, irqs.Length));
    }

    // The first thread of each core near the card, as many as there are queues.
    private static string Remedy(NsmTopology topology, string interfaceName, int queues)
    {
        CpuList near = Array.Find(topology.Nics, nic => nic.InterfaceName == interfaceName) is { Node: not null, LocalCpus: { IsEmpty: false } local } ? local : topology.OnlineCpus;
        CpuList cpus = CpuList.Of(topology.Cores.Select(core => core.Cpus.First).Where(near.Contains).Take(queues));
        return cpus.Count == queues
            ? $"Set-IrqAffinity {Quote(interfaceName)} -Cpu {cpus}"
            : $"Set-NicChannel {Quote(interfaceName)} -Combined {Math.Max(cpus.Count, 1)} # there are no more cores near the card; then Set-IrqAffinity {Quote(interfaceName)} -Cpu {cpus}";
    }
}
