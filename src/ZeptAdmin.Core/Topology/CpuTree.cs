using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>What /sys/devices/system/cpu tells: sets of CPUs by core, cluster, die, package and cache.</summary>
/// <remarks>
/// Documentation/ABI/stable/sysfs-devices-system-cpu; drivers/base/topology.c, drivers/base/cacheinfo.c. Masks are read rather than
/// lists, since kernels before 2.6.26 have masks only. Kernels before 5.2 call core_cpus thread_siblings and package_cpus core_siblings.
/// </remarks>
internal sealed class CpuTree
{
    private const string Root = "/sys/devices/system/cpu";
    private const int MostCacheIndexes = 10;

    private static readonly string[] CoreFiles = ["core_cpus", "thread_siblings"];
    private static readonly string[] PackageFiles = ["package_cpus", "core_siblings"];

    private readonly FileTree _files;
    private readonly bool _hasComputeUnits;
    private readonly CpuGroups[] _cachesByIndex;
    private readonly Dictionary<string, int> _misses = new(StringComparer.Ordinal);
    private bool? _threadsAreCores;

    private CpuTree(FileTree files, CpuMask online, bool hasComputeUnits)
    {
        _files = files;
        _hasComputeUnits = hasComputeUnits;
        Online = online;
        int[] cpus = online.ToArray();
        int limit = cpus.Length == 0 ? 0 : cpus[^1] + 1;
        Cores = new CpuGroups(limit);
        Clusters = new CpuGroups(limit);
        Dies = new CpuGroups(limit);
        Packages = new CpuGroups(limit);
        _cachesByIndex = [.. Enumerable.Range(0, MostCacheIndexes).Select(_ => new CpuGroups(limit))];
        foreach (int cpu in cpus)
        {
            ReadSets(cpu);
            ReadCaches(cpu);
        }
    }

    /// <summary>CPUs that are online.</summary>
    public CpuMask Online { get; }

    /// <summary>Cores.</summary>
    public CpuGroups Cores { get; }

    /// <summary>Clusters that are more than a core and less than a die or a package.</summary>
    public CpuGroups Clusters { get; }

    /// <summary>Dies of more than one CPU.</summary>
    public CpuGroups Dies { get; }

    /// <summary>Packages.</summary>
    public CpuGroups Packages { get; }

    /// <summary>Caches, by lowest CPU and index.</summary>
    public List<FoundCache> Caches { get; } = [];

    /// <summary>Reads the tree.</summary>
    /// <param name="files">Files of the machine.</param>
    /// <param name="hasComputeUnits">True for AMD families 15h and 16h, where siblings may be cores of their own.</param>
    public static CpuTree Read(FileTree files, bool hasComputeUnits) => new(files, FindOnline(files), hasComputeUnits);

    private static CpuMask FindOnline(FileTree files)
    {
        int[] present = [.. files.List(Root).Select(name => SysfsNames.Number(name, "cpu")).OfType<int>()];
        if (present.Length == 0)
        {
            return CpuMask.Empty;
        }

        // Kernels before 2.6.28 have no list of online CPUs; there each CPU but those that cannot go has a file.
        return files.ReadListAsMask(Root + "/online") is CpuMask online
            ? online.And(CpuMask.Of(present))
            : CpuMask.Of(present.Where(cpu => files.ReadNumber($"{Root}/cpu{cpu}/online") != 0));
    }

    private void ReadSets(int cpu)
    {
        if (!Cores.Covers(cpu) && ReadSet(cpu, CoreFiles) is CpuMask siblings)
        {
            CpuMask core = ThreadsAreCores(cpu, siblings) ? CpuMask.Of([cpu]) : siblings;
            _ = Cores.Offer(cpu, core, () => ReadId(cpu, "core_id"), siblings);
        }

        if (!Packages.Covers(cpu) && ReadSet(cpu, PackageFiles) is CpuMask package)
        {
            _ = Packages.Offer(cpu, package, () => ReadId(cpu, "physical_package_id"));
        }

        // Only the first thread of a core is asked for what is wider than a core.
        if (Cores.Of(cpu) is int own && Cores.All[own].Cpus.First != cpu)
        {
            return;
        }

        // A die of one CPU is what architectures without dies report.
        if (!Dies.Covers(cpu) && ReadSet(cpu, ["die_cpus"]) is CpuMask { Count: > 1 } die)
        {
            _ = Dies.Offer(cpu, die, () => ReadId(cpu, "die_id"));
        }

        if (!Clusters.Covers(cpu) && ReadSet(cpu, ["cluster_cpus"]) is CpuMask { Count: > 1 } cluster && IsBetween(cpu, cluster))
        {
            _ = Clusters.Offer(cpu, cluster, () => ReadId(cpu, "cluster_id"));
        }
    }

    private bool IsBetween(int cpu, CpuMask cluster) =>
        !(Cores.Of(cpu) is int core && Cores.All[core].Cpus.Equals(cluster))
        && !(Dies.Of(cpu) is int die && Dies.All[die].Cpus.Equals(cluster))
        && !(Packages.Of(cpu) is int package && Packages.All[package].Cpus.Equals(cluster));

    private CpuMask? ReadSet(int cpu, string[] names)
    {
        foreach (string name in names)
        {
            // A file that two CPUs lack is one that the kernel does not have.
            int misses = _misses.GetValueOrDefault(name);
            if (misses < 2)
            {
                string path = $"{Root}/cpu{cpu}/topology/{name}";
                CpuMask? set = _files.ReadMask(path) ?? _files.ReadListAsMask(path + "_list");
                if (set is not null)
                {
                    _misses[name] = int.MinValue;
                    return set.And(Online) is { IsEmpty: false } found ? found : null;
                }

                _misses[name] = misses + 1;
            }
        }

        return null;
    }

    private int? ReadId(int cpu, string name) => _files.ReadId($"{Root}/cpu{cpu}/topology/{name}");

    /// <summary>AMD's compute units: siblings with a core_id each are cores that share an L2, not threads.</summary>
    private bool ThreadsAreCores(int cpu, CpuMask siblings)
    {
        if (!_hasComputeUnits || siblings.Count < 2)
        {
            return false;
        }

        int other = Array.Find(siblings.ToArray(), sibling => sibling != cpu);
        return _threadsAreCores ??= ReadId(cpu, "core_id") != ReadId(other, "core_id");
    }

    private void ReadCaches(int cpu)
    {
        int missing = 0;
        for (int index = 0; index < MostCacheIndexes && missing < 2; index++)
        {
            CpuGroups known = _cachesByIndex[index];
            if (known.Covers(cpu))
            {
                continue;
            }

            string folder = $"{Root}/cpu{cpu}/cache/index{index}/";
            CpuMask? sharing = (_files.ReadMask(folder + "shared_cpu_map") ?? _files.ReadListAsMask(folder + "shared_cpu_list"))?.And(Online);
            if (sharing is null)
            {
                missing++;
                continue;
            }

            // Some ia64 kernels report an empty set: then it is the core's own (as hwloc has it).
            if (sharing.IsEmpty)
            {
                sharing = Cores.Of(cpu) is int core ? Cores.All[core].Cpus : CpuMask.Of([cpu]);
            }

            if (known.Offer(cpu, sharing, () => null))
            {
                Add(folder, sharing);
            }
        }
    }

    private void Add(string folder, CpuMask sharing)
    {
        if (_files.ReadNumber(folder + "level") is not (int level and > 0 and < 10))
        {
            return;
        }

        CacheType type = _files.ReadText(folder + "type") switch
        {
            "Data" => CacheType.Data,
            "Instruction" => CacheType.Instruction,
            _ => CacheType.Unified,
        };

        // CPUs of different kinds may number the same cache differently.
        if (!Caches.Exists(cache => cache.Level == level && cache.Type == type && cache.Cpus.Equals(sharing)))
        {
            Caches.Add(new FoundCache(level, type, _files.ReadSize(folder + "size"), sharing));
        }
    }
}

/// <summary>A cache as the kernel tells it.</summary>
internal sealed record FoundCache(int Level, CacheType Type, long? SizeBytes, CpuMask Cpus);
