using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>The machine as capture sees it: nodes, packages, cores, threads, caches and the NICs between them.</summary>
/// <remarks>
/// Flat arrays, joined by number: <c>Cpu</c>, <c>Core</c>, <c>Package</c>, <c>Die</c>, <c>Node</c>, <c>InterfaceName</c>
/// (field.md A1, A2, A4, A6, A8, A11, B1, B4, B7, B10).
/// </remarks>
public sealed record NsmTopology
{
    /// <summary>Name of the machine or of the snapshot.</summary>
    public string Sensor { get; internal init; } = "";

    /// <summary>Vendor of the CPU as it names itself (GenuineIntel, AuthenticAMD, ARM …); null when the kernel does not say.</summary>
    public string? CpuVendor { get; internal init; }

    /// <summary>Model name of the CPU; null when the kernel does not say.</summary>
    public string? CpuModel { get; internal init; }

    /// <summary>CPU family number of x86; null elsewhere.</summary>
    public int? CpuFamily { get; internal init; }

    /// <summary>CPU model number of x86; null elsewhere.</summary>
    public int? CpuModelNumber { get; internal init; }

    /// <summary>True for a virtual machine; null when the kernel does not say.</summary>
    public bool? IsVirtualMachine { get; internal init; }

    /// <summary>Memory of the machine in bytes; null when the kernel does not say.</summary>
    public long? MemoryTotalBytes { get; internal init; }

    /// <summary>Online CPUs.</summary>
    public CpuList OnlineCpus { get; internal init; } = CpuList.Empty;

    /// <summary>CPUs that are present but offline; null when the kernel does not say.</summary>
    public CpuList? OfflineCpus { get; internal init; }

    /// <summary>CPUs that are present; null when the kernel does not say.</summary>
    public CpuList? PresentCpus { get; internal init; }

    /// <summary>CPUs that could ever be present; null when the kernel does not say.</summary>
    public CpuList? PossibleCpus { get; internal init; }

    /// <summary>CPUs isolated from the scheduler (isolcpus=); null when the kernel does not say.</summary>
    public CpuList? IsolatedCpus { get; internal init; }

    /// <summary>CPUs whose tick stops (nohz_full=); null when the kernel does not say.</summary>
    public CpuList? NohzFullCpus { get; internal init; }

    /// <summary>Online CPUs that the cpuset of the reading process allows: a container sees the host's CPUs but may not run on all of them. Where the process is pinned does not count.</summary>
    public CpuList AllowedCpus { get; internal init; } = CpuList.Empty;

    /// <summary>Nodes whose memory the reading process may use; written as a CPU list.</summary>
    public CpuList AllowedNodes { get; internal init; } = CpuList.Empty;

    /// <summary>True when cores run more than one thread; null when the kernel does not say.</summary>
    public bool? IsSmtActive { get; internal init; }

    /// <summary>State of simultaneous multithreading: on, off, forceoff, notsupported, notimplemented; null when the kernel does not say.</summary>
    public string? SmtControl { get; internal init; }

    /// <summary>How the firmware cuts packages into nodes.</summary>
    public NumaPartitioning Partitioning { get; internal init; }

    /// <summary>Nodes with CPUs for each package; null when packages or nodes are not known, or a node spans packages.</summary>
    public int? NodesPerPackage { get; internal init; }

    /// <summary>False when the kernel knows no nodes; <see cref="Nodes"/> then holds one that stands for the machine.</summary>
    public bool HasNumaNodes { get; internal init; }

    /// <summary>True when the numbers of the nodes have gaps.</summary>
    public bool HasSparseNodes { get; internal init; }

    /// <summary>What the kernel's answers contradict each other in, and what was left out for it; as sentences.</summary>
    public string[] Notes { get; internal init; } = [];

    /// <summary>NUMA nodes, ascending.</summary>
    public NumaNode[] Nodes { get; internal init; } = [];

    /// <summary>Packages, in the order of their lowest CPU.</summary>
    public CpuPackage[] Packages { get; internal init; } = [];

    /// <summary>Dies, in the order of their lowest CPU; empty where the kernel tells none.</summary>
    public CpuDie[] Dies { get; internal init; } = [];

    /// <summary>Clusters, in the order of their lowest CPU; empty where the kernel tells none.</summary>
    public CpuCluster[] Clusters { get; internal init; } = [];

    /// <summary>Cores, in the order of their lowest CPU.</summary>
    public CpuCore[] Cores { get; internal init; } = [];

    /// <summary>Threads, ascending: one for each online CPU.</summary>
    public CpuThread[] Threads { get; internal init; } = [];

    /// <summary>Caches, in the order of their lowest CPU.</summary>
    public CpuCache[] Caches { get; internal init; } = [];

    /// <summary>Distances between nodes; empty when the kernel does not say.</summary>
    public NodeDistance[] Distances { get; internal init; } = [];

    /// <summary>Physical NICs and their nodes.</summary>
    public NicLocality[] Nics { get; internal init; } = [];
}

/// <summary>How the firmware cuts packages into nodes (field.md B1, B7).</summary>
public enum NumaPartitioning
{
    /// <summary>Packages or nodes are not known.</summary>
    Unknown,

    /// <summary>One node for each package.</summary>
    None,

    /// <summary>Several packages, one node: node interleaving is on, or the firmware has no SRAT.</summary>
    NodeInterleaving,

    /// <summary>Several nodes for each package: Sub-NUMA Clustering (Intel since Skylake).</summary>
    SubNumaClustering,

    /// <summary>Several nodes for each package: Cluster-On-Die (Intel Haswell and Broadwell).</summary>
    ClusterOnDie,

    /// <summary>Several nodes for each package: NPS2 or NPS4 (AMD since Zen).</summary>
    NodesPerSocket,

    /// <summary>One node for each L3 (AMD "L3 as NUMA domain").</summary>
    L3AsNode,

    /// <summary>Several nodes for each package, by the build of the package: older AMD, other architectures.</summary>
    MultiNodePackage,
}
