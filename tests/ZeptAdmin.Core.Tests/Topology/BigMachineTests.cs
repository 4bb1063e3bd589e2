using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Topology;

public sealed class BigMachineTests
{
    [Fact]
    public void A_server_of_256_CPUs_is_counted_as_it_was_made()
    {
        using TemporaryFolder folder = new();
        BigMachine.Write(folder.Path);
        using Sensor sensor = Sensor.Open(folder.Path);

        NsmTopology topology = NsmTopologies.Get(sensor);

        Assert.Equal((2, BigMachine.Cores, BigMachine.Cpus, BigMachine.Nodes), (topology.Packages.Length, topology.Cores.Length, topology.Threads.Length, topology.Nodes.Length));
        Assert.Equal(BigMachine.L3s, topology.Caches.Count(cache => cache.Level == 3));
        Assert.Equal("0-15,128-143", topology.Nodes[0].Cpus.ToString());
        Assert.Equal(4, topology.NodesPerPackage);
        Assert.True(topology.IsSmtActive ?? true);
    }
}
