using System.Globalization;
using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Flows;

/// <summary>Who captures from an interface: the last link of the chain, from queue or CPU to fanout member and process.</summary>
/// <remarks>net/packet/af_packet.c, fanout_demux_hash, _lb, _cpu, _rnd, _qm; field.md J6.</remarks>
internal sealed class FlowWorkers
{
    /// <summary>What to say where members were put into an order.</summary>
    public const string OrderIsAssumed = "The kernel tells nobody in which order the members of a fanout group joined; the order in which their sockets were made is assumed (field.md J6).";

    private readonly AfPacketSocket[][] _groups;
    private readonly AfPacketFanout?[] _measured;
    private readonly string? _driver;
    private readonly IReadOnlyDictionary<int, int?> _nodes;

    /// <summary>Takes sockets as they are.</summary>
    /// <param name="sockets">Sockets that get packets of the interface, in the order in which they were made.</param>
    /// <param name="driver">Driver of the interface; null when it does not say.</param>
    /// <param name="nodes">NUMA nodes by CPU.</param>
    /// <param name="measured">Groups that were measured; those that have other members by now are not used.</param>
    public FlowWorkers(IEnumerable<AfPacketSocket> sockets, string? driver, IReadOnlyDictionary<int, int?> nodes, IReadOnlyList<AfPacketFanout>? measured = null)
    {
        // A socket in no group is a group of its own: its number is kept apart by the sign.
        _groups = [.. sockets.Where(socket => socket.IsReceiving).GroupBy(socket => socket.FanoutId ?? -socket.Inode).Select(group => group.ToArray())];
        _measured = Array.ConvertAll(_groups, group => (measured ?? []).LastOrDefault(each => IsOf(each, group)));
        _driver = driver;
        _nodes = nodes;
    }

    /// <summary>True when somebody captures there.</summary>
    public bool IsEmpty => _groups.Length == 0;

    /// <summary>Reads them.</summary>
    /// <returns>None without packet_diag, and for a snapshot that has no sockets.</returns>
    public static Answer<FlowWorkers> Read(Sensor sensor, string interfaceName, IReadOnlyDictionary<int, int?> nodes, IReadOnlyList<AfPacketFanout>? measured = null) =>
        AfPacketSockets.Get(sensor).Select(sockets => new FlowWorkers(
            sockets.Where(socket => socket.InterfaceName is null || socket.InterfaceName == interfaceName),
            EthtoolDriverInfo.NameOf(sensor.Ethtool, interfaceName),
            nodes,
            measured));

    /// <summary>Who gets the packets of one direction.</summary>
    public NsmFlowWorker[] Of(NsmFlowDirection direction) => direction.IsDropped ? []
        : [.. _groups.Select((group, i) => LinkOf(_measured[i], direction) is AfPacketFanoutLink link ? Worker(group, link) : Worker(group, MemberOf(group, direction)))];

    /// <summary>Whether each program gets both directions in one worker; null when that cannot be known.</summary>
    public bool? AreTogether(NsmFlowDirection forward, NsmFlowDirection back, bool? isSameQueue)
    {
        if (IsEmpty || forward.IsDropped || back.IsDropped)
        {
            return null;
        }

        bool?[] verdicts = Array.ConvertAll(_groups, group => IsTogether(group, forward, back, isSameQueue));
        return verdicts.Contains(false) ? false : verdicts.Contains(null) ? null : true;
    }

    /// <summary>The groups of which the queue alone tells the member, for a balance.</summary>
    public RssWorkerGroup[] GroupsByQueue(int queues) =>
    [
        .. _groups.Where(group => group.Length == 1 || group[0].FanoutMode == AfPacketFanoutMode.QueueMapping).Select(group => new RssWorkerGroup(
            [.. Enumerable.Range(0, queues).Select(queue => group.Length == 1 ? 0 : AfPacketFanouts.MemberOf(queue, group.Length, _driver))],
            Array.ConvertAll(group, socket => new RssWorkerLoad
            {
                FanoutId = socket.FanoutId,
                Member = Array.IndexOf(group, socket),
                ProcessId = socket.ProcessId,
                ProcessName = socket.ProcessName,
                Cpus = socket.AllowedCpus,
            }))),
    ];

    /// <summary>The groups that a balance cannot tell, as sentences.</summary>
    public IEnumerable<string> NotByQueue => _groups
        .Where(group => group.Length > 1 && group[0].FanoutMode != AfPacketFanoutMode.QueueMapping)
        .Select(group => string.Create(CultureInfo.InvariantCulture, $"Fanout group {group[0].FanoutId} shares packets out by {group[0].FanoutMode}, not by queue: what its members get cannot be told."));

    /// <summary>True when a member was told by an assumed order.</summary>
    public bool IsOrderAssumed => _groups.Where((group, i) =>
        group.Length > 1 && (group[0].FanoutMode == AfPacketFanoutMode.Cpu
            || (group[0].FanoutMode == AfPacketFanoutMode.QueueMapping && _measured[i]?.Links.All(link => link.Confidence != AfPacketFanoutConfidence.Assumed) != true))).Any();

    // The same sockets, in whatever order: a program that was started anew has others.
    private static bool IsOf(AfPacketFanout measured, AfPacketSocket[] group) =>
        measured.Elapsed is not null && measured.FanoutId == group[0].FanoutId && measured.InterfaceName == group[0].InterfaceName
        && measured.Sockets.Select(socket => socket.Inode).Order().SequenceEqual(group.Select(socket => socket.Inode).Order());

    private static AfPacketFanoutLink? LinkOf(AfPacketFanout? measured, NsmFlowDirection direction) =>
        direction.Queue is int queue ? Array.Find(measured?.Links ?? [], link => link.Queue == queue) : null;

    private NsmFlowWorker Worker(AfPacketSocket[] group, AfPacketFanoutLink link)
    {
        int socket = link.Inode is long inode ? Array.FindIndex(group, each => each.Inode == inode) : -1;
        return Worker(group, socket < 0 ? null : socket) with
        {
            Member = link.Member,
            ThreadId = link.ThreadId,
            ThreadName = link.ThreadName,
            ThreadCpu = link.ThreadId is null ? null : link.Cpu,
            Confidence = socket < 0 ? FlowConfidence.Unknown : link.Confidence == AfPacketFanoutConfidence.Measured ? FlowConfidence.Measured : FlowConfidence.Assumed,
        };
    }

    private int? MemberOf(AfPacketSocket[] group, NsmFlowDirection direction) =>
        group.Length == 1 ? 0
        : group[0].FanoutMode switch
        {
            AfPacketFanoutMode.QueueMapping when direction.Queue is int queue => AfPacketFanouts.MemberOf(queue, group.Length, _driver),

            // The CPU that runs the softirq; behind RPS it is another, by a hash that the kernel keeps to itself.
            AfPacketFanoutMode.Cpu when direction is { Cpu: int cpu, RpsCpus: null or { IsEmpty: true } } => cpu % group.Length,
            _ => null,
        };

    private bool? IsTogether(AfPacketSocket[] group, NsmFlowDirection forward, NsmFlowDirection back, bool? isSameQueue)
    {
        if (group.Length == 1)
        {
            return true;
        }

        switch (group[0].FanoutMode)
        {
            // The kernel's own hash is symmetric here (__skb_get_hash_symmetric).
            case AfPacketFanoutMode.Hash:
                return true;
            case AfPacketFanoutMode.LoadBalance or AfPacketFanoutMode.Random:
                return false;
            case AfPacketFanoutMode.QueueMapping when isSameQueue == true:
                return true;
            case AfPacketFanoutMode.QueueMapping when isSameQueue is null:
                return null;
            case AfPacketFanoutMode.QueueMapping or AfPacketFanoutMode.Cpu:
                return isSameQueue is not null && MemberOf(group, forward) is int one && MemberOf(group, back) is int other ? one == other : null;
            default:
                return null;
        }
    }

    private NsmFlowWorker Worker(AfPacketSocket[] group, int? member)
    {
        AfPacketSocket? socket = member is int number ? group[number] : null;
        int?[] nodes = [.. (socket?.AllowedCpus?.ToArray() ?? []).Select(cpu => _nodes.GetValueOrDefault(cpu)).Distinct()];
        return new NsmFlowWorker
        {
            FanoutId = group[0].FanoutId,
            Mode = group[0].FanoutId is null ? null : group[0].FanoutMode,
            Members = group.Length,
            Member = member,
            ProcessId = socket?.ProcessId,
            ProcessName = socket?.ProcessName,
            ProcessCpus = socket?.AllowedCpus,
            ProcessNode = nodes is [int node] ? node : null,
            Confidence = member is null ? FlowConfidence.Unknown : group.Length == 1 ? FlowConfidence.Certain : FlowConfidence.Assumed,
        };
    }
}
