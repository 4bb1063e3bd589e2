using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A2: the node of the card is known.</summary>
internal sealed class NicNodeCheck() : InterfaceCheck(
    "A2.NicNode",
    CheckCategory.Topology,
    "the node of the card is known",
    "Interrupts and workers belong on the card's node. A node of -1 is not node 0: scripts that take it so place half of all cards wrongly.",
    "field.md A2, B10")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        NsmTopology topology = subject.Topology;
        NicLocality? locality = Array.Find(topology.Nics, nic => nic.InterfaceName == interfaceName);
        int nodes = topology.Nodes.Count(node => !node.Cpus.IsEmpty);
        return locality switch
        {
            null => Result(NotApplicable, interfaceName, Expected, "no device is behind it"),
            _ when nodes == 0 => Result(Unknown, interfaceName, Expected, "the kernel shows no nodes and no CPUs"),
            { Node: int node } => Result(Pass, interfaceName, Expected, $"node {node}, CPUs {locality.LocalCpus}".TrimEnd(' ', ',')),
            _ when nodes == 1 && subject.IsVirtualMachine => Result(NotApplicable, interfaceName, Expected, "a virtual machine with one node"),
            _ when nodes == 1 => Result(Pass, interfaceName, Expected, "the machine has one node"),
            _ => Result(
                Warn, interfaceName, Expected, $"unknown (numa_node is -1) on a machine with {nodes} nodes",
                "Look for ACPI SLIT/SRAT, I/O NUMA or PCIe locality in the firmware's setup; until then take the node from the mainboard's manual."),
        };
    }
}
