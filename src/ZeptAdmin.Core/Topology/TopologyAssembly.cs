using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Topology;

/// <summary>Joins what the trees of CPUs and nodes tell into records.</summary>
internal sealed class TopologyAssembly(Sensor sensor, CpuIdentity identity, CpuTree cpus, NodeTree found)
{
    private const string CpuFolder = "/sys/devices/system/cpu";

    private readonly FileTree _files = sensor.Files;
    private readonly int[] _packageNumbers = NumberPackages(cpus.Packages.All);
    private readonly Dictionary<int, int> _nodeOf = found.Nodes.SelectMany(node => node.Cpus.ToArray().Select(cpu => (cpu, node.Number))).ToDictionary();

    /// <summary>The whole topology.</summary>
    public NsmTopology Assemble()
    {
        (long? memoryTotal, long? memoryFree) = NodeTree.ParseMeminfo(_files.ReadText("/proc/meminfo") ?? "");
        bool hasNodes = found.Nodes.Count > 0;
        List<FoundNode> nodesFound = hasNodes ? found.Nodes : [new FoundNode(0, cpus.Online, memoryTotal, memoryFree)];
        NicLocality[] nics = NicLocalities.Find(sensor, cpus.Online);
        CpuCache[] caches = [.. cpus.Caches.Select(MakeCache)];
        CpuCore[] cores = [.. cpus.Cores.All.Select(MakeCore)];
        (CpuMask? allowedCpus, CpuMask? allowedNodes) = AllowedResources.Find(_files);
        CpuMask onlineNodes = CpuMask.Of(nodesFound.Select(node => node.Number));
        NumaNode[] nodes = [.. nodesFound.Select(node => MakeNode(node, cores, caches, nics))];
        CpuPackage[] packages = [.. cpus.Packages.All.Select((group, index) => MakePackage(group, index, cores, nodes))];
        CpuMask allowed = allowedCpus?.And(cpus.Online) ?? cpus.Online;
        CpuList? isolated = ReadSet("isolated");
        CpuList? nohzFull = ReadSet("nohz_full");
        return new NsmTopology
        {
            Sensor = sensor.Name,
            CpuVendor = identity.Vendor,
            CpuModel = identity.Model,
            CpuFamily = identity.Family,
            CpuModelNumber = identity.ModelNumber,
            IsVirtualMachine = identity.IsVirtual,
            MemoryTotalBytes = memoryTotal ?? Sum(nodes),
            OnlineCpus = cpus.Online.ToCpuList(),
            PresentCpus = _files.ReadCpuList(CpuFolder + "/present"),
            PossibleCpus = _files.ReadCpuList(CpuFolder + "/possible"),
            OfflineCpus = FindOffline(),
            IsolatedCpus = isolated,
            NohzFullCpus = nohzFull,
            AllowedCpus = allowed.ToCpuList(),
            AllowedNodes = (allowedNodes?.And(onlineNodes) ?? onlineNodes).ToCpuList(),
            SmtControl = _files.ReadText(CpuFolder + "/smt/control") is { Length: > 0 } control ? control : null,
            IsSmtActive = IsSmtActive(cores),
            Partitioning = NumaInference.Infer(identity, packages, nodes, caches, hasNodes),
            NodesPerPackage = hasNodes ? NumaInference.NodesPerPackage(packages, nodes) : null,
            HasNumaNodes = hasNodes,
            HasSparseNodes = hasNodes && nodes.Select(node => node.Node).Where((number, index) => number != index).Any(),
            Notes = MakeNotes(),
            Nodes = nodes,
            Packages = packages,
            Dies = [.. cpus.Dies.All.Select((group, index) => new CpuDie { Die = index, DieId = group.Id, Package = PackageOf(group.Cpus.First), Cpus = group.Cpus.ToCpuList() })],
            Clusters = [.. cpus.Clusters.All.Select((group, index) => new CpuCluster { Cluster = index, ClusterId = group.Id, Package = PackageOf(group.Cpus.First), Cpus = group.Cpus.ToCpuList() })],
            Cores = cores,
            Threads = MakeThreads(caches, isolated, nohzFull, allowed),
            Caches = caches,
            Distances = [.. nodes.SelectMany(node => node.Distances.Select((distance, index) => new NodeDistance { FromNode = node.Node, ToNode = nodes[index].Node, Distance = distance }))],
            Nics = nics,
        };
    }

    private static int[] NumberPackages(List<CpuGroup> packages) =>
        packages.TrueForAll(package => package.Id is not null) && packages.DistinctBy(package => package.Id).Count() == packages.Count
            ? [.. packages.Select(package => package.Id!.Value)]
            : [.. Enumerable.Range(0, packages.Count)];

    private static long? Sum(NumaNode[] nodes) =>
        nodes.All(node => node.MemoryTotalBytes is null) ? null : nodes.Sum(node => node.DevicePciAddress is null ? node.MemoryTotalBytes ?? 0 : 0);

    private int? PackageOf(int cpu) => cpus.Packages.Of(cpu) is int index ? _packageNumbers[index] : null;

    private int? NodeOf(int cpu) => found.Nodes.Count == 0 ? 0 : _nodeOf.TryGetValue(cpu, out int node) ? node : null;

    private CpuCore MakeCore(CpuGroup group, int index) => new()
    {
        Core = index,
        CoreId = group.Id,
        Package = PackageOf(group.Cpus.First),
        Node = NodeOf(group.Cpus.First),
        Cpus = group.Cpus.ToCpuList(),
        SiblingCpus = group.Siblings.ToCpuList(),
    };

    private CpuCache MakeCache(FoundCache cache, int index) => new()
    {
        Cache = index,
        Level = cache.Level,
        Type = cache.Type,
        SizeBytes = cache.SizeBytes,
        Package = PackageOf(cache.Cpus.First),
        Cpus = cache.Cpus.ToCpuList(),
    };

    private NumaNode MakeNode(FoundNode node, CpuCore[] cores, CpuCache[] caches, NicLocality[] nics) => new()
    {
        Node = node.Number,
        Cpus = node.Cpus.ToCpuList(),
        LocalCpus = node.LocalCpus.And(cpus.Online).ToCpuList(),
        CoreCount = cores.Count(core => node.Cpus.Contains(core.Cpus.First)),
        L3Count = cpus.Caches.Count(cache => cache.Level == 3 && cache.Cpus.Overlaps(node.Cpus)),
        Packages = [.. node.Cpus.ToArray().Select(PackageOf).OfType<int>().Distinct().Order()],
        MemoryTotalBytes = node.MemoryTotal,
        MemoryFreeBytes = node.MemoryFree,
        Distances = node.Distances,
        InitiatorNodes = node.Initiators,
        IsMemoryOnly = node.Cpus.IsEmpty && node.MemoryTotal > 0,
        IsMemoryless = node.MemoryTotal == 0,
        DevicePciAddress = node.DevicePciAddress,
        InterfaceNames = [.. nics.Where(nic => nic.Node == node.Number).Select(nic => nic.InterfaceName)],
    };

    private CpuPackage MakePackage(CpuGroup group, int index, CpuCore[] cores, NumaNode[] nodes)
    {
        int number = _packageNumbers[index];
        return new CpuPackage
        {
            Package = number,
            PackageId = group.Id,
            Cpus = group.Cpus.ToCpuList(),
            CoreCount = cores.Count(core => core.Package == number),
            Nodes = [.. nodes.Where(node => node.Packages.Contains(number)).Select(node => node.Node)],
            MaximumFrequencyKilohertz = _files.ReadInt64($"{CpuFolder}/cpu{group.Cpus.First}/cpufreq/cpuinfo_max_freq") is long frequency and > 0 ? frequency : null,
        };
    }

    private CpuThread[] MakeThreads(CpuCache[] caches, CpuList? isolated, CpuList? nohzFull, CpuMask allowed)
    {
        Dictionary<int, int> l3Of = [];
        foreach (CpuCache cache in caches.Where(cache => cache.Level == 3))
        {
            foreach (int cpu in cache.Cpus.AsSpan())
            {
                _ = l3Of.TryAdd(cpu, cache.Cache);
            }
        }

        return [.. cpus.Online.ToArray().Select(cpu => new CpuThread
        {
            Cpu = cpu,
            Core = cpus.Cores.Of(cpu),
            Package = PackageOf(cpu),
            Die = cpus.Dies.Of(cpu),
            Cluster = cpus.Clusters.Of(cpu),
            Node = NodeOf(cpu),
            L3 = l3Of.TryGetValue(cpu, out int l3) ? l3 : null,
            IsIsolated = isolated?.Contains(cpu) == true,
            IsNohzFull = nohzFull?.Contains(cpu) == true,
            IsAllowed = allowed.Contains(cpu),
        })];
    }

    private CpuList? FindOffline()
    {
        // The file "offline" counts CPUs that are merely possible as well.
        CpuList? present = _files.ReadCpuList(CpuFolder + "/present");
        return present is not null ? present.Except(cpus.Online.ToCpuList()) : _files.ReadCpuList(CpuFolder + "/offline");
    }

    /// <summary>A set that some kernels print as "(null)" when it is empty (nohz_full before 6.x).</summary>
    private CpuList? ReadSet(string name)
    {
        string? text = _files.ReadText($"{CpuFolder}/{name}");
        return text?.Trim() == "(null)" ? CpuList.Empty : CpuList.TryParse(text, out CpuList? list) ? list : null;
    }

    private bool? IsSmtActive(CpuCore[] cores) => _files.ReadInt32(CpuFolder + "/smt/active") switch
    {
        0 => false,
        1 => true,
        _ => cores.Length == 0 ? null : cores.Any(core => core.Cpus.Count > 1),
    };

    private string[] MakeNotes()
    {
        List<string> notes = [.. found.Notes];
        Contradiction("core", cpus.Cores);
        Contradiction("package", cpus.Packages);
        Contradiction("die", cpus.Dies);
        return [.. notes];

        void Contradiction(string kind, CpuGroups groups)
        {
            if (groups.Contradictions.Count > 0)
            {
                notes.Add($"CPUs {CpuList.Of(groups.Contradictions)} contradict each other about their {kind}; the {kind} is left out.");
            }
        }
    }
}
