using ZeptAdmin.Cpus;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Plans;

/// <summary>What is wanted of a plan.</summary>
public sealed record PlanWish
{
    /// <summary>Name of the plan.</summary>
    public string Name { get; init; } = "capture";

    /// <summary>How packets come to workers.</summary>
    public PlanStrategy Strategy { get; init; }

    /// <summary>By what the cards hash.</summary>
    public PlanHashFields HashFields { get; init; }

    /// <summary>Cores of each node that are kept for the system.</summary>
    public int HousekeepingCores { get; init; } = 1;

    /// <summary>Workers for which one core takes the interrupts. With 4, the talk's node of 14 cores keeps its cores 0-3: one for the system, three for interrupts.</summary>
    public int WorkersPerIrqCore { get; init; } = 4;

    /// <summary>Most workers of each port; null for as many as there is room for.</summary>
    public int? Workers { get; init; }

    /// <summary>True to put a worker on each thread of a core; else siblings of workers stay empty.</summary>
    public bool UsesSiblings { get; init; }

    /// <summary>Gbit/s that each port is to carry; null for its speed.</summary>
    public double? ExpectedGbps { get; init; }

    /// <summary>Mean size of a frame in bytes (field.md M8: traffic of the internet has 900 and more).</summary>
    public int MeanFrameBytes { get; init; } = 900;

    /// <summary>Most microseconds that waking from idle may take (field.md R1).</summary>
    public int IdleLatencyMicroseconds { get; init; } = 10;

    /// <summary>Destination ports of UDP that the cards drop; empty for none (field.md G5, G9).</summary>
    public int[] DropUdpPorts { get; init; } = [];
}

/// <summary>What the planner has to know of a port; null is what the machine does not say.</summary>
public sealed record PortFacts
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; init; } = "";

    /// <summary>Its driver.</summary>
    public string? Driver { get; init; }

    /// <summary>Node of the card.</summary>
    public int? Node { get; init; }

    /// <summary>Speed in Mbit/s.</summary>
    public long? SpeedMbps { get; init; }

    /// <summary>Most receive queues.</summary>
    public int? MostQueues { get; init; }

    /// <summary>True when the number of queues can be set.</summary>
    public bool HasChannels { get; init; }

    /// <summary>Ring depths.</summary>
    public NicRing? Ring { get; init; }

    /// <summary>True when the time to an interrupt can be set.</summary>
    public bool HasCoalescing { get; init; }

    /// <summary>True when pause frames can be set.</summary>
    public bool HasPause { get; init; }

    /// <summary>Names of private flags.</summary>
    public string[] Flags { get; init; } = [];

    /// <summary>Features.</summary>
    public NicFeature[] Features { get; init; } = [];

    /// <summary>True when it spreads by a hash.</summary>
    public bool HasRss { get; init; }

    /// <summary>True when the driver takes the fields that are wanted.</summary>
    public bool HasFields { get; init; }

    /// <summary>Why the hash cannot be made symmetric; null when it can.</summary>
    public string? AsymmetryReason { get; init; }

    /// <summary>True when the kernel lists interrupts of its queues.</summary>
    public bool HasIrqs { get; init; }

    /// <summary>Gbit/s through the narrowest PCIe link.</summary>
    public double? PcieGbps { get; init; }

    /// <summary>Gbit/s that the controller takes.</summary>
    public double? CardGbps { get; init; }

    /// <summary>Million packets a second that the controller takes.</summary>
    public double? CardMpps { get; init; }

    /// <summary>True when the machine is reached through it.</summary>
    public bool IsRouted { get; init; }

    /// <summary>True when it has IPv6.</summary>
    public bool HasIpv6 { get; init; }
}

/// <summary>What the planner has to know of the machine besides its topology.</summary>
public sealed record MachineFacts
{
    /// <summary>The kernel's command line.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>What is wrong with it, or worth knowing.</summary>
    public KernelArgumentFinding[] Arguments { get; init; } = [];

    /// <summary>What is wrong in the file that tells Zeek's processes now.</summary>
    public ConfigCheck[] Zeek { get; init; } = [];

    /// <summary>True when Zeek is here.</summary>
    public bool HasZeek { get; init; }

    /// <summary>What is wrong in what Suricata reads now; null when Suricata is not here.</summary>
    public ConfigCheck[]? Suricata { get; init; }

    /// <summary>The cloud that it is in; null when it is in none that this module knows.</summary>
    public string? Cloud { get; init; }

    /// <summary>CPUs with a frequency policy that knows the governor performance.</summary>
    public CpuList Governed { get; init; } = CpuList.Empty;

    /// <summary>CPUs whose idle states can be limited.</summary>
    public CpuList Limitable { get; init; } = CpuList.Empty;

    /// <summary>Parts of the kernel's own work that can be told their CPUs.</summary>
    public CpuHousekeepingPart[] Housekeeping { get; init; } = [];

    /// <summary>True when irqbalance is installed.</summary>
    public bool HasIrqBalance { get; init; }

    /// <summary>Packets of a softirq's round.</summary>
    public int? BudgetPackets { get; init; }

    /// <summary>Microseconds of a softirq's round.</summary>
    public int? BudgetMicroseconds { get; init; }
}
