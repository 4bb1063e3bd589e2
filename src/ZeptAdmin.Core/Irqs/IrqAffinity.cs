using ZeptAdmin.Linux;

namespace ZeptAdmin.Irqs;

/// <summary>What an interrupt of an interface serves.</summary>
public enum IrqDirection
{
    /// <summary>A receive and a transmit queue of the same number.</summary>
    Combined = 0,

    /// <summary>A receive queue.</summary>
    Rx = 1,

    /// <summary>A transmit queue.</summary>
    Tx = 2,

    /// <summary>No queue in use: link changes, mailboxes, configuration, a spare vector; or it is not known which.</summary>
    Other = 3,
}

/// <summary>How it is known which queue an interrupt serves, surest first.</summary>
public enum IrqMapping
{
    /// <summary>The driver told the kernel, which told it by the <c>netdev</c> family of generic netlink (Linux 6.8).</summary>
    Netlink = 0,

    /// <summary>By the handler's name, in the form that this driver is known to use.</summary>
    Name = 1,

    /// <summary>The device has as many interrupts as queues: taken in ascending order. An assumption.</summary>
    MsiOrder = 2,

    /// <summary>It is not known.</summary>
    None = 3,
}

/// <summary>One queue of an interface and its interrupt: where the interrupt may go, and where it goes.</summary>
/// <remarks>
/// A vector that serves several queues gives a record for each. /proc/irq/N, /sys/kernel/irq/N, /proc/interrupts, and
/// /sys/class/net/IF/queues; field.md A3, F1, F2, F8.
/// </remarks>
public sealed record IrqAffinity
{
    /// <summary>Kernel name of the interface; null for an interrupt of something else, asked for by number.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Number of the queue, from 0; null when the interrupt serves none, or it is not known which.</summary>
    public int? Queue { get; internal init; }

    /// <summary>Whether the queue receives, sends, or both.</summary>
    public IrqDirection Direction { get; internal init; }

    /// <summary>Number of the interrupt.</summary>
    public int Irq { get; internal init; }

    /// <summary>Name of its handler, as in /proc/interrupts; null when the machine does not tell. It keeps an interface's old name after a renaming.</summary>
    public string? Name { get; internal init; }

    /// <summary>CPUs that it may go to (<c>smp_affinity_list</c>); null when it could not be read.</summary>
    public CpuList? RequestedCpus { get; internal init; }

    /// <summary>CPUs that it does go to (<c>effective_affinity_list</c>); null when the kernel does not say, as old ones do not.</summary>
    public CpuList? EffectiveCpus { get; internal init; }

    /// <summary>CPUs that its driver proposes to irqbalance; empty when it proposes none, null when it could not be read.</summary>
    public CpuList? AffinityHint { get; internal init; }

    /// <summary>Node of its descriptor's memory; null when the kernel says -1 or nothing.</summary>
    public int? Node { get; internal init; }

    /// <summary>True when the kernel places it by itself and refuses to be told otherwise.</summary>
    /// <remarks>
    /// Known on a live machine from the permission bits of <c>smp_affinity</c>: read-only bits mean that no user may set it. Writable bits
    /// mean the contrary since Linux 6.12 only (c7718e5c76d4); null where the bits do not tell.
    /// </remarks>
    public bool? IsManaged { get; internal init; }

    /// <summary>How often it came since boot, on all online CPUs together; null when the machine does not tell. Each CPU's share is a 32-bit counter that wraps.</summary>
    public long? Interrupts { get; internal init; }

    /// <summary>CPU that took most of them; null when none came yet.</summary>
    public int? BusiestCpu { get; internal init; }

    /// <summary>How many that CPU took.</summary>
    public long? InterruptsOnBusiestCpu { get; internal init; }

    /// <summary>How the queue was found.</summary>
    public IrqMapping MappedBy { get; internal init; }

    /// <summary>NAPI instance that serves the queue (of the receive queue for a pair); null when the kernel does not say.</summary>
    public long? NapiId { get; internal init; }

    /// <summary>CPUs whose packets choose this transmit queue (XPS); empty when XPS is off, null when there is no transmit queue, or only one.</summary>
    public CpuList? XpsCpus { get; internal init; }

    /// <summary>CPUs to which packets of this receive queue are handed on (RPS); empty when RPS is off, null when there is no receive queue.</summary>
    public CpuList? RpsCpus { get; internal init; }

    /// <summary>Kind of interrupt controller: <c>PCI-MSIX-0000:00:03.0</c>, <c>IR-PCI-MSI</c>, <c>ITS-MSI</c>; null when the machine does not tell.</summary>
    public string? ChipName { get; internal init; }

    /// <summary>What could not be read and why, or what was assumed, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];
}
