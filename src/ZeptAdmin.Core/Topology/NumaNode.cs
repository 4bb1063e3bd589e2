using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>A NUMA node: memory, the CPUs next to it, the NICs next to it.</summary>
/// <remarks>From /sys/devices/system/node/nodeN/{cpumap,meminfo,distance,access*/initiators} (field.md A1).</remarks>
public sealed record NumaNode
{
    /// <summary>The kernel's number of the node; the numbers may have gaps.</summary>
    public int Node { get; internal init; }

    /// <summary>Online CPUs that belong to it; empty for memory without CPUs.</summary>
    public CpuList Cpus { get; internal init; } = CpuList.Empty;

    /// <summary>CPUs nearest to its memory: its own, else those of its initiators, else of the least distant nodes.</summary>
    public CpuList LocalCpus { get; internal init; } = CpuList.Empty;

    /// <summary>How many cores with an online CPU belong to it.</summary>
    public int CoreCount { get; internal init; }

    /// <summary>How many L3 caches serve its CPUs.</summary>
    public int L3Count { get; internal init; }

    /// <summary>Packages of its CPUs.</summary>
    public int[] Packages { get; internal init; } = [];

    /// <summary>Memory in bytes (MemTotal); null when the kernel does not say.</summary>
    public long? MemoryTotalBytes { get; internal init; }

    /// <summary>Free memory in bytes (MemFree); null when the kernel does not say.</summary>
    public long? MemoryFreeBytes { get; internal init; }

    /// <summary>Distances to the nodes, in the order of <see cref="NsmTopology.Nodes"/>; 10 is its own. Empty when the kernel does not say.</summary>
    public int[] Distances { get; internal init; } = [];

    /// <summary>Other nodes from which its memory is reached fastest (ACPI HMAT); empty when the kernel does not say.</summary>
    public int[] InitiatorNodes { get; internal init; } = [];

    /// <summary>Memory without CPUs: persistent memory, CXL, high bandwidth memory, a GPU's.</summary>
    public bool IsMemoryOnly { get; internal init; }

    /// <summary>No memory: an empty socket, or a generic initiator.</summary>
    public bool IsMemoryless { get; internal init; }

    /// <summary>PCI address of the GPU whose memory this is; null for memory of the machine.</summary>
    public string? DevicePciAddress { get; internal init; }

    /// <summary>Names of the interfaces of the NICs next to it.</summary>
    public string[] InterfaceNames { get; internal init; } = [];
}

/// <summary>Distance between two nodes, as the firmware tells it (ACPI SLIT); 10 is local.</summary>
public sealed record NodeDistance
{
    /// <summary>Node of the CPU.</summary>
    public int FromNode { get; internal init; }

    /// <summary>Node of the memory.</summary>
    public int ToNode { get; internal init; }

    /// <summary>Relative latency; 10 is the node's own, 20 twice that.</summary>
    public int Distance { get; internal init; }
}

/// <summary>A NIC and where it sits.</summary>
public sealed record NicLocality
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>PCI address; null for a device that is not on PCI.</summary>
    public string? PciAddress { get; internal init; }

    /// <summary>Its node; null when the firmware does not say (numa_node is -1): unknown, not 0.</summary>
    public int? Node { get; internal init; }

    /// <summary>Online CPUs next to it (<c>local_cpus</c>); null when the kernel does not say.</summary>
    public CpuList? LocalCpus { get; internal init; }
}
