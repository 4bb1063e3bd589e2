using System.Collections;
using System.Globalization;
using System.Reflection;
using ZeptAdmin.Linux;
using ZeptAdmin.Pcie;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Topology;

/// <summary>
/// No file of any captured machine can make the reader fail: each that it reads is removed, cut off and filled with rubbish in turn.
/// A seeded sample by default; all of them with ZEPTADMIN_FULL=1.
/// </summary>
public sealed class BrokenMachineTests
{
    private const int SampleSize = 40;

    private static readonly byte[][] Rubbish =
    [
        [], "\n"u8.ToArray(), "-1\n"u8.ToArray(), "99999999999999999999\n"u8.ToArray(), "ffffffff,ffffffff,ffffffff,ffffffff\n"u8.ToArray(),
        "0-65535\n"u8.ToArray(), "0-99999999\n"u8.ToArray(), "65535\n"u8.ToArray(), "(null)\n"u8.ToArray(), [0, 255, 254, 10, 58, 44, 45], "1 2 x :: ,,,---///\n"u8.ToArray(),
    ];

    public static TheoryData<string> Archives
    {
        get
        {
            TheoryData<string> archives = [];
            foreach ((string folder, string extension) in new[] { ("machines-hwloc", ".tar.bz2"), ("machines-lscpu", ".tar.gz") })
            {
                foreach (TheoryDataRow<string> row in CapturedMachines.Names(folder, extension))
                {
                    archives.Add($"{folder}/{row.Data}{extension}");
                }
            }

            return archives;
        }
    }

    [Theory]
    [MemberData(nameof(Archives))]
    public void No_broken_file_breaks_the_topology(string archive)
    {
        Assert.SkipWhen(archive.Contains(CapturedMachines.Absent, StringComparison.Ordinal), "the captured machines are not here");
        RememberedFileTree whole = CapturedMachines.Open(archive);
        AssertSane(whole, "whole");
        Random random = new(archive.Length);
        string[] paths = whole.FilesRead;
        if (Environment.GetEnvironmentVariable("ZEPTADMIN_FULL") != "1")
        {
            paths = [.. random.GetItems(paths, SampleSize).Distinct()];
        }

        foreach (string path in paths)
        {
            ReadOnlySpan<byte> content = whole.Read(path).Bytes.Span;
            byte[]?[] changes = [null, content[..random.Next(content.Length + 1)].ToArray(), Rubbish[random.Next(Rubbish.Length)]];
            foreach (byte[]? change in changes)
            {
                string what = $"{path} {(change is null ? "removed" : Convert.ToHexString(change))}";
                try
                {
                    AssertSane(whole.With(path, change), what);
                }
                catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
                {
                    Assert.Fail($"{what}: {e}");
                }
            }
        }
    }

    [Fact]
    public void Nothing_at_all_is_a_topology_of_nothing()
    {
        NsmTopology topology = NsmTopologies.Get(new CapturedFileTree(new MemoryFolder()).AsSensor());

        Assert.Empty(topology.Threads);
        Assert.Equal(NumaPartitioning.Unknown, topology.Partitioning);
        AssertSane(topology, "empty");
    }

    private static void AssertSane(FileTree files, string what)
    {
        Sensor sensor = files.AsSensor();
        NsmTopology topology = NsmTopologies.Get(sensor);
        AssertSane(topology, what);
        foreach (NicLocality nic in topology.Nics)
        {
            if (new PcieLinks(sensor).Get(nic.InterfaceName).Try(out PcieLink? link))
            {
                AssertNoNegatives(link, what);
                Assert.All(link.Hops, hop => AssertNoNegatives(hop, what));
            }
        }
    }

    private static void AssertSane(NsmTopology topology, string what)
    {
        AssertNoNegatives(topology, what);
        HashSet<int?> cores = [.. topology.Cores.Select(core => (int?)core.Core)];
        HashSet<int?> packages = [.. topology.Packages.Select(package => (int?)package.Package)];
        HashSet<int?> nodes = [.. topology.Nodes.Select(node => (int?)node.Node)];
        HashSet<int?> caches = [.. topology.Caches.Select(cache => (int?)cache.Cache)];
        Assert.All(topology.Threads, thread =>
        {
            Assert.True(thread.Core is null || cores.Contains(thread.Core), what);
            Assert.True(thread.Package is null || packages.Contains(thread.Package), what);
            Assert.True(thread.Node is null || nodes.Contains(thread.Node), what);
            Assert.True(thread.L3 is null || caches.Contains(thread.L3), what);
        });
        Assert.Equal(topology.OnlineCpus.Count, topology.Threads.Length);
        Assert.Equal(packages.Count, topology.Packages.Length);
        Assert.True(topology.AllowedCpus.IsSubsetOf(topology.OnlineCpus), what);
        Assert.All(topology.Packages, package => Assert.True(!package.Cpus.IsEmpty && package.Cpus.IsSubsetOf(topology.OnlineCpus), what));
        Assert.All(topology.Cores, core => Assert.True(!core.Cpus.IsEmpty && core.Cpus.IsSubsetOf(topology.OnlineCpus), what));
        Assert.All(topology.Caches, cache => Assert.True(!cache.Cpus.IsEmpty && cache.Cpus.IsSubsetOf(topology.OnlineCpus), what));
        Assert.All(topology.Nodes, node => Assert.True(node.Cpus.IsSubsetOf(topology.OnlineCpus) && node.LocalCpus.IsSubsetOf(topology.OnlineCpus), what));
        Assert.All(topology.Nodes, node => Assert.True(node.Distances.Length == 0 || node.Distances.Length == topology.Nodes.Length, what));
    }

    /// <summary>Walks the records: no array is null, no number negative.</summary>
    private static void AssertNoNegatives(object record, string what)
    {
        foreach (PropertyInfo property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            object? value = property.GetValue(record);
            if (property.PropertyType.IsArray)
            {
                Assert.True(value is not null, $"{what}: {property.Name} is null");
                foreach (object item in (IEnumerable)value!)
                {
                    Check(item, property.Name);
                }
            }
            else if (value is not null)
            {
                Check(value, property.Name);
            }
        }

        void Check(object value, string name)
        {
            if (value is int or long)
            {
                Assert.True(Convert.ToInt64(value, CultureInfo.InvariantCulture) >= 0, $"{what}: {name} is {value}");
            }
            else if (value.GetType().Namespace == typeof(NsmTopology).Namespace && value is not Enum)
            {
                AssertNoNegatives(value, what);
            }
        }
    }
}
