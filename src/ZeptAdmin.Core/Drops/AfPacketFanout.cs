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

/// <summary>The way of one receive queue into a fanout group, if its members joined in the order in which their sockets were made.</summary>
/// <remarks>The kernel tells nobody the order of joining (field.md J6); numbers of sockets tell the order of making.</remarks>
public sealed record AfPacketFanoutLink
{
    /// <summary>Receive queue.</summary>
    public int Queue { get; internal init; }

    /// <summary>CPU that its interrupt goes to; null when that is not one CPU, or not told.</summary>
    public int? IrqCpu { get; internal init; }

    /// <summary>Member of the group that gets it: (queue + 1) modulo members; of veth, queue modulo members.</summary>
    public int Member { get; internal init; }

    /// <summary>Socket of that member.</summary>
    public long Inode { get; internal init; }

    /// <summary>Process of that member; null when it is not seen.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>The one CPU that the process may run on; null when it may run on several, or is not seen.</summary>
    public int? Cpu { get; internal init; }

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

    /// <summary>Which member each queue feeds; empty for modes that do not go by queue.</summary>
    public AfPacketFanoutLink[] Links { get; internal init; } = [];

    /// <summary>The members' sockets, in the order in which they were made.</summary>
    public AfPacketSocket[] Sockets { get; internal init; } = [];
}
