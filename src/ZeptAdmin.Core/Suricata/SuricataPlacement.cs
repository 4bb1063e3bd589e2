using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Suricata;

/// <summary>What somebody wants of a machine's own configuration; what is left out is decided from the machine.</summary>
public sealed record SuricataRequest
{
    /// <summary>Release of Suricata.</summary>
    public int Version { get; init; } = 8;

    /// <summary>Interfaces; CPUs, threads and groups that they name are taken as they are.</summary>
    public SuricataPort[] Ports { get; init; } = [];

    /// <summary>How the kernel spreads packets.</summary>
    public string ClusterType { get; init; } = "cluster_qm";

    /// <summary>Form of the ring: 2 or 3.</summary>
    public int TpacketVersion { get; init; } = 3;

    /// <summary>CPUs of the threads that look at no packets; empty to choose them.</summary>
    public int[] ManagementCpus { get; init; } = [];

    /// <summary>Leave threads where the scheduler puts them.</summary>
    public bool IsUnpinned { get; init; }

    /// <summary>Number of the first fanout group; null for the first that nobody has.</summary>
    public int? ClusterId { get; init; }

    /// <summary>Gbit/s that each interface has to hold; null for the speed of its link, and 10 where that is not known.</summary>
    public double? Gbps { get; init; }

    /// <summary>How long a thread may not get to its ring without a loss.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Memory for rings and tables in bytes; null for half of the machine's.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Packets of each thread's ring; null to reckon them.</summary>
    public long? RingSize { get; init; }

    /// <summary>Bytes of a block; null to reckon them.</summary>
    public long? BlockBytes { get; init; }

    /// <summary>Keep rings from being swapped out.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Leave out flows that need no more looking at.</summary>
    public bool IsBypassing { get; init; }

    /// <summary>Where the XDP program runs.</summary>
    public string? XdpMode { get; init; }

    /// <summary>File of the XDP program.</summary>
    public string? XdpFilterFile { get; init; }

    /// <summary>File of the eBPF program that filters.</summary>
    public string? EbpfFilterFile { get; init; }

    /// <summary>File of the eBPF program that picks the thread.</summary>
    public string? EbpfLoadBalancerFile { get; init; }
}

/// <summary>An interface of a request.</summary>
public sealed record SuricataPort
{
    /// <summary>Kernel name.</summary>
    public string InterfaceName { get; init; } = "";

    /// <summary>Threads; null for as many as there are CPUs named, else receive queues.</summary>
    public int? Threads { get; init; }

    /// <summary>CPUs of the threads; empty to choose them.</summary>
    public int[] Cpus { get; init; } = [];

    /// <summary>Number of the fanout group; null to choose it.</summary>
    public int? ClusterId { get; init; }

    /// <summary>How the kernel spreads packets; null for that of the request.</summary>
    public string? ClusterType { get; init; }
}

/// <summary>Decides where Suricata's threads belong on a machine, and how much memory each part of it has.</summary>
public static class SuricataPlacement
{
    // Zeek's begin at 101.
    private const int FirstClusterId = 201;
    private const long LeastRing = 4L << 20;
    private const long DefaultMemory = 2L << 30;

    /// <summary>
    /// Makes explicit lists of a request: threads as many as queues, on cores of the card's node, none with a thread of an interrupt's core or another
    /// thread's; numbers of fanout groups that nobody has; rings that hold out a pause at the rate; memcaps of what is left.
    /// </summary>
    public static Answer<SuricataWish> Decide(Sensor sensor, SuricataRequest request)
    {
        WorkerMachine machine = new(sensor);
        if (Array.Find(request.Ports, port => port.Cpus.Length == 0 && !machine.Has(port.InterfaceName)) is SuricataPort strange)
        {
            return new Refusal(Errno.ENODEV, "place the threads", strange.InterfaceName);
        }

        // Version 7 hands CPUs out ascending over all interfaces: those of lower nodes come first.
        SuricataPort[] ports = request.Version >= 8 ? request.Ports : [.. request.Ports.OrderBy(port => port.Cpus.Length > 0 ? port.Cpus.Min() : machine.NodeCpus(port.InterfaceName)?.First ?? 0)];
        string[] sources = [.. ports.Select(port => port.InterfaceName)];
        int[] named = [.. ports.SelectMany(port => port.Cpus)];
        int[] system = request.ManagementCpus.Length > 0 ? request.ManagementCpus : [.. machine.SystemCpus(sources, named).Except(named).DefaultIfEmpty(-1)];
        CpuList taken = machine.WithSiblings(CpuList.Of([.. system.Where(cpu => cpu >= 0), .. named])).Union(machine.IrqCores(sources));
        HashSet<int> ids = [.. machine.Groups.Select(socket => socket.FanoutId!.Value)];
        int next = request.ClusterId ?? FirstClusterId;
        List<SuricataCapture> captures = [];
        foreach (SuricataPort port in ports)
        {
            int threads = port.Threads ?? (port.Cpus.Length > 0 ? port.Cpus.Length : machine.Queues(port.InterfaceName) ?? 0);
            if (threads == 0)
            {
                return new Refusal(Errno.ENODATA, "count the receive queues", port.InterfaceName) { Detail = "The machine does not say; name the number of threads." };
            }

            if (request.IsUnpinned && threads > machine.Topology.OnlineCpus.Count && !machine.Topology.OnlineCpus.IsEmpty)
            {
                return new Refusal(Errno.EINVAL, "place the threads", port.InterfaceName) { Detail = $"Suricata makes no more threads than CPUs when none is pinned: {machine.Topology.OnlineCpus.Count}." };
            }

            while (request.ClusterId is null && port.ClusterId is null && ids.Contains(next))
            {
                next++;
            }

            int id = port.ClusterId ?? next++;
            if (port.ClusterId is null && ids.Contains(id))
            {
                return new Refusal(Errno.EBUSY, "take the fanout group", port.InterfaceName) { Detail = $"Group {id} is that of a program that runs; each would get half of the packets (field.md J9)." };
            }

            int[] cpus = port.Cpus;
            if (cpus.Length == 0 && !request.IsUnpinned)
            {
                CpuList below = request.Version >= 8 || captures.Count == 0 ? CpuList.Empty : CpuList.Of(Enumerable.Range(0, captures.SelectMany(capture => capture.Cpus).DefaultIfEmpty(-1).Max() + 1));
                cpus = machine.FreeCpus(port.InterfaceName, taken.Union(below), threads);
                taken = machine.WithSiblings(CpuList.Of(cpus)).Union(taken);
                if (cpus.Length < threads)
                {
                    return Short(machine, port.InterfaceName, threads, cpus.Length, !below.IsEmpty);
                }
            }

            // A set is handed out from the lowest on, whatever its order.
            cpus = [.. cpus.Order()];
            captures.Add(Capture(request, port, threads, request.IsUnpinned ? [] : cpus, id));
            _ = ids.Add(id);
        }

        if (!request.IsUnpinned && system is [-1])
        {
            return new Refusal(Errno.EINVAL, "place the threads", string.Join(", ", sources)) { Detail = "No CPU is left for the threads that look at no packets; take fewer workers, name the CPUs, or pin none." };
        }

        return WithMemory(new SuricataWish { Version = request.Version, Captures = [.. captures], ManagementCpus = request.IsUnpinned ? [] : system, IsBypassing = request.IsBypassing }, sensor, machine, request);
    }

    private static Refusal Short(WorkerMachine machine, string name, int threads, int free, bool isOrdered) => new(Errno.EINVAL, "place the threads", name)
    {
        Detail = $"{threads} threads need {threads} cores of their own; {free} are free{(machine.NodeCpus(name) is CpuList node ? $" on the card's node (CPUs {node})" : "")}"
            + (isOrdered ? ", above those of the interfaces before it: Suricata 7 hands out CPUs in ascending order over all interfaces. Run one Suricata for each node, or version 8." : ". Take fewer queues and move interrupts together (New-NsmPlan decides both), name the CPUs, or pin none."),
    };

    private static SuricataCapture Capture(SuricataRequest request, SuricataPort port, int threads, int[] cpus, int id) => new()
    {
        InterfaceName = port.InterfaceName,
        Threads = threads,
        Cpus = cpus,
        ClusterId = id,
        ClusterType = port.ClusterType ?? request.ClusterType,
        TpacketVersion = request.TpacketVersion,
        IsLocked = request.IsLocked,
        XdpMode = request.XdpFilterFile is null ? request.XdpMode : request.XdpMode ?? "soft",
        XdpFilterFile = request.XdpFilterFile,
        EbpfFilterFile = request.EbpfFilterFile,
        EbpfLoadBalancerFile = request.EbpfLoadBalancerFile,
    };

    // A quarter for rings at most, of each node's memory too; of the rest half for reassembly, a quarter for streams, an eighth for flows: S1 and S2 have one
    // to two for stream and reassembly (field.md L5).
    private static SuricataWish WithMemory(SuricataWish wish, Sensor sensor, WorkerMachine machine, SuricataRequest request)
    {
        long memory = request.MemoryBytes ?? (machine.Topology.MemoryTotalBytes is long total ? total / 2 : DefaultMemory);
        List<string> notes = [];
        SuricataCapture[] captures = [.. wish.Captures.Select(capture => WithRing(capture, sensor, machine, request, memory / 4 / wish.Captures.Sum(each => each.Threads), notes))];
        long rings = captures.Sum(capture => capture.Threads * Ring(sensor, capture));
        long rest = Math.Max(memory - rings, 0);
        long flow = Whole(Math.Max(rest / 8, 64L << 20));
        long stream = Whole(Math.Max(rest / 4, 64L << 20));
        long reassembly = Whole(Math.Max(rest / 2, 128L << 20));
        if (rings + flow + stream + reassembly > memory)
        {
            notes.Add($"{SuricataSize.Words(memory)} are little: rings, flows and streams may take {SuricataSize.Words(rings + flow + stream + reassembly)}.");
        }

        notes.Add($"Memory: {SuricataSize.Words(rings)} for rings, {SuricataSize.Words(flow)} for flows, {SuricataSize.Words(stream)} for streams, {SuricataSize.Words(reassembly)} for reassembly; rules come on top.");
        notes.Add("Include the file at the end of suricata.yaml, then check it: suricata -T -c /etc/suricata/suricata.yaml");
        if (captures.Any(capture => capture.ClusterType == "cluster_qm"))
        {
            notes.Add("cluster_qm needs as many threads as receive queues and a symmetric hash: Test-AfPacketFanout and Test-RssSymmetry check them.");
        }

        if (captures.Any(capture => capture.ClusterType == "cluster_cpu"))
        {
            notes.Add("cluster_cpu hands a packet to the member with the number of the CPU that took it: interrupts of one card must be on as many CPUs as there are threads.");
        }

        if (captures.Any(capture => capture.ClusterType == "cluster_ebpf"))
        {
            notes.Add("cluster_ebpf: Suricata's own lb.bpf brings the two directions of a flow to different threads; name a program of your own. Loading one takes CAP_SYS_RESOURCE beside CAP_BPF, since Suricata raises the limit of locked memory.");
        }

        return wish with { Captures = captures, FlowBytes = flow, StreamBytes = stream, ReassemblyBytes = reassembly, Notes = [.. notes] };
    }

    private static SuricataCapture WithRing(SuricataCapture capture, Sensor sensor, WorkerMachine machine, SuricataRequest request, long most, List<string> notes)
    {
        double gbps = request.Gbps ?? (machine.Has(capture.InterfaceName) && NicReader.Get(sensor, capture.InterfaceName).Try(out Nic? nic) && nic.SpeedMbps is > 0 and long speed ? speed / 1000.0 : 10);
        double bytesPerSecond = gbps * 1e9 / 8 / capture.Threads;
        long block = request.BlockBytes ?? (capture.TpacketVersion == 3 ? SuricataRing.BlockFor(bytesPerSecond) : SuricataRing.DefaultBlockBytes);
        int frame = Frame(sensor, capture);
        // A ring of form 3 lays packets one after another, with a header of 82 bytes each; one of form 2 takes a whole frame for each, however small.
        double wanted = bytesPerSecond * request.Pause.TotalSeconds * (capture.TpacketVersion == 3 ? 1.25 : 2.5);
        long least = Math.Max(LeastRing, 8 * block);
        if (NodeMemory(machine, capture) is long node)
        {
            most = Math.Min(most, node / 4 / capture.Threads);
        }

        most = Math.Clamp(most, least, (1L << 31) - (2 * block));
        long bytes = (long)Math.Clamp(wanted, least, most);
        if (request.RingSize is null && wanted > most)
        {
            notes.Add($"'{capture.InterfaceName}': a ring of {SuricataSize.Words(bytes)} for each thread holds out {request.Pause.TotalMilliseconds * bytes / wanted:0} ms at {gbps:0.##} Gbit/s, not {request.Pause.TotalMilliseconds:0}; more would take more than a quarter of the memory.");
        }

        return capture with { BlockBytes = block, RingSize = request.RingSize ?? SuricataRing.RingSize(bytes / block, block, frame) };
    }

    private static long? NodeMemory(WorkerMachine machine, SuricataCapture capture) =>
        capture.Cpus.Length > 0 && machine.Topology.Nodes.Length > 1 ? Array.Find(machine.Topology.Nodes, node => node.Cpus.Contains(capture.Cpus[0]))?.MemoryTotalBytes : null;

    private static int Frame(Sensor sensor, SuricataCapture capture) =>
        SuricataRing.FrameBytes(capture.TpacketVersion, SuricataConfigs.Mtu(sensor)(capture.InterfaceName) ?? 1500, capture.ClusterType == "cluster_flow");

    private static long Ring(Sensor sensor, SuricataCapture capture) => SuricataRing.RingBytes(capture.RingSize, capture.BlockBytes, Frame(sensor, capture));

    private static long Whole(long bytes) => bytes >> 20 << 20;
}
