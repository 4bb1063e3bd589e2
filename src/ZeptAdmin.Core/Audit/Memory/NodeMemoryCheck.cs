using System.Globalization;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>C6: each node with CPUs has memory, and all about the same.</summary>
/// <remarks>How much memory is enough hangs on rings and memcaps, which the checks of Zeek and Suricata weigh; S1 had 128 GiB for 20 Gbit/s.</remarks>
internal sealed class NodeMemoryCheck() : Check(
    "C6.NodeMemory",
    CheckCategory.Memory,
    "Workers of a node without memory of its own, or with less than the others, get pages of another node and cross the link for each packet.",
    "field.md C6, A1, A8")
{
    private const string Expected = "about the same memory on each node with CPUs";

    // The kernel and the firmware take some memory of the first node; a missing module is a quarter at least.
    private const double LeastShare = 0.8;

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        NumaNode[] nodes = [.. subject.Topology.Nodes.Where(node => !node.Cpus.IsEmpty)];
        long[] sizes = [.. nodes.Select(node => node.IsMemoryless ? 0 : node.MemoryTotalBytes).OfType<long>()];
        if (sizes.Length < nodes.Length || sizes.Length < 2)
        {
            yield return subject.Topology.MemoryTotalBytes is long total
                ? Result(nodes.Length > 1 ? Unknown : Pass, Machine, Expected, nodes.Length > 1 ? $"{Words.Size(total)}; by node the kernel does not tell" : $"{Words.Size(total)} in one node")
                : Result(Unknown, Machine, Expected, "the kernel does not tell the memory");
            yield break;
        }

        int least = Array.IndexOf(sizes, sizes.Min());
        int most = Array.IndexOf(sizes, sizes.Max());
        string actual = sizes.Min() >= sizes.Max() * LeastShare
            ? $"{Words.Count(nodes.Length, "node")} of {Words.Size(sizes.Min())}{(least == most ? "" : " and more")}"
            : string.Create(CultureInfo.InvariantCulture, $"node {nodes[least].Node} has {Words.Size(sizes[least])}, node {nodes[most].Node} {Words.Size(sizes[most])}");
        yield return sizes.Min() < sizes.Max() * LeastShare
            ? Result(Warn, Machine, Expected, actual, "Give each package the same memory modules in the same slots.")
            : Result(Pass, Machine, Expected, actual);
    }
}
