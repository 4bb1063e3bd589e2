using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Topology;

/// <summary>Reads the topology of a machine.</summary>
public static class NsmTopologies
{
    /// <summary>The topology; what the kernel does not say is null or empty in it.</summary>
    /// <remarks>Needs no privileges.</remarks>
    public static NsmTopology Get(Sensor sensor)
    {
        FileTree files = sensor.Files;
        CpuIdentity identity = CpuIdentity.Read(files);
        CpuTree cpus = CpuTree.Read(files, identity.HasComputeUnits);
        NodeTree nodes = NodeTree.Read(files, cpus.Online);
        return new TopologyAssembly(sensor, identity, cpus, nodes).Assemble();
    }
}
