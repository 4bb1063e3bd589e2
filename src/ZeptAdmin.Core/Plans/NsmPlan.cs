namespace ZeptAdmin.Plans;

/// <summary>How packets come from a card's queues to workers.</summary>
public enum PlanStrategy
{
    /// <summary>A queue for each worker (FANOUT_QM); interrupts on a few cores of the card's node, workers on the others (the talk; field.md F1, F5).</summary>
    QueuePerWorker = 0,

    /// <summary>A queue for each worker, its interrupt on the worker's own core (field.md F4); pins rotated by one (field.md J6).</summary>
    SameCore = 1,

    /// <summary>A queue for each worker, its interrupt on a neighbour of the worker's that shares its L3 (field.md F4, F5).</summary>
    NeighbourCore = 2,

    /// <summary>One queue on one core; the kernel spreads flows over the workers (FANOUT_HASH, cluster_flow; field.md F3, R3).</summary>
    SingleQueue = 3,

    /// <summary>Interrupts on the card's node, workers on the other nodes, spread by the kernel (EPYC; field.md A8, L10).</summary>
    RemoteWorkers = 4,
}

/// <summary>What a CPU is for. A CPU has one role.</summary>
public enum CpuRole
{
    /// <summary>The system, SSH, Zeek's manager, logger and proxies, Suricata's management threads.</summary>
    Housekeeping = 0,

    /// <summary>Interrupts of receive queues, and the softirqs that they raise.</summary>
    Irq = 1,

    /// <summary>One worker of Zeek or Suricata.</summary>
    Worker = 2,

    /// <summary>The interrupt of one queue and its worker.</summary>
    IrqAndWorker = 3,

    /// <summary>Kept empty: it shares a core with an interrupt or a worker.</summary>
    Sibling = 4,

    /// <summary>Not needed by the plan.</summary>
    Free = 5,
}

/// <summary>How the kernel spreads packets over the sockets of a fanout group.</summary>
public enum PlanFanout
{
    /// <summary>By the queue that the card chose: FANOUT_QM, cluster_qm.</summary>
    QueueMapping = 0,

    /// <summary>By a symmetric hash of the kernel's: FANOUT_HASH, cluster_flow.</summary>
    Hash = 1,
}

/// <summary>By which fields a card hashes (field.md R2: two schools).</summary>
public enum PlanHashFields
{
    /// <summary>Addresses only (sd): fragments of a datagram stay together (the talk; field.md H3).</summary>
    FragmentSafe = 0,

    /// <summary>Addresses and ports (sdfn): finer spread, fragments part (SEPTun, Suricata's guide).</summary>
    PortAware = 1,
}

/// <summary>The whole decision about a sensor: which CPU does what, how each card is set, and why.</summary>
/// <remarks>Pure data: the same machine and wishes give the same plan, byte for byte, so that two plans can be compared as text.</remarks>
public sealed record NsmPlan
{
    /// <summary>The format that this module writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Format of the file.</summary>
    public int Format { get; internal init; } = CurrentFormat;

    /// <summary>Name of the plan, by which its changes are taken back.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Machine that it was made for.</summary>
    public string Sensor { get; internal init; } = "";

    /// <summary>How packets come to workers.</summary>
    public PlanStrategy Strategy { get; internal init; }

    /// <summary>By what the cards hash.</summary>
    public PlanHashFields HashFields { get; internal init; }

    /// <summary>What each CPU is for; together all CPUs that may be used, each once.</summary>
    public PlanCpus[] Cpus { get; internal init; } = [];

    /// <summary>Capture ports, each with its queues and workers.</summary>
    public PlanPort[] Ports { get; internal init; } = [];

    /// <summary>Settings, in the order in which they are made.</summary>
    public PlanRow[] Rows { get; internal init; } = [];

    /// <summary>What is worth knowing: what was found wrong and is corrected, what could not be had.</summary>
    public PlanFinding[] Findings { get; internal init; } = [];
}

/// <summary>CPUs of one role.</summary>
public sealed record PlanCpus
{
    /// <summary>What they are for.</summary>
    public CpuRole Role { get; internal init; }

    /// <summary>The CPUs.</summary>
    public Linux.CpuList Cpus { get; internal init; } = Linux.CpuList.Empty;

    /// <summary>Why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Row of field.md, or where else it is from.</summary>
    public string Source { get; internal init; } = "";
}

/// <summary>A capture port and the way of its packets to workers.</summary>
public sealed record PlanPort
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Its driver; null when it does not say.</summary>
    public string? Driver { get; internal init; }

    /// <summary>Node of the card; null when the firmware does not say.</summary>
    public int? Node { get; internal init; }

    /// <summary>CPU of each queue's interrupt, from queue 0 on; as many as there are queues.</summary>
    public int[] IrqCpus { get; internal init; } = [];

    /// <summary>CPU of each worker, in the order in which workers join the fanout group: what goes into pin_cpus.</summary>
    public int[] WorkerCpus { get; internal init; } = [];

    /// <summary>How the kernel spreads packets over the workers.</summary>
    public PlanFanout Fanout { get; internal init; }

    /// <summary>Number of the fanout group, another for each port (field.md J9).</summary>
    public int FanoutId { get; internal init; }

    /// <summary>What the way can carry.</summary>
    public PlanCapacity Capacity { get; internal init; } = new();

    /// <summary>Why it is so.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Row of field.md, or where else it is from.</summary>
    public string Source { get; internal init; } = "";
}

/// <summary>An estimate of what the way from a port to its workers carries; null where the machine does not tell what it takes to know.</summary>
public sealed record PlanCapacity
{
    /// <summary>Gbit/s that are expected: the traffic named, else the port's speed.</summary>
    public double? ExpectedGbps { get; internal init; }

    /// <summary>Million packets a second that are expected, at the mean frame size.</summary>
    public double? ExpectedMpps { get; internal init; }

    /// <summary>Million packets a second of one queue, when all are loaded alike.</summary>
    public double? MppsPerQueue { get; internal init; }

    /// <summary>Gbit/s of one worker, when all are loaded alike.</summary>
    public double? GbpsPerWorker { get; internal init; }

    /// <summary>Nanoseconds that an interrupt's CPU has for a packet; the talk reckons with 67 (field.md M2).</summary>
    public double? NanosecondsPerPacket { get; internal init; }

    /// <summary>Gbit/s of packets that fit through the narrowest PCIe link of the card.</summary>
    public double? PcieGbps { get; internal init; }

    /// <summary>Gbit/s that the controller takes, all its ports together; null when no limit is on record.</summary>
    public double? CardGbps { get; internal init; }

    /// <summary>Million packets a second that the controller takes; null when no limit is on record.</summary>
    public double? CardMpps { get; internal init; }

    /// <summary>Million packets a second of one queue that the receive ring outlasts between two interrupts (field.md I5).</summary>
    public double? RingMppsPerQueue { get; internal init; }

    /// <summary>What gives out first, as a sentence.</summary>
    public string Bottleneck { get; internal init; } = "";
}

/// <summary>Something worth knowing about a plan.</summary>
public sealed record PlanFinding
{
    /// <summary>Whose: an interface, <c>machine</c>, <c>kernel command line</c>.</summary>
    public string Target { get; internal init; } = "";

    /// <summary>What it is, as a sentence or two.</summary>
    public string Text { get; internal init; } = "";

    /// <summary>Row of field.md, or where else it is from.</summary>
    public string Source { get; internal init; } = "";
}
