namespace ZeptAdmin.Topology;

/// <summary>Tells from the numbers of packages and nodes what the firmware is set to (field.md B1, B7).</summary>
internal static class NumaInference
{
    // Haswell-EP and Broadwell-EP/EX: the generations with Cluster-On-Die (arch/x86/include/asm/intel-family.h).
    private static readonly int[] ClusterOnDieModels = [0x3f, 0x4f];

    /// <summary>Nodes with CPUs for each package; null when that is no whole number or a node spans packages.</summary>
    public static int? NodesPerPackage(CpuPackage[] packages, NumaNode[] nodes)
    {
        int nodesWithCpus = nodes.Count(node => !node.Cpus.IsEmpty);
        return packages.Length > 0 && nodesWithCpus > 0 && nodesWithCpus % packages.Length == 0 && nodes.All(node => node.Packages.Length <= 1)
            ? nodesWithCpus / packages.Length
            : null;
    }

    /// <summary>The setting that the numbers show.</summary>
    /// <remarks>A virtual machine shows what its host chose for it, so one node over its packages says nothing of interleaving.</remarks>
    public static NumaPartitioning Infer(CpuIdentity identity, CpuPackage[] packages, NumaNode[] nodes, CpuCache[] caches, bool hasNodes)
    {
        int nodesWithCpus = nodes.Count(node => !node.Cpus.IsEmpty);
        if (packages.Length == 0 || !hasNodes || nodesWithCpus == 0)
        {
            return NumaPartitioning.Unknown;
        }

        if (nodesWithCpus == 1 && packages.Length > 1)
        {
            return identity.IsVirtual == true ? NumaPartitioning.Unknown : NumaPartitioning.NodeInterleaving;
        }

        if (nodesWithCpus <= packages.Length)
        {
            return NumaPartitioning.None;
        }

        int l3Count = caches.Count(cache => cache.Level == 3);
        return identity switch
        {
            { Vendor: "GenuineIntel", Family: 6, ModelNumber: int model } when ClusterOnDieModels.Contains(model) => NumaPartitioning.ClusterOnDie,
            { Vendor: "GenuineIntel", Family: > 6 } or { Vendor: "GenuineIntel", Family: 6, ModelNumber: >= 0x55 } => NumaPartitioning.SubNumaClustering,
            { Vendor: "AuthenticAMD" or "HygonGenuine", Family: >= 0x17 } when nodesWithCpus > 4 * packages.Length && nodesWithCpus == l3Count => NumaPartitioning.L3AsNode,
            { Vendor: "AuthenticAMD" or "HygonGenuine", Family: >= 0x17 } => NumaPartitioning.NodesPerSocket,
            _ => NumaPartitioning.MultiNodePackage,
        };
    }
}
