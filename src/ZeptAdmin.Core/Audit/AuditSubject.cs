using System.Runtime.ExceptionServices;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Memory;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Audit;

/// <summary>What an audit looks at: a machine, its capture interfaces, and each reading of them made once.</summary>
public sealed class AuditSubject
{
    private readonly Dictionary<(Type Type, string Key), object> _readings = [];

    /// <summary>Makes the subject of an audit.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="interfaceNames">Interfaces that count as capture ports; null to find them.</param>
    public AuditSubject(Sensor sensor, string[]? interfaceNames = null)
    {
        Sensor = sensor;
        AreNamed = interfaceNames is not null;
        InterfaceNames = interfaceNames ?? CaptureInterfaces.Find(sensor);
    }

    /// <summary>The machine.</summary>
    public Sensor Sensor { get; }

    /// <summary>Interfaces that count as capture ports.</summary>
    public string[] InterfaceNames { get; }

    /// <summary>True when somebody said which interfaces are capture ports, false when they were found.</summary>
    internal bool AreNamed { get; }

    /// <summary>The machine's topology.</summary>
    internal NsmTopology Topology => Read(NsmTopologies.Get);

    /// <summary>True under a hypervisor, where nodes, slots and modules are what the host makes them look like.</summary>
    internal bool IsVirtualMachine => Topology.IsVirtualMachine == true;

    /// <summary>The kernel's version; null when it does not say.</summary>
    internal KernelVersion? Kernel => KernelVersion.Of(Sensor.Files);

    /// <summary>What irqbalance does.</summary>
    internal IrqBalance IrqBalance => Read(IrqBalances.Get);

    /// <summary>The rules of the memory layout.</summary>
    internal MemoryCheck[] MemoryLayout => Read<MemoryCheck[]>(sensor => Memory.MemoryLayout.Test(sensor));

    /// <summary>A reading of the machine, made at the first question for it and shared by all checks.</summary>
    public T Read<T>(Func<Sensor, T> read)
        where T : notnull =>
        Read("", (sensor, _) => read(sensor));

    /// <summary>A reading of an interface, made at the first question for it and shared by all checks.</summary>
    /// <remarks>One that fails is not tried again: it fails in the same way for all.</remarks>
    public T Read<T>(string interfaceName, Func<Sensor, string, T> read)
        where T : notnull
    {
        if (!_readings.TryGetValue((typeof(T), interfaceName), out object? reading))
        {
            reading = Try(read, interfaceName);
            _readings[(typeof(T), interfaceName)] = reading;
        }

        if (reading is ExceptionDispatchInfo failure)
        {
            failure.Throw();
        }

        return (T)reading;
    }

    /// <summary>Driver, card and state of an interface.</summary>
    internal Answer<Nic> Nic(string name) => Read(name, NicReader.Get);

    /// <summary>Receive-side scaling of an interface.</summary>
    internal Answer<NicRss> Rss(string name) => Read(name, NicRssReader.Get);

    /// <summary>Ring depths of an interface.</summary>
    internal Answer<NicRing> Ring(string name) => Read(name, NicRings.Get);

    /// <summary>Coalescing of an interface.</summary>
    internal Answer<NicCoalesce> Coalesce(string name) => Read(name, NicCoalesces.Get);

    /// <summary>Features of an interface.</summary>
    internal Answer<NicFeature[]> Features(string name) => Read(name, NicFeatures.Get);

    /// <summary>Private flags of an interface.</summary>
    internal Answer<NicPrivateFlag[]> Flags(string name) => Read(name, NicPrivateFlags.Get);

    /// <summary>Flow rules of an interface.</summary>
    internal Answer<NicFlowRule[]> FlowRules(string name) => Read(name, NicFlowRules.Get);

    /// <summary>Counters of an interface.</summary>
    internal Answer<NicCounter[]> Counters(string name) => Read(name, NicCounters.Get);

    /// <summary>Queues of an interface and their interrupts.</summary>
    internal Answer<IrqAffinity[]> Irqs(string name) =>
        Read(name, (_, _) => Read(sensor => new IrqAffinities(sensor)).Get(name));

    /// <summary>Receive queues with their interrupts, by queue.</summary>
    internal Answer<IrqAffinity[]> RxIrqs(string name) =>
        Irqs(name).Select<IrqAffinity[]>(irqs => [.. irqs.Where(irq => irq.Queue is not null && irq.Direction is IrqDirection.Rx or IrqDirection.Combined)]);

    /// <summary>Driver of an interface; null when it does not say.</summary>
    internal string? Driver(string name) => Nic(name).Try(out Nic? nic) ? nic.Driver : null;

    /// <summary>Receive queues that packets are spread over; null when the machine does not say.</summary>
    internal int? Queues(string name)
    {
        if (Rss(name).Try(out NicRss? rss) && (rss.TableSize is not null || rss.Queues is not null))
        {
            return rss.TableSize is null ? rss.Queues : rss.QueueShare.Count(queue => queue.Entries > 0);
        }

        return Nic(name).Try(out Nic? nic) ? nic.RxQueues : null;
    }

    /// <summary>True when the interface carries a default route: people log in by it.</summary>
    internal bool IsManagementPort(string name) => Read(CaptureInterfaces.Routed).Contains(name);

    private object Try<T>(Func<Sensor, string, T> read, string interfaceName)
        where T : notnull
    {
        try
        {
            return read(Sensor, interfaceName);
        }
        catch (KernelException e)
        {
            return ExceptionDispatchInfo.Capture(e);
        }
        catch (KernelFormatException e)
        {
            return ExceptionDispatchInfo.Capture(e);
        }
    }
}
