using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Drops;

/// <summary>A group and what it is held against.</summary>
internal sealed record AfPacketFanoutGroup
{
    private const string OrderIsAssumed = "The order in which the sockets were made is assumed to be that of joining; Test-AfPacketFanout -Interval measures.";

    /// <summary>Members, in the order in which their sockets were made; at least one.</summary>
    public required AfPacketSocket[] Sockets { get; init; }

    /// <summary>Driver of the interface; null when it does not say.</summary>
    public string? Driver { get; init; }

    /// <summary>Receive queues of the interface; 0 when the machine does not tell.</summary>
    public int Queues { get; init; }

    /// <summary>The one CPU that each queue's interrupt goes to.</summary>
    public IReadOnlyDictionary<int, int> IrqCpus { get; init; } = new Dictionary<int, int>();

    /// <summary>NUMA nodes by CPU.</summary>
    public IReadOnlyDictionary<int, int?> Nodes { get; init; } = new Dictionary<int, int?>();

    /// <summary>NUMA node of the card; null when it is not told.</summary>
    public int? Node { get; init; }

    /// <summary>How it shares packets out.</summary>
    public AfPacketFanoutMode Mode => Sockets[0].FanoutMode ?? AfPacketFanoutMode.Hash;

    /// <summary>Share of the packets that each member gets, by number of its socket, where it was measured; null where it was not.</summary>
    public IReadOnlyDictionary<long, double>? Shares { get; init; }

    /// <summary>Share of the packets that some members get: as measured, else by the queues that feed them, else each the same.</summary>
    public double ShareOf(IEnumerable<AfPacketSocket> members)
    {
        HashSet<long> inodes = [.. members.Select(member => member.Inode)];
        AfPacketFanoutLink[] links = Shares is null ? Links : [];
        return Shares is not null ? inodes.Sum(inode => Shares.GetValueOrDefault(inode))
            : links.Length > 0 ? (double)links.Count(link => link.Inode is long inode && inodes.Contains(inode)) / links.Length
            : (double)inodes.Count / Sockets.Length;
    }

    /// <summary>Which member each queue feeds.</summary>
    public AfPacketFanoutLink[] Links => Mode != AfPacketFanoutMode.QueueMapping
        ? []
        : [.. Enumerable.Range(0, Queues).Select(queue =>
            {
                int member = AfPacketFanouts.MemberOf(queue, Sockets.Length, Driver);
                return new AfPacketFanoutLink
                {
                    Queue = queue,
                    IrqCpu = IrqCpus.TryGetValue(queue, out int cpu) ? cpu : null,
                    Member = member,
                    Inode = Sockets[member].Inode,
                    ProcessId = Sockets[member].ProcessId,
                    Cpu = PinOf(Sockets[member]),
                    Evidence = OrderIsAssumed,
                };
            })];

    /// <summary>The one CPU that a member's process may run on; null when it may run on several, or is not seen.</summary>
    public static int? PinOf(AfPacketSocket socket) => socket.AllowedCpus is { Count: 1 } cpus ? cpus.First : null;

    /// <summary>Reads what a group is held against.</summary>
    public static AfPacketFanoutGroup Read(Sensor sensor, AfPacketSocket[] sockets, IReadOnlyDictionary<int, int?> nodes)
    {
        string? name = sockets[0].InterfaceName;
        bool isThere = name is not null && sensor.HasInterface(name);
        return new AfPacketFanoutGroup
        {
            Sockets = sockets,
            Driver = isThere ? EthtoolDriverInfo.NameOf(sensor.Ethtool, name!) : null,
            Queues = isThere ? new QueueCpus(sensor.Files, name!).RxCount : 0,
            IrqCpus = isThere && new IrqAffinities(sensor).Get(name!).Try(out IrqAffinity[]? irqs) ? OneCpus(irqs) : new Dictionary<int, int>(),
            Nodes = nodes,
            Node = isThere && Nics.NicReader.Get(sensor, name!).Try(out Nics.Nic? nic) ? nic.NumaNode : null,
        };
    }

    private static Dictionary<int, int> OneCpus(IrqAffinity[] irqs) => irqs
        .Where(irq => irq is { Queue: not null, Direction: IrqDirection.Combined or IrqDirection.Rx } && (irq.EffectiveCpus ?? irq.RequestedCpus) is { Count: 1 })
        .GroupBy(irq => irq.Queue!.Value)
        .ToDictionary(queue => queue.Key, queue => (queue.First().EffectiveCpus ?? queue.First().RequestedCpus)!.First);
}
