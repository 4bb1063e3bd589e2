using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>Finds the queue of each interrupt of one interface: by netlink, else by name, else by order.</summary>
internal sealed class IrqQueueMap
{
    // A range in a name is data of another: no more queues are taken from it where sysfs does not say how many there are.
    private const int MostQueuesOfVector = 64;

    private readonly Sensor _sensor;
    private readonly IrqFiles _irqs;
    private readonly string _interface;
    private readonly string _device;
    private readonly QueueCpus _queues;
    private readonly NetdevQueue[] _kernelQueues;
    private readonly Dictionary<long, int> _irqOfNapi = [];

    /// <summary>Asks the kernel for queues and NAPI instances.</summary>
    public IrqQueueMap(Sensor sensor, IrqFiles irqs, string interfaceName, string device)
    {
        _sensor = sensor;
        _irqs = irqs;
        _interface = interfaceName;
        _device = device;
        _queues = new QueueCpus(sensor.Files, interfaceName);
        _kernelQueues = [];

        // A kernel without the family (before 6.8), or a snapshot that has not asked it, is no obstacle: names are the other way.
        if (sensor.Files.ReadInt32($"/sys/class/net/{interfaceName}/ifindex") is int index
            && Netdev.Queues(sensor.Netlink, index).Try(out NetdevQueue[]? queues)
            && Netdev.Napis(sensor.Netlink, index).Try(out NetdevNapi[]? napis))
        {
            _kernelQueues = queues;
            foreach (NetdevNapi napi in napis)
            {
                if (napi.Irq is int irq)
                {
                    _irqOfNapi[napi.Id] = irq;
                }
            }
        }
    }

    /// <summary>A record for each queue and interrupt, and for each interrupt without queue.</summary>
    public List<IrqAffinity> Records()
    {
        List<Link> links = ByNetlink();
        List<Vector> vectors = Vectors(isMapped: links.Count > 0);
        links.AddRange(IsOneForAll(vectors, links) ? [ForAll(vectors[0])] : ByName(vectors, links));
        if (!links.Exists(link => link.Queue is not null))
        {
            links = ByOrder(links);
        }

        return [.. links.Select(Record)];
    }

    private List<Link> ByNetlink()
    {
        List<Link> links = [];
        foreach (IGrouping<(int Irq, int Queue), NetdevQueue> pair in _kernelQueues
            .Where(queue => queue.NapiId is long napi && _irqOfNapi.ContainsKey(napi))
            .GroupBy(queue => (_irqOfNapi[queue.NapiId!.Value], queue.Queue)))
        {
            bool receives = pair.Any(queue => queue.Type == NetdevQueueType.Rx);
            bool sends = pair.Any(queue => queue.Type == NetdevQueueType.Tx);
            IrqDirection direction = receives && sends ? IrqDirection.Combined : receives ? IrqDirection.Rx : IrqDirection.Tx;
            links.Add(new Link(pair.Key.Irq, NameOf(pair.Key.Irq), pair.Key.Queue, direction, IrqMapping.Netlink));
        }

        return links;
    }

    // Interrupts of the interface with the names of their handlers; one without a handler is spare and left out.
    private List<Vector> Vectors(bool isMapped)
    {
        List<int> numbers = FunctionIrqs();
        if (numbers.Count == 0 && !isMapped)
        {
            numbers = NamedIrqs();
        }

        List<Vector> vectors = [];
        foreach (int irq in numbers)
        {
            string[]? actions = _irqs.Actions(irq);
            if (actions is null)
            {
                vectors.Add(new Vector(irq, null, null));
            }
            else if (actions.Length > 0)
            {
                string name = actions.FirstOrDefault(action => IrqNames.Parse(Driver, action) is not null) ?? actions[0];
                IrqName? parsed = IrqNames.Parse(Driver, name);
                if (!IsOfAnother(parsed))
                {
                    vectors.Add(new Vector(irq, name, parsed));
                }
            }
        }

        return vectors;
    }

    private string? Driver => _sensor.Files.ReadLinkName(_device + "/driver");

    private List<int> FunctionIrqs()
    {
        string folder = _device;
        switch (_sensor.Files.ReadLinkName(_device + "/subsystem"))
        {
            case "auxiliary":
                // A subfunction shares the vectors of its parent; newer kernels list its own in a folder of it.
                return Numbers(folder + "/irqs");
            case "virtio":
            case null when folder[(folder.LastIndexOf('/') + 1)..].StartsWith("virtio", StringComparison.Ordinal):
                folder = folder[..Math.Max(folder.LastIndexOf('/'), 0)];
                break;
        }

        List<int> irqs = Numbers(folder + "/msi_irqs");
        if (irqs.Count == 0 && _sensor.Files.ReadInt32(folder + "/irq") is int line and > 0)
        {
            // Without MSI a PCI function has one interrupt line; it has a handler only while it is up.
            irqs.Add(line);
        }

        return irqs;
    }

    private List<int> Numbers(string folder) => [.. _sensor.Files.List(folder).Select(Number).Where(irq => irq > 0).Order()];

    private List<int> NamedIrqs() =>
        [.. _irqs.WithHandlers()
            .Where(line => Array.Exists(line.Actions, action => action == _interface || IrqNames.Parse(Driver, action)?.Interface == _interface))
            .Select(line => line.Irq)];

    // Two ports may share a PCI function; a name that is no interface's (any more) may still be this one's old name.
    private bool IsOfAnother(IrqName? name) =>
        name?.Interface is string other
        && other != _interface
        && _sensor.Files.Resolve($"/sys/class/net/{other}/device") == _device;

    // One interrupt for everything: MSI, a line, or a device with a single vector. Its name is the interface's, or says nothing.
    private static bool IsOneForAll(List<Vector> vectors, List<Link> links) =>
        links.Count == 0
        && vectors is [{ Name: not null } only]
        && only.Parsed is null or { Form.Service: IrqService.Other, Interface: not null };

    private Link ForAll(Vector vector)
    {
        bool isOnePair = _queues is { RxCount: 1, TxCount: <= 1 };
        return new Link(vector.Irq, vector.Name, isOnePair ? 0 : null, isOnePair ? IrqDirection.Combined : IrqDirection.Other, IrqMapping.Name);
    }

    private List<Link> ByName(List<Vector> vectors, List<Link> byNetlink)
    {
        HashSet<int> mapped = [.. byNetlink.Select(link => link.Irq)];
        List<Link> links = [];
        foreach (Vector vector in vectors.Where(vector => !mapped.Contains(vector.Irq)))
        {
            if (vector.Parsed is not IrqName name)
            {
                links.Add(Serving(vector, null, IrqDirection.Other, IrqMapping.None));
                continue;
            }

            IrqDirection direction = (IrqDirection)name.Form.Service;
            switch (name.Form.Numbering)
            {
                case IrqNumbering.Queue:
                    for (int queue = name.First; queue <= Math.Clamp(name.Last, name.First, LastOf(name.First)); queue++)
                    {
                        links.Add(InUse(vector, queue, direction));
                    }

                    break;
                case IrqNumbering.Vector:
                    links.Add(InUse(vector, Rank(vector, vectors), direction));
                    break;
                case IrqNumbering.Block:
                    int half = vectors.Count(other => other.Parsed?.Form.Numbering == IrqNumbering.Block) / 2;
                    links.Add(name.First < half ? InUse(vector, name.First, IrqDirection.Tx) : InUse(vector, name.First - half, IrqDirection.Rx));
                    break;
                default:
                    links.Add(Serving(vector, null, IrqDirection.Other, IrqMapping.Name));
                    break;
            }
        }

        // The kernel's word goes before the name's: a queue that netlink placed has no second interrupt.
        return [.. links.Select(link => byNetlink.Exists(sure => sure.Queue == link.Queue && Overlap(sure.Direction, link.Direction))
            ? link with { Queue = null, Direction = IrqDirection.Other }
            : link)];
    }

    private int LastOf(int first)
    {
        int count = Math.Max(_queues.RxCount, _queues.TxCount);
        return Math.Max(first, count > 0 ? count - 1 : first + MostQueuesOfVector - 1);
    }

    private static bool Overlap(IrqDirection left, IrqDirection right) =>
        left == right || left == IrqDirection.Combined || right == IrqDirection.Combined;

    private static int Rank(Vector vector, List<Vector> all) =>
        all.Count(other => other.Parsed is IrqName name && name.Form.Service == vector.Parsed!.Form.Service && name.First < vector.Parsed.First);

    // Drivers keep vectors for queues that are not in use: virtio for all pairs that the device has, mlx5 for RDMA, gve up to the most.
    private Link InUse(Vector vector, int queue, IrqDirection direction)
    {
        int count = direction switch
        {
            IrqDirection.Rx => _queues.RxCount,
            IrqDirection.Tx => _queues.TxCount,
            _ => Math.Max(_queues.RxCount, _queues.TxCount),
        };
        return count == 0 || queue < count
            ? Serving(vector, queue, direction, IrqMapping.Name)
            : Serving(vector, null, IrqDirection.Other, IrqMapping.Name);
    }

    private static Link Serving(Vector vector, int? queue, IrqDirection direction, IrqMapping mapping) =>
        new(vector.Irq, vector.Name, queue, direction, mapping);

    private List<Link> ByOrder(List<Link> links)
    {
        List<Link> unknown = [.. links.Where(link => link.MappedBy == IrqMapping.None).OrderBy(link => link.Irq)];
        int pairs = _queues.RxCount;
        if (pairs == 0 || unknown.Count != pairs || (_queues.TxCount != pairs && _queues.TxCount != 0))
        {
            return links;
        }

        return
        [
            .. links.Except(unknown),
            .. unknown.Select((link, queue) => link with { Queue = queue, Direction = IrqDirection.Combined, MappedBy = IrqMapping.MsiOrder }),
        ];
    }

    private IrqAffinity Record(Link link)
    {
        IrqAffinity irq = _irqs.Read(link.Irq, link.Name);
        bool receives = link.Direction is IrqDirection.Rx or IrqDirection.Combined;
        bool sends = link.Direction is IrqDirection.Tx or IrqDirection.Combined;
        return irq with
        {
            InterfaceName = _interface,
            Queue = link.Queue,
            Direction = link.Direction,
            MappedBy = link.MappedBy,
            NapiId = link.Queue is int queue ? Napi(queue, receives ? NetdevQueueType.Rx : NetdevQueueType.Tx) : null,
            RpsCpus = link.Queue is int rx && receives ? _queues.Rps(rx) : null,
            XpsCpus = link.Queue is int tx && sends ? _queues.Xps(tx) : null,
            Notes = link.MappedBy == IrqMapping.MsiOrder
                ? [.. irq.Notes, "The queue is assumed: the device has as many interrupts as queues, and they are taken in order."]
                : irq.Notes,
        };
    }

    private long? Napi(int queue, NetdevQueueType type)
    {
        foreach (NetdevQueue candidate in _kernelQueues)
        {
            if (candidate.Queue == queue && candidate.Type == type)
            {
                return candidate.NapiId;
            }
        }

        return null;
    }

    private string? NameOf(int irq) => _irqs.Actions(irq) is { Length: > 0 } actions ? actions[0] : null;

    private static int Number(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;

    private sealed record Vector(int Irq, string? Name, IrqName? Parsed);

    private sealed record Link(int Irq, string? Name, int? Queue, IrqDirection Direction, IrqMapping MappedBy);
}
