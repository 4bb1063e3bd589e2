namespace ZeptAdmin.Topology;

/// <summary>Sets of CPUs of one kind (cores, packages, dies …), and which set a CPU is in.</summary>
/// <remarks>
/// A set counts when its lowest CPU names it, as hwloc decides (topology-linux.c, look_sysfscpu): one file to read for each set
/// rather than for each CPU, and CPUs that contradict each other make no set.
/// </remarks>
internal sealed class CpuGroups(int cpuLimit)
{
    private readonly int[] _groupOf = Filled(cpuLimit);

    /// <summary>The sets, in the order of their lowest CPU.</summary>
    public List<CpuGroup> All { get; } = [];

    /// <summary>CPUs whose own set neither begins with them nor is known.</summary>
    public List<int> Contradictions { get; } = [];

    /// <summary>Index of the set that a CPU is in, or null.</summary>
    public int? Of(int cpu) => cpu >= 0 && cpu < _groupOf.Length && _groupOf[cpu] >= 0 ? _groupOf[cpu] : null;

    /// <summary>True when a known set has the CPU, so that its own files need not be read.</summary>
    public bool Covers(int cpu) => _groupOf[cpu] >= 0;

    /// <summary>Takes the set that a CPU names.</summary>
    public bool Offer(int cpu, CpuMask set, Func<int?> readId, CpuMask? siblings = null)
    {
        if (set.First != cpu)
        {
            Contradictions.Add(cpu);
            return false;
        }

        foreach (int member in set.ToArray())
        {
            // The first set keeps a CPU that two sets claim; both still count, as in hwloc.
            if (_groupOf[member] < 0)
            {
                _groupOf[member] = All.Count;
            }
        }

        All.Add(new CpuGroup(set, readId(), siblings ?? set));
        return true;
    }

    private static int[] Filled(int length)
    {
        int[] groups = new int[length];
        Array.Fill(groups, -1);
        return groups;
    }
}

/// <summary>One set of CPUs.</summary>
/// <param name="Cpus">Its online CPUs.</param>
/// <param name="Id">The kernel's number of it; null when the kernel says none.</param>
/// <param name="Siblings">For a core: what the kernel calls its siblings.</param>
internal sealed record CpuGroup(CpuMask Cpus, int? Id, CpuMask Siblings);
