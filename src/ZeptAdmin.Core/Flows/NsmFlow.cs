using System.Globalization;
using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Flows;

/// <summary>What chooses the receive queue of a packet.</summary>
public enum FlowDecider
{
    /// <summary>It is not known.</summary>
    Unknown = 0,
    /// <summary>The hash and the indirection table.</summary>
    Rss = 1,
    /// <summary>A rule of the receive classifier, which goes before the hash.</summary>
    FlowRule = 2,
    /// <summary>Nothing: there is one queue.</summary>
    SingleQueue = 3,
    /// <summary>Nothing: packets of the kind are not hashed, and go to the first queue.</summary>
    NotHashed = 4,
    /// <summary>It was seen where they arrive, and given.</summary>
    Given = 5,
}

/// <summary>Where the two directions of a flow part.</summary>
public enum FlowParting
{
    /// <summary>Nowhere, as far as it is known.</summary>
    None = 0,
    /// <summary>A flow rule takes one of them, or each to another place.</summary>
    FlowRule = 1,
    /// <summary>Their hashes lead to different queues.</summary>
    Queue = 2,
    /// <summary>A fanout group gives them to different workers though they come from one queue.</summary>
    Worker = 3,
    /// <summary>It cannot be known.</summary>
    Unknown = 4,
}

/// <summary>The way of one direction of a flow: from the hash to the CPU.</summary>
public sealed record NsmFlowDirection
{
    /// <summary>Source address.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>Source port; null where there is none or it was not given.</summary>
    public int? SourcePort { get; internal init; }

    /// <summary>Destination address.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>Destination port; null where there is none or it was not given.</summary>
    public int? DestinationPort { get; internal init; }

    /// <summary>What chooses the queue.</summary>
    public FlowDecider Decider { get; internal init; }

    /// <summary>Location of the flow rule that takes the packets; null when none does.</summary>
    public long? RuleLocation { get; internal init; }

    /// <summary>True when a flow rule has the card drop the packets: the host never sees them.</summary>
    public bool IsDropped { get; internal init; }

    /// <summary>Fields that are hashed, in ethtool's letters (<c>sdfn</c>); null when nothing is.</summary>
    public string? Fields { get; internal init; }

    /// <summary>The hash, 32 bits; null when there is none or it cannot be reckoned.</summary>
    public long? Hash { get; internal init; }

    /// <summary>Entry of the indirection table that the hash chooses: hash modulo the size of the table.</summary>
    public int? TableEntry { get; internal init; }

    /// <summary>Receive queue; null when it is not known or there is none.</summary>
    public int? Queue { get; internal init; }

    /// <summary>All queues that are possible where the card may hash with another key than it shows (field.md H15); else <see cref="Queue"/> alone, or none.</summary>
    public int[] PossibleQueues { get; internal init; } = [];

    /// <summary>Interrupt of the queue; null when it is not known.</summary>
    public int? Irq { get; internal init; }

    /// <summary>CPUs that the interrupt may come to: those that it does go to where the kernel says it; null when it is not known.</summary>
    public CpuList? Cpus { get; internal init; }

    /// <summary>CPU that receives the packets from the card; null when it is one of several.</summary>
    public int? Cpu { get; internal init; }

    /// <summary>NUMA node of that CPU; null when it is not known.</summary>
    public int? Node { get; internal init; }

    /// <summary>CPUs to which RPS hands the packets on, one of them for a flow; empty when RPS is off, null when it is not known.</summary>
    public CpuList? RpsCpus { get; internal init; }

    /// <summary>Who gets the packets: the member of each fanout group, and each socket that stands alone; empty when none is known.</summary>
    public NsmFlowWorker[] Workers { get; internal init; } = [];

    /// <summary>The way in one line: <c>hash 0x51ccc178, entry 120, queue 4, IRQ 61, CPU 8</c>.</summary>
    public override string ToString()
    {
        List<string> links = [];
        void Add(string name, object? value)
        {
            if (value is not null)
            {
                links.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
            }
        }

        Add("rule", RuleLocation);
        if (Hash is long hash)
        {
            links.Add(string.Create(CultureInfo.InvariantCulture, $"hash 0x{hash:x8}"));
        }

        Add("entry", TableEntry);
        if (IsDropped)
        {
            links.Add("dropped by the card");
        }

        Add("queue", Queue);
        Add("IRQ", Irq);
        Add("CPU", Cpu ?? (object?)Cpus);
        links.AddRange(Workers.Select(worker => worker.ToString()).Where(text => text.Length > 0));
        return links.Count == 0 ? "not known" : string.Join(", ", links);
    }
}

/// <summary>How a flow goes through a sensor, both directions, and where they part.</summary>
/// <remarks>
/// The chain of the talk: flow rules, then ATR, then the hash; queue, interrupt, CPU, fanout member, worker. Hash: Toeplitz over the fields of
/// the packet's kind (field.md H1 to H4); queue: table[hash modulo size]. What is reckoned is what the machine tells of itself; a card may do
/// otherwise (field.md H15), which Measure-FlowSymmetry sees.
/// </remarks>
public sealed record NsmFlow
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Source address of the forward direction.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>Source port; null where there is none or it was not given.</summary>
    public int? SourcePort { get; internal init; }

    /// <summary>Destination address.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>Destination port; null where there is none or it was not given.</summary>
    public int? DestinationPort { get; internal init; }

    /// <summary>Number of the transport protocol.</summary>
    public int Protocol { get; internal init; }

    /// <summary>Kind of packets by which the card chooses the fields; None for a protocol that has no kind of its own: its addresses are hashed.</summary>
    public RssFlowType FlowType { get; internal init; }

    /// <summary>From source to destination.</summary>
    public NsmFlowDirection Forward { get; internal init; } = new();

    /// <summary>From destination to source.</summary>
    public NsmFlowDirection Return { get; internal init; } = new();

    /// <summary>First place where the two directions part.</summary>
    public FlowParting PartsAt { get; internal init; }

    /// <summary>True when both directions come to one queue; null when that cannot be known.</summary>
    public bool? IsSameQueue { get; internal init; }

    /// <summary>True when one CPU receives both directions from the card; null when that cannot be known.</summary>
    public bool? IsSameCpu { get; internal init; }

    /// <summary>True when each program gets both directions in one worker; null when that cannot be known.</summary>
    public bool? IsSameWorker { get; internal init; }

    /// <summary>Why they part, or why they meet, as a sentence.</summary>
    public string Why { get; internal init; } = "";

    /// <summary>What was assumed, what could be otherwise, what is not known and why, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];

    /// <summary>The connection in one line: <c>10.1.2.3:40000 8.8.8.8:53/17</c>.</summary>
    public string Flow => string.Create(CultureInfo.InvariantCulture, $"{Endpoint(Source, SourcePort)} {Endpoint(Destination, DestinationPort)}/{Protocol}");

    internal static string Endpoint(string address, int? port) =>
        port is null ? address : string.Create(CultureInfo.InvariantCulture, $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{port}");
}

/// <summary>How sure it is which worker gets a flow.</summary>
public enum FlowConfidence
{
    /// <summary>It cannot be known.</summary>
    Unknown = 0,
    /// <summary>By an order of the members that the kernel does not tell: the workers may be others.</summary>
    Assumed = 1,
    /// <summary>By what the kernel tells.</summary>
    Certain = 2,
    /// <summary>By packets that were counted (Test-AfPacketFanout -Interval).</summary>
    Measured = 3,
}

/// <summary>Who gets the packets of a queue: a member of a fanout group, or a socket that stands alone.</summary>
public sealed record NsmFlowWorker
{
    /// <summary>Number of the fanout group; null for a socket in no group.</summary>
    public int? FanoutId { get; internal init; }

    /// <summary>How the group chooses; null for a socket in no group.</summary>
    public AfPacketFanoutMode? Mode { get; internal init; }

    /// <summary>Members of the group; 1 for a socket in no group.</summary>
    public int Members { get; internal init; }

    /// <summary>Number of the member, from 0 in the order of joining; null when it cannot be known.</summary>
    public int? Member { get; internal init; }

    /// <summary>Process of the member; null when it cannot be known.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>Name of the process; null when it cannot be known.</summary>
    public string? ProcessName { get; internal init; }

    /// <summary>Thread that reads the member's socket; null when it was not measured.</summary>
    public int? ThreadId { get; internal init; }

    /// <summary>Name of that thread, as W#01-ens1f0; null when it was not measured.</summary>
    public string? ThreadName { get; internal init; }

    /// <summary>The one CPU that the thread may run on; null when it may run on several, or was not measured.</summary>
    public int? ThreadCpu { get; internal init; }

    /// <summary>CPUs that the process may run on; null when it cannot be known.</summary>
    public CpuList? ProcessCpus { get; internal init; }

    /// <summary>NUMA node of those CPUs; null when they are of several, or it cannot be known.</summary>
    public int? ProcessNode { get; internal init; }

    /// <summary>How sure member and process are.</summary>
    public FlowConfidence Confidence { get; internal init; }

    /// <summary>Group, member and process: <c>group 101 member 5: zeek 4711 on 9</c>.</summary>
    public override string ToString()
    {
        string who = FanoutId is int id ? string.Create(CultureInfo.InvariantCulture, $"group {id}{(Member is int member ? $" member {member}" : "")}") : "socket";
        return ProcessId is int process
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{who}: {ProcessName} {process}{(ThreadName is null ? "" : $" thread {ThreadName}")}{(ThreadCpu is int cpu ? $" on {cpu}" : ProcessCpus is null ? "" : $" on {ProcessCpus}")}")
            : who;
    }
}
