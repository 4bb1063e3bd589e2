using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Workers;

/// <summary>What of a machine decides where workers belong: processes of Zeek, threads of Suricata.</summary>
internal sealed class WorkerMachine
{
    private readonly Sensor _sensor;
    private readonly IrqAffinities _irqs;
    private readonly Dictionary<string, CpuList> _irqCpus = [];
    private AfPacketSocket[]? _groups;

    /// <summary>Looks at a machine.</summary>
    public WorkerMachine(Sensor sensor)
    {
        _sensor = sensor;
        _irqs = new IrqAffinities(sensor);
        Topology = NsmTopologies.Get(sensor);
    }

    /// <summary>Its topology.</summary>
    public NsmTopology Topology { get; }

    /// <summary>Name of the machine.</summary>
    public string Name => _sensor.Name;

    /// <summary>True when the interface is there.</summary>
    public bool Has(string interfaceName) => _sensor.HasInterface(interfaceName);

    /// <summary>CPUs of the card's node; null when the firmware does not say, or the machine has one node.</summary>
    public CpuList? NodeCpus(string interfaceName) =>
        Topology.Nodes.Length > 1 && Array.Find(Topology.Nics, nic => nic.InterfaceName == interfaceName)?.Node is int node ? Array.Find(Topology.Nodes, item => item.Node == node)?.Cpus : null;

    /// <summary>CPUs that the interrupts of the receive queues go to; empty when that is not known.</summary>
    public CpuList IrqCpus(string interfaceName)
    {
        if (!_irqCpus.TryGetValue(interfaceName, out CpuList? cpus))
        {
            cpus = _irqs.Get(interfaceName).Try(out IrqAffinity[]? irqs)
                ? irqs.Where(irq => irq.Direction is IrqDirection.Rx or IrqDirection.Combined && irq.Queue is not null)
                    .Select(irq => irq.EffectiveCpus is { IsEmpty: false } effective ? effective : irq.RequestedCpus)
                    .OfType<CpuList>()
                    .Where(list => list.Count < Topology.OnlineCpus.Count || list.Count == 1)
                    .Aggregate(CpuList.Empty, (all, list) => all.Union(list))
                : CpuList.Empty;
            _irqCpus[interfaceName] = cpus;
        }

        return cpus;
    }

    /// <summary>Receive queues; null when the machine does not say.</summary>
    public int? Queues(string interfaceName) => _sensor.HasInterface(interfaceName) && NicReader.Get(_sensor, interfaceName).Try(out Nic? nic) && nic.RxQueues > 0 ? nic.RxQueues : null;

    /// <summary>CPUs of the cores of some CPUs: themselves, and the threads beside them.</summary>
    public CpuList WithSiblings(CpuList cpus) => Topology.Cores.Where(core => core.Cpus.Overlaps(cpus)).Aggregate(cpus, (all, core) => all.Union(core.Cpus));

    /// <summary>Fanout groups that programs have now; empty when the machine does not tell its sockets.</summary>
    public AfPacketSocket[] Groups => _groups ??= AfPacketSockets.Get(_sensor).Try(out AfPacketSocket[]? sockets) ? [.. sockets.Where(socket => socket.FanoutId is not null)] : [];

    /// <summary>CPUs of the cores that the interrupts of some ports go to.</summary>
    public CpuList IrqCores(string[] sources) =>
        WithSiblings(sources.Where(Has).Aggregate(CpuList.Empty, (all, source) => all.Union(IrqCpus(source))));

    /// <summary>CPUs for so many workers of a source, each a core of its own, apart from those that are taken.</summary>
    public int[] FreeCpus(string source, CpuList taken, int count)
    {
        CpuList near = NodeCpus(source)?.Intersect(UsableCpus) ?? UsableCpus;
        List<int> cpus = [];
        foreach (int cpu in near.Except(taken).ToArray())
        {
            if (cpus.Count < count && !WithSiblings(CpuList.Of([cpu])).Overlaps(CpuList.Of(cpus)))
            {
                cpus.Add(cpu);
            }
        }

        return [.. cpus];
    }

    /// <summary>CPUs for what looks at no packets: the lowest that no interrupt of a capture port and no worker has, where the system is by default.</summary>
    public int[] SystemCpus(string[] sources, int[] workers)
    {
        CpuList usable = UsableCpus.Except(IrqCores(sources)).Except(CpuList.Of(workers));
        CpuList near = sources.Select(NodeCpus).OfType<CpuList>().Aggregate(CpuList.Empty, (all, list) => all.Union(list));
        // A core of another node does as well, and leaves the card's to the workers.
        int[] far = usable.Except(near).ToArray();
        int[] all = far.Length > 0 && !near.IsEmpty ? far : usable.ToArray();
        return all.Length > 0 ? [.. all.Take(far.Length > 0 && !near.IsEmpty ? 3 : 1)] : [0];
    }

    private CpuList UsableCpus => Topology.OnlineCpus.Intersect(Topology.AllowedCpus);
}
