using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Topology;

public sealed class GetNsmTopologyTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Survives_a_session_with_all_its_parts()
    {
        BigMachine.Write(_folder.Path);

        EngineResult result = _engine.Run(
            """
            $topology = Get-NsmTopology -Snapshot $args[0]
            $topology
            [ZeptAdmin.Topology.NsmTopology][System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($topology))
            """,
            _folder.Path);

        Assert.Empty(result.Errors);
        NsmTopology[] both = [.. result.Output.Select(each => Assert.IsType<NsmTopology>(each.BaseObject))];
        Assert.Equal(2, both.Length);
        Assert.Equal(both[0].Threads, both[1].Threads);
        Assert.Equal(both[0].Cores, both[1].Cores);
        Assert.Equal(both[0].Caches, both[1].Caches);
        Assert.Equal(both[0].Distances, both[1].Distances);
        Assert.Equal(both[0].Nodes.Select(node => (node.Node, node.Cpus, node.MemoryTotalBytes)), both[1].Nodes.Select(node => (node.Node, node.Cpus, node.MemoryTotalBytes)));
        Assert.Equal((both[0].Partitioning, both[0].AllowedCpus), (both[1].Partitioning, both[1].AllowedCpus));
    }

    [Fact]
    public void A_snapshot_that_is_not_there_ends_the_command() =>
        Assert.Equal(["UnreadableData"], _engine.Run("Get-NsmTopology -Snapshot $args[0]", Path.Combine(_folder.Path, "gone")).ErrorIds);
}
