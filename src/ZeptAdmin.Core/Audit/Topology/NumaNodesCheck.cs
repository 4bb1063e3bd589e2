using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A1: the nodes are what the packages are, and not interleaved away.</summary>
internal sealed class NumaNodesCheck() : Check(
    "A1.NumaNodes",
    CheckCategory.Topology,
    "Node interleaving spreads every buffer over all packages: then half of what a worker reads comes over the link, and no placement helps.",
    "field.md A1, A12, B7, B10")
{
    private const string Expected = "every package with a node of its own";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        NsmTopology topology = subject.Topology;
        string actual = $"{Words.Count(topology.Nodes.Length, "node")}, {Words.Count(topology.Packages.Length, "package")}, {Words.Count(topology.OnlineCpus.Count, "CPU")}";
        yield return topology switch
        {
            { OnlineCpus.IsEmpty: true } => Result(Unknown, Machine, Expected, "the kernel shows no CPUs"),
            { Packages.Length: 0 } => Result(Unknown, Machine, Expected, $"{actual}: the kernel does not tell packages"),
            { Partitioning: NumaPartitioning.NodeInterleaving } => Result(
                Warn, Machine, Expected, $"{actual}: node interleaving is on, or the firmware has no SRAT", "Turn node interleaving off (NUMA on) in the firmware's setup."),
            _ when subject.IsVirtualMachine => Result(NotApplicable, Machine, Expected, $"{actual}; a virtual machine shows what its host chose"),
            { HasNumaNodes: false, Packages.Length: > 1 } => Result(
                Warn, Machine, Expected, $"{actual}: the kernel knows no nodes", "See that the kernel has CONFIG_NUMA, that its command line has no numa=off, and that the firmware gives ACPI SRAT."),
            { Partitioning: NumaPartitioning.None or NumaPartitioning.Unknown } => Result(Pass, Machine, Expected, actual),
            _ => Result(Pass, Machine, Expected, $"{actual} ({topology.Partitioning}, {topology.NodesPerPackage} a package)"),
        };
    }
}
