using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Topology;

/// <summary>Holds the topology against lscpu's, on the machines that the util-linux project gathered.</summary>
public sealed class LscpuTests
{
    private const string Folder = "machines-lscpu";

    public static TheoryData<string> Machines => CapturedMachines.Names(Folder, ".expected.txt");

    [Theory]
    [MemberData(nameof(Machines))]
    public void Topology_equals_that_of_lscpu(string machine)
    {
        Assert.SkipWhen(machine == CapturedMachines.Absent, "the captured machines are not here");
        string[] lines = File.ReadAllLines(Repository.Captured($"{Folder}/{machine}.expected.txt"));
        NsmTopology topology = NsmTopologies.Get(CapturedMachines.Open($"{Folder}/{machine}.tar.gz").AsSensor());

        CompareSummary(lines, topology);
        CompareGroups(lines, topology);
    }

    private static void CompareSummary(string[] lines, NsmTopology topology)
    {
        Dictionary<string, string> summary = lines.TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim());
        Assert.Equal(CpuList.Parse(summary["On-line CPU(s) list"]), topology.OnlineCpus);
        if (summary.TryGetValue("Off-line CPU(s) list", out string? offline))
        {
            Assert.Equal(CpuList.Parse(offline), topology.OfflineCpus);
        }

        if (summary.TryGetValue("Vendor ID", out string? vendor) && vendor is "GenuineIntel" or "AuthenticAMD")
        {
            Assert.Equal(vendor, topology.CpuVendor);
            Assert.Equal(summary["Model name"], topology.CpuModel);
            Assert.Equal(int.Parse(summary["CPU family"], CultureInfo.InvariantCulture), topology.CpuFamily);
            Assert.Equal(int.Parse(summary["Model"], CultureInfo.InvariantCulture), topology.CpuModelNumber);
        }

        foreach ((string key, string value) in summary.Where(pair => pair.Key.EndsWith(" cache", StringComparison.Ordinal)))
        {
            // lscpu sums the instances: "256 KiB (16 instances)".
            string[] parts = value.Split(' ');
            CpuCache[] caches = [.. topology.Caches.Where(cache => key == $"{cache.Name} cache")];
            Assert.Equal(long.Parse(parts[0], CultureInfo.InvariantCulture) << (parts[1] == "KiB" ? 10 : 20), caches.Sum(cache => cache.SizeBytes));
            Assert.Equal(int.Parse(parts[2].TrimStart('('), CultureInfo.InvariantCulture), caches.Length);
        }

        if (summary.TryGetValue("NUMA node(s)", out string? nodes))
        {
            Assert.Equal(int.Parse(nodes, CultureInfo.InvariantCulture), topology.Nodes.Length);
            foreach (NumaNode node in topology.Nodes)
            {
                Assert.Equal(CpuList.Parse(summary[$"NUMA node{node.Node} CPU(s)"]), node.Cpus);
            }
        }
        else
        {
            Assert.False(topology.HasNumaNodes);
        }
    }

    /// <summary>The first parsable block: CPUs with the same number in a column are in the same core, socket, node or cache.</summary>
    private static void CompareGroups(string[] lines, NsmTopology topology)
    {
        int header = Array.FindIndex(lines, line => line.StartsWith("# CPU,", StringComparison.Ordinal));
        string[] columns = lines[header][2..].Split(',');
        string[][] rows = [.. lines[(header + 1)..].TakeWhile(line => line.Length > 0).Select(line => line.Split(','))];
        Assert.Equal(topology.Threads.Length, rows.Length);

        // lscpu numbers the caches of one machine here by the kernel's ids; only the sharing is the same for both.
        Compare("Core", topology.Cores.Select(core => core.SiblingCpus));
        Compare("Socket", topology.Packages.Select(package => package.Cpus));
        Compare("Node", topology.HasNumaNodes ? topology.Nodes.Select(node => node.Cpus) : []);
        foreach (string cache in columns.Where(column => column.StartsWith('L')))
        {
            Compare(cache, topology.Caches.Where(candidate => candidate.Name == cache).Select(candidate => candidate.Cpus));
        }

        void Compare(string column, IEnumerable<CpuList> sets)
        {
            int index = Array.IndexOf(columns, column);
            IEnumerable<string> expected = rows.Where(row => row[index].Length > 0)
                .GroupBy(row => row[index])
                .Select(group => CpuList.Of(group.Select(row => int.Parse(row[0], CultureInfo.InvariantCulture))).ToString());
            Assert.Equal(expected.Order(StringComparer.Ordinal), sets.Select(set => set.ToString()).Distinct().Order(StringComparer.Ordinal));
        }
    }
}
