using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Topology;

/// <summary>Holds the topology against hwloc's, on the machines that the hwloc project gathered.</summary>
public sealed class HwlocTests
{
    private const string Folder = "machines-hwloc";

    public static TheoryData<string> Tests => CapturedMachines.Names(Folder, ".test");

    [Theory]
    [MemberData(nameof(Tests))]
    public void Topology_equals_that_of_hwloc(string test)
    {
        Assert.SkipWhen(test == CapturedMachines.Absent, "the captured machines are not here");
        string[] lines = File.ReadAllLines(Repository.Captured($"{Folder}/{test}.test"));
        RememberedFileTree files = CapturedMachines.Open($"{Folder}/{Value("source:")}");
        HwlocExpectation expected = HwlocExpectation.Read(Repository.Captured($"{Folder}/{Value("target:")}"));
        string options = Value("options:");

        new HwlocComparison(NsmTopologies.Get(files.AsSensor()), expected)
        {
            ShowsDisallowed = options.Contains("--disallowed", StringComparison.Ordinal),
            ShowsCaches = !options.Contains("--no-caches", StringComparison.Ordinal),
            ShowsInstructionCaches = !options.Contains("--no-icaches", StringComparison.Ordinal),
            LeavesOutWhatAddsNothing = options.Contains("--merge", StringComparison.Ordinal) || options.Contains("all:structure", StringComparison.Ordinal),
            // hwloc hides a GPU's memory on POWER unless told otherwise; we show it, and say whose it is.
            ShowsGpuMemory = Array.Exists(lines, line => line.Contains("HWLOC_KEEP_NVIDIA_GPU_NUMA_NODES=1", StringComparison.Ordinal)),
        }.AssertEqual();

        string Value(string key) => Array.Find(lines, line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim() ?? "";
    }
}

/// <summary>Compares packages, nodes, cores, threads, caches, distances and NICs with lstopo's.</summary>
internal sealed class HwlocComparison(NsmTopology actual, HwlocExpectation expected)
{
    public bool ShowsDisallowed { get; init; }

    public bool ShowsCaches { get; init; } = true;

    public bool ShowsInstructionCaches { get; init; } = true;

    public bool LeavesOutWhatAddsNothing { get; init; }

    public bool ShowsGpuMemory { get; init; }

    /// <summary>False where memory comes and goes between two readings: a virtual machine with a balloon.</summary>
    public bool ComparesMemory { get; init; } = true;

    private CpuList Seen => ShowsDisallowed ? actual.OnlineCpus : actual.AllowedCpus;

    private CpuList SeenNodes => ShowsDisallowed || !actual.HasNumaNodes ? CpuList.Of(actual.Nodes.Select(node => node.Node)) : actual.AllowedNodes;

    public void AssertEqual()
    {
        Assert.Equal(Seen, CpuList.Of(expected.OfType("PU").Select(thing => thing.Number!.Value)));
        Assert.Equal(Seen, CpuList.Of(actual.Threads.Select(thread => thread.Cpu)).Intersect(Seen));
        CompareSets("Package", actual.Packages.Select(package => (package.PackageId, package.Cpus)), canBeLeftOut: false);
        CompareSets("Core", actual.Cores.Select(core => (core.CoreId, core.Cpus)), LeavesOutWhatAddsNothing);
        CompareDies();
        CompareCaches();
        CompareNodes();
        CompareNics();
        CompareJoins();
    }

    private void CompareSets(string type, IEnumerable<(int? Id, CpuList Cpus)> sets, bool canBeLeftOut)
    {
        HashSet<string> actualSets = [.. sets.Select(set => (set.Id, Cpus: set.Cpus.Intersect(Seen))).Where(set => !set.Cpus.IsEmpty).Select(set => $"{set.Id}: {set.Cpus}")];

        // A package whose CPUs are all disallowed stays in hwloc's tree for its memory; there is nothing of ours to compare.
        HashSet<string> expectedSets = [.. expected.OfType(type).Where(thing => !thing.Cpus.IsEmpty).Select(thing => $"{thing.Number}: {thing.Cpus}")];
        Compare(type, expectedSets, actualSets, canBeLeftOut);
    }

    private void CompareDies()
    {
        // lstopo shows dies where they differ from packages only.
        HashSet<string> dies = [.. actual.Dies.Where(die => !actual.Packages.Any(package => package.Cpus.Equals(die.Cpus))).Select(die => $"{die.DieId}: {die.Cpus.Intersect(Seen)}")];
        HashSet<string> expectedDies = [.. expected.OfType("Die").Where(die => !actual.Packages.Any(package => package.Cpus.Equals(die.Cpus))).Select(die => $"{die.Number}: {die.Cpus}")];
        Compare("Die", expectedDies, dies, LeavesOutWhatAddsNothing);
    }

    private void CompareCaches()
    {
        if (!ShowsCaches)
        {
            Assert.DoesNotContain(expected.All, thing => thing.Type.EndsWith("Cache", StringComparison.Ordinal));
            return;
        }

        HashSet<string> expectedCaches = [.. expected.All
            .Where(thing => thing.Type[0] == 'L' && thing.Type.EndsWith("Cache", StringComparison.Ordinal) && !thing.Cpus.IsEmpty)
            .Select(thing => $"{thing.Type[..^5]} {thing.SizeBytes ?? Bytes(thing.SizeText)}: {thing.Cpus}")];
        HashSet<string> actualCaches = [.. actual.Caches
            .Where(cache => (ShowsInstructionCaches || cache.Type != CacheType.Instruction) && cache.Cpus.Overlaps(Seen))
            .Select(cache => $"{cache.Name} {Rounded(cache.SizeBytes)}: {cache.Cpus.Intersect(Seen)}")];
        Compare("Cache", expectedCaches, actualCaches, LeavesOutWhatAddsNothing);

        // The console form rounds sizes of 10 MiB and more to whole MiB.
        long? Rounded(long? bytes) => expected.OfType("PU").First().StatedCpus is null && bytes >= 10L << 20 ? (bytes + (1 << 19)) >> 20 << 20 : bytes;
    }

    private void CompareNodes()
    {
        HwlocObject[] expectedNodes = [.. expected.OfType("NUMANode")];
        NumaNode[] nodes = [.. actual.Nodes.Where(node => SeenNodes.Contains(node.Node) && (ShowsGpuMemory || node.DevicePciAddress is null))];

        // hwloc hides nodes without memory where others have some (CPU-only nodes, generic initiators).
        if (nodes.Any(node => node.MemoryTotalBytes > 0))
        {
            nodes = [.. nodes.Where(node => !node.IsMemoryless)];
        }

        // The merged forms omit a node that is the whole machine from the console, never from the counts.
        if (expectedNodes.Length == 0)
        {
            Assert.True(LeavesOutWhatAddsNothing && nodes.Length == 1);
            return;
        }

        Assert.Equal(expectedNodes.Select(node => node.Number).Order(), nodes.Select(node => (int?)node.Node).Order());
        foreach (HwlocObject wanted in expectedNodes)
        {
            NumaNode node = nodes.Single(candidate => candidate.Node == wanted.Number);
            CpuList local = node.LocalCpus.Intersect(Seen);
            CpuList wantedCpus = wanted.Cpus;
            Assert.True(wantedCpus.Equals(local) || (local.IsEmpty && wantedCpus.Equals(Seen)), $"node {node.Node}: CPUs {local}, not {wantedCpus}");
            if (ComparesMemory)
            {
                CompareMemory(wanted, node);
            }
        }

        foreach (((int from, int to), int distance) in expected.Distances)
        {
            Assert.Equal(distance, actual.Distances.Single(pair => pair.FromNode == from && pair.ToNode == to).Distance);
        }
    }

    private static void CompareMemory(HwlocObject wanted, NumaNode node)
    {
        if (wanted.MemoryText is string text)
        {
            long unit = Bytes("1" + text.TrimStart([.. "0123456789"]))!.Value;
            long rounded = Bytes(text)!.Value;
            Assert.InRange(node.MemoryTotalBytes!.Value, rounded - unit, rounded + unit);
        }
        else if (wanted.MemoryBytes is long bytes)
        {
            Assert.Equal(bytes, node.MemoryTotalBytes);
        }
    }

    private void CompareNics()
    {
        foreach (HwlocObject wanted in expected.All.Where(thing => thing.IsNetwork))
        {
            NicLocality nic = Assert.Single(actual.Nics, nic => nic.InterfaceName == wanted.Name);
            HwlocObject? device = wanted.Parent;
            Assert.Equal(device?.PciAddress, nic.PciAddress);
            Assert.Equal(wanted.Cpus, nic.LocalCpus is { IsEmpty: false } local ? local.Intersect(Seen) : Seen);
        }

        string[] names = [.. expected.All.Where(thing => thing.IsNetwork).Select(thing => thing.Name!)];
        Assert.All(actual.Nics, nic => Assert.Contains(nic.InterfaceName, names));
    }

    /// <summary>The join keys of threads lead to the objects that have them.</summary>
    private void CompareJoins()
    {
        foreach (CpuThread thread in actual.Threads)
        {
            Assert.True(thread.Core is null || actual.Cores.Single(core => core.Core == thread.Core).Cpus.Contains(thread.Cpu));
            Assert.True(thread.Package is null || actual.Packages.Single(package => package.Package == thread.Package).Cpus.Contains(thread.Cpu));
            Assert.True(thread.Node is null || actual.Nodes.Single(node => node.Node == thread.Node).Cpus.Contains(thread.Cpu));
            Assert.True(thread.L3 is null || actual.Caches.Single(cache => cache.Cache == thread.L3) is { Level: 3 } l3 && l3.Cpus.Contains(thread.Cpu));
        }
    }

    private static void Compare(string kind, HashSet<string> wanted, HashSet<string> found, bool canBeLeftOut)
    {
        string[] missing = [.. wanted.Except(found).Order(StringComparer.Ordinal)];
        string[] surplus = [.. found.Except(wanted).Order(StringComparer.Ordinal)];
        Assert.True(missing.Length == 0, $"{kind}: hwloc has {string.Join(" | ", missing)}; we have {string.Join(" | ", surplus)}");
        Assert.True(canBeLeftOut || surplus.Length == 0, $"{kind}: hwloc lacks {string.Join(" | ", surplus)}");
    }

    private static long? Bytes(string? text)
    {
        if (text is null)
        {
            return null;
        }

        long number = long.Parse(text[..^3], CultureInfo.InvariantCulture);
        return number << (text[^3] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 40 });
    }
}
