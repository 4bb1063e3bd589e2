using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Topology;

public sealed class NumaInferenceTests
{
    // Vendor, family and model of real CPUs: E5-2680 v3 (0x3f), Gold 6230 (0x55), Opteron 6276 (family 15h), EPYC 9554 (family 19h), Neoverse.
    [Theory]
    [InlineData("GenuineIntel", 6, 0x3f, false, 2, 2, NumaPartitioning.None)]
    [InlineData("GenuineIntel", 6, 0x3f, false, 2, 4, NumaPartitioning.ClusterOnDie)]
    [InlineData("GenuineIntel", 6, 0x55, false, 2, 4, NumaPartitioning.SubNumaClustering)]
    [InlineData("GenuineIntel", 6, 0x55, false, 2, 1, NumaPartitioning.NodeInterleaving)]
    [InlineData("GenuineIntel", 6, 0x55, true, 2, 1, NumaPartitioning.Unknown)]
    [InlineData("GenuineIntel", 6, 0x55, false, 1, 1, NumaPartitioning.None)]
    [InlineData("AuthenticAMD", 0x15, 1, false, 4, 8, NumaPartitioning.MultiNodePackage)]
    [InlineData("AuthenticAMD", 0x19, 0x11, false, 2, 8, NumaPartitioning.NodesPerSocket)]
    [InlineData("AuthenticAMD", 0x19, 0x11, false, 2, 16, NumaPartitioning.L3AsNode)]
    [InlineData("ARM", null, null, false, 1, 2, NumaPartitioning.MultiNodePackage)]
    public void The_numbers_tell_the_setting_of_the_firmware(
        string vendor, int? family, int? model, bool isVirtual, int packages, int nodes, NumaPartitioning expected)
    {
        CpuIdentity identity = new(vendor, null, family, model, isVirtual);
        CpuCache[] caches = [.. Enumerable.Range(0, 16).Select(index => new CpuCache { Cache = index, Level = 3 })];

        Assert.Equal(expected, NumaInference.Infer(identity, Packages(packages), Nodes(nodes), caches, hasNodes: true));
    }

    [Fact]
    public void Nodes_without_CPUs_do_not_count()
    {
        NumaNode[] nodes = [.. Nodes(2), new NumaNode { Node = 2, IsMemoryOnly = true }];

        Assert.Equal(NumaPartitioning.None, NumaInference.Infer(new CpuIdentity("GenuineIntel", null, 6, 0x55, false), Packages(2), nodes, [], hasNodes: true));
        Assert.Equal(1, NumaInference.NodesPerPackage(Packages(2), nodes));
    }

    [Fact]
    public void A_kernel_without_nodes_tells_nothing() =>
        Assert.Equal(NumaPartitioning.Unknown, NumaInference.Infer(new CpuIdentity("GenuineIntel", null, 6, 0x55, false), Packages(2), Nodes(1), [], hasNodes: false));

    private static CpuPackage[] Packages(int count) => [.. Enumerable.Range(0, count).Select(index => new CpuPackage { Package = index })];

    private static NumaNode[] Nodes(int count) => [.. Enumerable.Range(0, count).Select(index => new NumaNode { Node = index, Cpus = CpuList.Of([index]) })];
}
