using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Reports;

/// <summary>Pictures of machines, as SVG files that need nothing else.</summary>
public static class TopologyPictures
{
    /// <summary>Draws a machine into a file.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="path">Where to write.</param>
    /// <param name="plan">Plan whose CPUs are marked; null for the interrupts as they are.</param>
    /// <param name="workers">CPUs on which workers run, where no plan tells; empty for those to which processes with AF_PACKET sockets are pinned.</param>
    /// <param name="replace">True to replace a file that is there.</param>
    /// <exception cref="KernelException">EEXIST when there is a file and it is not to be replaced; else why it cannot be written.</exception>
    public static void Save(Sensor sensor, string path, NsmPlan? plan, CpuList workers, bool replace) =>
        ReportFiles.Write(path, "write the picture", replace, () => Draw(sensor, plan, workers));

    /// <summary>The SVG of a machine.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="plan">Plan whose CPUs are marked; null for the interrupts as they are.</param>
    /// <param name="workers">CPUs on which workers run, where no plan tells; empty for those to which processes with AF_PACKET sockets are pinned.</param>
    public static string Draw(Sensor sensor, NsmPlan? plan, CpuList workers)
    {
        NsmTopology topology = NsmTopologies.Get(sensor);
        Nic[] nics = NicsOf(sensor, topology);
        TopologyMarks marks = plan is null
            ? TopologyMarks.Of(topology, nics, IrqsOf(sensor, topology), workers.IsEmpty ? WorkersOf(SocketsOf(sensor)) : workers)
            : TopologyMarks.OfPlan(topology, nics, plan);
        return TopologyPicture.Draw(topology, marks, isAlone: true);
    }

    /// <summary>What the machine says of its ports; one that says nothing is left out.</summary>
    internal static Nic[] NicsOf(Sensor sensor, NsmTopology topology) =>
        [.. topology.Nics.SelectMany<NicLocality, Nic>(nic => NicReader.Get(sensor, nic.InterfaceName).Try(out Nic? known) ? [known] : [])];

    /// <summary>Where the interrupts of its ports go; a port without any is left out.</summary>
    internal static IrqAffinity[] IrqsOf(Sensor sensor, NsmTopology topology)
    {
        IrqAffinities affinities = new(sensor);
        return [.. topology.Nics.SelectMany<NicLocality, IrqAffinity>(nic => affinities.Get(nic.InterfaceName).Try(out IrqAffinity[]? known) ? known : [])];
    }

    /// <summary>The AF_PACKET sockets of the machine; none where it does not tell.</summary>
    internal static AfPacketSocket[] SocketsOf(Sensor sensor) => AfPacketSockets.Get(sensor).Try(out AfPacketSocket[]? sockets) ? sockets : [];

    /// <summary>CPUs to which those who receive are pinned, one each. One that may run anywhere has no place.</summary>
    internal static CpuList WorkersOf(IEnumerable<AfPacketSocket> sockets) =>
        CpuList.Of(sockets.Where(socket => socket is { IsReceiving: true, AllowedCpus.Count: 1 }).Select(socket => socket.AllowedCpus!.First));
}
