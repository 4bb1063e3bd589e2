using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Vm;

/// <summary>The topology that the module read in the guest is the one that lscpu, lstopo and numactl print there.</summary>
public sealed class GuestTopologyTests(GuestResults guest) : IClassFixture<GuestResults>
{
    private NsmTopology Topology => Assert.Single(guest.Records<NsmTopology>("Get-NsmTopology"));

    [Fact]
    public void Two_packages_of_two_cores_with_a_node_each()
    {
        Assert.Equal((2, 2, 4, 4), (Topology.Packages.Length, Topology.Nodes.Length, Topology.Cores.Length, Topology.Threads.Length));
        Assert.Equal(["0-1", "2-3"], Topology.Nodes.Select(node => node.Cpus.ToString()));
    }

    [Fact]
    public void Every_cpu_is_where_lscpu_has_it()
    {
        string[] printed = [.. JObject.Parse(GuestResults.Machine("lscpu-extended"))["cpus"]!.Select(cpu =>
            $"cpu {cpu["cpu"]} node {cpu["node"]} package {cpu["socket"]} core {cpu["core"]}")];

        Assert.Equal(printed, Topology.Threads.Select(thread => $"cpu {thread.Cpu} node {thread.Node} package {thread.Package} core {thread.Core}"));
    }

    [Fact]
    public void Every_object_of_lstopo_has_its_cpus()
    {
        XElement[] objects = [.. XDocument.Parse(Regex.Replace(GuestResults.Machine("lstopo"), "<!DOCTYPE[^>]*>", "")).Descendants("object")];

        Assert.Equal(Sets(objects, "Package"), Texts(Topology.Packages.Select(package => package.Cpus)));
        Assert.Equal(Sets(objects, "NUMANode"), Texts(Topology.Nodes.Select(node => node.LocalCpus)));
        Assert.Equal(Sets(objects, "Core"), Texts(Topology.Cores.Select(core => core.Cpus)));
        foreach ((string type, int level, CacheType kind) in new[]
        {
            ("L1Cache", 1, CacheType.Data), ("L1iCache", 1, CacheType.Instruction), ("L2Cache", 2, CacheType.Unified), ("L3Cache", 3, CacheType.Unified),
        })
        {
            CpuCache[] caches = [.. Topology.Caches.Where(cache => cache.Level == level && cache.Type == kind)];
            Assert.Equal(Sets(objects, type), Texts(caches.Select(cache => cache.Cpus)));
            Assert.All(caches, cache => Assert.Equal(Size(objects, type), cache.SizeBytes));
        }
    }

    [Fact]
    public void Distances_are_those_of_numactl()
    {
        string[] printed = [.. Regex.Matches(GuestResults.Machine("numactl"), @"^ +(\d+): +(.*?) *$", RegexOptions.Multiline)
            .Select(row => $"{row.Groups[1].Value}: {Regex.Replace(row.Groups[2].Value, " +", " ")}")];

        Assert.Equal(["0: 10 21", "1: 21 10"], printed);
        Assert.Equal(printed, Topology.Nodes.Select(node => $"{node.Node}: {string.Join(' ', node.Distances)}"));
    }

    [Theory]
    [MemberData(nameof(GuestResults.Cards), MemberType = typeof(GuestResults))]
    public void Every_card_is_at_the_node_that_lspci_prints(string card)
    {
        string path = GuestResults.Rows("devices").Single(row => row[0] == card)[1];
        string address = Regex.Matches(path, @"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")[^1].Value;
        string slot = GuestResults.Machine("lspci").Split("\n\n").Single(device => device.StartsWith(address[5..], StringComparison.Ordinal));
        int node = int.Parse(Regex.Match(slot, @"NUMA node: (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

        NicLocality nic = Topology.Nics.Single(nic => nic.InterfaceName == card);
        Assert.Equal((address, (int?)node), (nic.PciAddress, nic.Node));
        Assert.Contains(card, Topology.Nodes.Single(each => each.Node == node).InterfaceNames);
    }

    private static string[] Sets(XElement[] objects, string type) =>
        Texts(objects.Where(each => (string?)each.Attribute("type") == type).Select(each => Mask((string)each.Attribute("cpuset")!)));

    private static long? Size(XElement[] objects, string type) => (long?)objects.First(each => (string?)each.Attribute("type") == type).Attribute("cache_size");

    private static string[] Texts(IEnumerable<CpuList> sets) => [.. sets.Select(set => set.ToString()).Order(StringComparer.Ordinal)];

    // hwloc writes a mask: 0x0000000c. Four CPUs fit one word.
    private static CpuList Mask(string text)
    {
        uint bits = uint.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return CpuList.Parse(string.Join(',', Enumerable.Range(0, 32).Where(cpu => (bits >> cpu & 1) != 0)));
    }
}
