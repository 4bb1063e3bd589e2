using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F4: interrupts go to CPUs of the card's node.</summary>
internal sealed class IrqNodeCheck() : IrqCheck(
    "F4.IrqNode",
    "interrupts on the node of the card",
    "Intel's cards write packets into the cache of their own package; a CPU elsewhere fetches each of them over the link. Both schools (worker on the same core, or beside it) want the interrupt near the card.",
    "field.md F4, A12, B8")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName, IrqAffinity[] irqs)
    {
        NsmTopology topology = subject.Topology;
        NumaNode[] nodes = [.. topology.Nodes.Where(node => !node.Cpus.IsEmpty)];
        if (nodes.Length < 2)
        {
            return nodes.Length == 0
                ? Result(Unknown, interfaceName, Expected, "the kernel shows no nodes")
                : Result(NotApplicable, interfaceName, Expected, "one node");
        }

        int? node = Array.Find(topology.Nics, nic => nic.InterfaceName == interfaceName)?.Node;
        NumaNode? home = Array.Find(nodes, candidate => candidate.Node == node);
        if (home is null)
        {
            return Result(Unknown, interfaceName, Expected, "the node of the card is not known");
        }

        CpuList far = All(irqs).Except(home.Cpus);
        return far.IsEmpty
            ? Result(Pass, interfaceName, Expected, $"CPUs {All(irqs)} of node {home.Node}")
            : Result(Warn, interfaceName, Expected, $"CPUs {far} are not on node {home.Node}", $"Set-IrqAffinity {Quote(interfaceName)} -Strategy Local");
    }
}
