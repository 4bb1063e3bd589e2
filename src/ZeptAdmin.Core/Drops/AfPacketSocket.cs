using ZeptAdmin.Linux;

namespace ZeptAdmin.Drops;

/// <summary>How a fanout group chooses the member that gets a packet (PACKET_FANOUT_* of linux/if_packet.h).</summary>
public enum AfPacketFanoutMode
{
    /// <summary>By the flow's hash, the kernel's own: cluster_flow.</summary>
    Hash = 0,

    /// <summary>In turn.</summary>
    LoadBalance = 1,

    /// <summary>By the CPU that received the packet: cluster_cpu.</summary>
    Cpu = 2,

    /// <summary>The first member until it is full, then the next.</summary>
    Rollover = 3,

    /// <summary>By chance.</summary>
    Random = 4,

    /// <summary>By the receive queue that the driver recorded, plus one: cluster_qm.</summary>
    QueueMapping = 5,

    /// <summary>By a classic BPF program.</summary>
    Cbpf = 6,

    /// <summary>By an eBPF program: cluster_ebpf.</summary>
    Ebpf = 7,
}

/// <summary>One AF_PACKET socket of the machine: who captures from where, and how.</summary>
/// <remarks>
/// From sock_diag (net/packet/diag.c), which leaves what the owner counts alone. Which thread of a process has a socket the kernel tells
/// nobody; CPUs are those of the process's main thread.
/// </remarks>
public sealed record AfPacketSocket
{
    /// <summary>Kernel name of the interface; null when it listens to all.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Number of the socket, by which /proc/PID/fd knows it. Sockets are listed in the order in which they were made; their numbers are not in that order where they were made on several CPUs.</summary>
    public long Inode { get; internal init; }

    /// <summary>True while it receives; a socket that only sends does not.</summary>
    public bool IsReceiving { get; internal init; }

    /// <summary>Version of TPACKET, 1 to 3; null for a socket without a receive ring.</summary>
    public int? RingVersion { get; internal init; }

    /// <summary>Bytes of the receive ring; null without one.</summary>
    public long? RingBytes { get; internal init; }

    /// <summary>Bytes of a block of the ring; null without one.</summary>
    public long? BlockBytes { get; internal init; }

    /// <summary>Bytes set aside for a frame; null without a ring. Version 3 packs frames closer.</summary>
    public long? FrameBytes { get; internal init; }

    /// <summary>Milliseconds after which a block that is not full is handed over (version 3); null otherwise.</summary>
    public int? RetireMilliseconds { get; internal init; }

    /// <summary>Number of its fanout group; null when it is in none.</summary>
    public int? FanoutId { get; internal init; }

    /// <summary>How its group shares packets out; null when it is in none.</summary>
    public AfPacketFanoutMode? FanoutMode { get; internal init; }

    /// <summary>Bytes that its queue may hold where it has no ring (SO_RCVBUF); null when the kernel does not say.</summary>
    public long? BufferBytes { get; internal init; }

    /// <summary>Bytes that wait in its queue; null when the kernel does not say.</summary>
    public long? QueuedBytes { get; internal init; }

    /// <summary>
    /// Packets dropped since it was made, for want of room; null for a socket with a ring, whose drops the kernel counts where only its owner
    /// may look (tpacket_rcv of net/packet/af_packet.c; field.md K12).
    /// </summary>
    public long? Dropped { get; internal init; }

    /// <summary>Process that has it open; null when it is not seen (another user's, without root).</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>Name of that process, at most 15 letters; null when it is not seen.</summary>
    public string? ProcessName { get; internal init; }

    /// <summary>CPU on which its process last ran; null when it is not seen.</summary>
    public int? Cpu { get; internal init; }

    /// <summary>CPUs that its process may run on; null when it is not seen.</summary>
    public CpuList? AllowedCpus { get; internal init; }

    /// <summary>User who made it, by number; null when the kernel does not say.</summary>
    public int? UserId { get; internal init; }
}
