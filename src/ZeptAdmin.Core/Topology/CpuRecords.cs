using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>A package: what sits in one socket.</summary>
/// <remarks>From <c>topology/{package_cpus,physical_package_id}</c> of its CPUs (Documentation/ABI/stable/sysfs-devices-system-cpu).</remarks>
public sealed record CpuPackage
{
    /// <summary>Number of the package: the kernel's, where its numbers tell the packages apart; else counted from 0.</summary>
    public int Package { get; internal init; }

    /// <summary>The kernel's <c>physical_package_id</c>; null when it says none (-1).</summary>
    public int? PackageId { get; internal init; }

    /// <summary>Online CPUs in it.</summary>
    public CpuList Cpus { get; internal init; } = CpuList.Empty;

    /// <summary>How many cores with an online CPU are in it.</summary>
    public int CoreCount { get; internal init; }

    /// <summary>Numbers of the nodes whose CPUs are in it.</summary>
    public int[] Nodes { get; internal init; } = [];

    /// <summary>Highest frequency of its first CPU in kHz (<c>cpufreq/cpuinfo_max_freq</c>); null when the kernel does not say.</summary>
    public long? MaximumFrequencyKilohertz { get; internal init; }
}

/// <summary>A die of a package, where the kernel tells dies.</summary>
/// <remarks>From <c>topology/{die_cpus,die_id}</c>. Architectures without dies name one for each CPU; those are left out.</remarks>
public sealed record CpuDie
{
    /// <summary>Number of the die, counted from 0 over the machine.</summary>
    public int Die { get; internal init; }

    /// <summary>The kernel's <c>die_id</c>, unique within its package only; null when it says none.</summary>
    public int? DieId { get; internal init; }

    /// <summary>Its package; null when the kernel does not say.</summary>
    public int? Package { get; internal init; }

    /// <summary>Online CPUs on it.</summary>
    public CpuList Cpus { get; internal init; } = CpuList.Empty;
}

/// <summary>A cluster: cores of a package that share something below its last cache, where the kernel tells them.</summary>
/// <remarks>From <c>topology/{cluster_cpus,cluster_id}</c>; clusters that are just a core, a die or a package are left out.</remarks>
public sealed record CpuCluster
{
    /// <summary>Number of the cluster, counted from 0 over the machine.</summary>
    public int Cluster { get; internal init; }

    /// <summary>The kernel's <c>cluster_id</c>; null when it says none.</summary>
    public int? ClusterId { get; internal init; }

    /// <summary>Its package; null when the kernel does not say.</summary>
    public int? Package { get; internal init; }

    /// <summary>Online CPUs in it.</summary>
    public CpuList Cpus { get; internal init; } = CpuList.Empty;
}

/// <summary>A core and its threads.</summary>
/// <remarks>From <c>topology/{core_cpus,core_id}</c>.</remarks>
public sealed record CpuCore
{
    /// <summary>Number of the core, counted from 0 over the machine in the order of its lowest CPU.</summary>
    public int Core { get; internal init; }

    /// <summary>The kernel's <c>core_id</c>, unique within its package at best, with gaps; null when it says none.</summary>
    public int? CoreId { get; internal init; }

    /// <summary>Its package; null when the kernel does not say.</summary>
    public int? Package { get; internal init; }

    /// <summary>Its node; null when the kernel does not say.</summary>
    public int? Node { get; internal init; }

    /// <summary>Its online threads.</summary>
    public CpuList Cpus { get; internal init; } = CpuList.Empty;

    /// <summary>CPUs that the kernel calls its siblings: the same as <see cref="Cpus"/>, but for AMD's compute units, which join two cores.</summary>
    public CpuList SiblingCpus { get; internal init; } = CpuList.Empty;
}

/// <summary>A thread: one online CPU as the kernel numbers it, and where it is.</summary>
public sealed record CpuThread
{
    /// <summary>The kernel's number of the CPU.</summary>
    public int Cpu { get; internal init; }

    /// <summary>Its core; null when the kernel does not say.</summary>
    public int? Core { get; internal init; }

    /// <summary>Its package; null when the kernel does not say.</summary>
    public int? Package { get; internal init; }

    /// <summary>Its die; null when the kernel does not say.</summary>
    public int? Die { get; internal init; }

    /// <summary>Its cluster; null when the kernel does not say.</summary>
    public int? Cluster { get; internal init; }

    /// <summary>Its node; null when the kernel does not say.</summary>
    public int? Node { get; internal init; }

    /// <summary>Number of its L3 in <see cref="NsmTopology.Caches"/>; null when it has none or the kernel does not say.</summary>
    public int? L3 { get; internal init; }

    /// <summary>True when it is isolated from the scheduler (isolcpus=).</summary>
    public bool IsIsolated { get; internal init; }

    /// <summary>True when its tick stops while one task runs (nohz_full=).</summary>
    public bool IsNohzFull { get; internal init; }

    /// <summary>True when the cpuset of the reading process allows it; where the process is pinned does not count.</summary>
    public bool IsAllowed { get; internal init; }
}

/// <summary>One cache: an instance, not a kind.</summary>
/// <remarks>From <c>cache/index*/{level,type,size,shared_cpu_map}</c>.</remarks>
public sealed record CpuCache
{
    /// <summary>Number of the cache, counted from 0 over the machine.</summary>
    public int Cache { get; internal init; }

    /// <summary>Level: 1, 2, 3, rarely 4.</summary>
    public int Level { get; internal init; }

    /// <summary>What it holds.</summary>
    public CacheType Type { get; internal init; }

    /// <summary>Size in bytes; null when the kernel does not say.</summary>
    public long? SizeBytes { get; internal init; }

    /// <summary>Package of its CPUs; null when the kernel does not say.</summary>
    public int? Package { get; internal init; }

    /// <summary>Online CPUs that share it.</summary>
    public CpuList Cpus { get; internal init; } = CpuList.Empty;

    /// <summary>Its name in the field: L1d, L1i, L2, L3.</summary>
    public string Name => Type switch
    {
        CacheType.Data => $"L{Level}d",
        CacheType.Instruction => $"L{Level}i",
        _ => $"L{Level}",
    };
}

/// <summary>What a cache holds.</summary>
public enum CacheType
{
    /// <summary>Data and instructions.</summary>
    Unified,

    /// <summary>Data.</summary>
    Data,

    /// <summary>Instructions.</summary>
    Instruction,
}
