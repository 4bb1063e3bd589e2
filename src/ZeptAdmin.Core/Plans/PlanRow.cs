namespace ZeptAdmin.Plans;

/// <summary>What a row of a plan sets. The order is the order in which rows are made (field.md, section 6): what resets a card goes before what it resets.</summary>
public enum PlanRowKind
{
    /// <summary>Number of receive queues of an interface.</summary>
    Queues = 0,

    /// <summary>Receive descriptors of each queue.</summary>
    RxRing = 1,

    /// <summary>A private flag of the driver, on or off; the target is <c>interface/flag</c>.</summary>
    PrivateFlag = 2,

    /// <summary>A feature (offload), on or off; the target is <c>interface/feature</c>.</summary>
    Feature = 3,

    /// <summary>Microseconds from a packet to its interrupt, adaptive mode off.</summary>
    Coalescing = 4,

    /// <summary>Pause frames, on or off.</summary>
    Pause = 5,

    /// <summary>Fields by which TCP and UDP are hashed: sd or sdfn. Before the hash: a symmetric transformation wants two-sided fields.</summary>
    HashFields = 6,

    /// <summary>A hash that is the same for both directions, in the way that suits driver and kernel.</summary>
    SymmetricHash = 7,

    /// <summary>Number of queues that share the indirection table evenly.</summary>
    HashQueues = 8,

    /// <summary>A rule that drops UDP to a port in the card; the target is <c>interface/port</c>.</summary>
    DropUdpPort = 9,

    /// <summary>Up, promiscuous, without ARP: <c>capture</c>.</summary>
    Link = 10,

    /// <summary>IPv6 of an interface, on or off.</summary>
    Ipv6 = 11,

    /// <summary>CPU of each queue's interrupt, from queue 0 on.</summary>
    IrqAffinity = 12,

    /// <summary>Packets handed on to other CPUs by the kernel (RPS): off.</summary>
    Rps = 13,

    /// <summary>CPUs that irqbalance leaves alone.</summary>
    IrqBalance = 14,

    /// <summary>A limit of the softirq; the target is <c>netdev_budget</c> or <c>netdev_budget_usecs</c>.</summary>
    NetBudget = 15,

    /// <summary>Governor of the CPUs that are the target.</summary>
    Governor = 16,

    /// <summary>Most microseconds that waking may take, of the CPUs that are the target.</summary>
    IdleLatency = 17,

    /// <summary>An argument of the kernel's command line: from the next boot on.</summary>
    KernelArgument = 18,

    /// <summary>A setting of Zeek's node.cfg; Invoke-NsmPlan and New-ZeekNodeConfig write it.</summary>
    Zeek = 19,

    /// <summary>A setting of Suricata's configuration; Invoke-NsmPlan and New-SuricataConfig write it, into a file that suricata.yaml includes.</summary>
    Suricata = 20,

    /// <summary>CPUs of a part of the kernel's own work; the target is the part, as <c>UnboundWork</c>. Made with the rows of the machine, lost at a boot as they are.</summary>
    Housekeeping = 21,
}

/// <summary>One setting of a plan, with its reason.</summary>
public sealed record PlanRow
{
    /// <summary>What is set.</summary>
    public PlanRowKind Kind { get; internal init; }

    /// <summary>Whose.</summary>
    public string Target { get; internal init; } = "";

    /// <summary>To what.</summary>
    public string Value { get; internal init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Row of field.md, or where else it is from.</summary>
    public string Source { get; internal init; } = "";
}
