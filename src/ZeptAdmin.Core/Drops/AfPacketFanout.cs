namespace ZeptAdmin.Drops;

/// <summary>How a fanout group came out; the names and numbers of the audit's severities.</summary>
public enum AfPacketFanoutVerdict
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>Costs packets under load, or is only right if something holds that the kernel does not tell.</summary>
    Warn,

    /// <summary>Loses packets for a program, or tears the directions of flows apart.</summary>
    Fail,
}

/// <summary>How sure it is which member gets the packets of a queue.</summary>
public enum AfPacketFanoutConfidence
{
    /// <summary>It is not known: what was measured does not decide it.</summary>
    Undecided = 0,

    /// <summary>By the order in which the sockets were made; the order of joining may be another.</summary>
    Assumed = 1,

    /// <summary>By packets that were counted: no other member fits.</summary>
    Measured = 2,
}

/// <summary>One thing found on a fanout group.</summary>
public sealed record AfPacketFanoutFinding
{
    /// <summary>Stable id: row of field.md and name, <c>J9.TwoPrograms</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>How bad.</summary>
    public AfPacketFanoutVerdict Severity { get; internal init; }

    /// <summary>What, as a sentence.</summary>
    public string Finding { get; internal init; } = "";

    /// <summary>What to do.</summary>
    public string Remedy { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>The way of one receive queue into a fanout group: by the order in which the members' sockets were made, or as it was measured.</summary>
/// <remarks>The kernel tells nobody the order of joining (field.md J6); its list of sockets tells the order of making.</remarks>
public sealed record AfPacketFanoutLink
{
    /// <summary>Receive queue.</summary>
    public int Queue { get; internal init; }

    /// <summary>CPU that its interrupt goes to; null when that is not one CPU, or not told.</summary>
    public int? IrqCpu { get; internal init; }

    /// <summary>Place in the group that gets it, in the order of joining: (queue + 1) modulo members; of veth, queue modulo members.</summary>
    public int Member { get; internal init; }

    /// <summary>Socket at that place; null when it is not decided.</summary>
    public long? Inode { get; internal init; }

    /// <summary>Process of that socket; null when it is not seen, or not decided.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>Thread that reads the socket; null when it was not measured, or not seen.</summary>
    public int? ThreadId { get; internal init; }

    /// <summary>Name of that thread, as W#01-ens1f0; null when it was not measured, or not seen.</summary>
    public string? ThreadName { get; internal init; }

    /// <summary>The one CPU that the thread may run on, the process where no thread is known; null when it may run on several, or is not seen.</summary>
    public int? Cpu { get; internal init; }

    /// <summary>Packets that the queue brought while it was measured; null when it was not, or the driver records no queue.</summary>
    public long? Packets { get; internal init; }

    /// <summary>Packets that the member got while it was measured, of all its queues; null when they could not be counted.</summary>
    public long? MemberPackets { get; internal init; }

    /// <summary>How sure it is.</summary>
    public AfPacketFanoutConfidence Confidence { get; internal init; } = AfPacketFanoutConfidence.Assumed;

    /// <summary>Why, as a sentence.</summary>
    public string Evidence { get; internal init; } = "";

    /// <summary>True when the packet stays on the CPU that took the interrupt; null when either is not known.</summary>
    public bool? IsSameCpu => IrqCpu is int irq && Cpu is int cpu ? irq == cpu : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Queue}->{Member}");
}

/// <summary>A fanout group of AF_PACKET sockets, weighed.</summary>
/// <remarks>field.md J6 to J9; net/packet/af_packet.c.</remarks>
public sealed record AfPacketFanout
{
    /// <summary>Number of the group in its network namespace.</summary>
    public int FanoutId { get; internal init; }

    /// <summary>Interface of its members; null when they listen to all.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>How it shares packets out.</summary>
    public AfPacketFanoutMode Mode { get; internal init; }

    /// <summary>Members.</summary>
    public int Members { get; internal init; }

    /// <summary>Receive queues of the interface; 0 when the machine does not tell.</summary>
    public int Queues { get; internal init; }

    /// <summary>Names of the programs with members in it, each once.</summary>
    public string[] Programs { get; internal init; } = [];

    /// <summary>Worst of what was found.</summary>
    public AfPacketFanoutVerdict Severity { get; internal init; }

    /// <summary>What was found; empty when all is well.</summary>
    public AfPacketFanoutFinding[] Findings { get; internal init; } = [];

    /// <summary>How long it was measured; null when it was not.</summary>
    public TimeSpan? Elapsed { get; internal init; }

    /// <summary>Share of the packets that are handled on the CPU that took their interrupt; null when it was not measured, or a CPU of a queue or of a worker is not one.</summary>
    public double? SameCpuPercent { get; internal init; }

    /// <summary>Which member each queue feeds; empty for modes that do not go by queue.</summary>
    public AfPacketFanoutLink[] Links { get; internal init; } = [];

    /// <summary>The members' sockets, in the order in which they were made.</summary>
    public AfPacketSocket[] Sockets { get; internal init; } = [];
}
