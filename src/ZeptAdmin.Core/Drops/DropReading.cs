using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Drops;

/// <summary>Counters of one interface, and of the softirq, at one instant.</summary>
public sealed record DropReading
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Driver; null when there is none to ask.</summary>
    public string? Driver { get; internal init; }

    /// <summary>The kernel's number of the interface: another one, and it is another interface. Null when not known.</summary>
    public int? InterfaceIndex { get; internal init; }

    /// <summary>Identity of the boot; null when not known, as in a snapshot.</summary>
    public string? BootId { get; internal init; }

    /// <summary>When the machine was started, by its own clock (seconds since 1970, btime of /proc/stat); null when not known.</summary>
    public long? BootTime { get; internal init; }

    /// <summary>When it was read (UTC).</summary>
    public DateTime Time { get; internal init; }

    /// <summary>Packets that the kernel says were received; null when not known.</summary>
    public long? ReceivedPackets { get; internal init; }

    /// <summary>Counters of the card; those of the interface where the driver has none.</summary>
    public NicCounter[] Counters { get; internal init; } = [];

    /// <summary>AF_PACKET sockets that listen to the interface, or to all; null when the kernel does not list them.</summary>
    public AfPacketSocket[]? Sockets { get; internal init; }

    /// <summary>True when RPS hands packets of its queues on, through the backlog of a CPU.</summary>
    public bool HasRps { get; internal init; }

    /// <summary>Counters of the softirq; empty when not known.</summary>
    public SoftnetStat[] Softnet { get; internal init; } = [];

    /// <summary>Reads one interface.</summary>
    /// <returns>The reading; ENODEV when there is no such interface.</returns>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<DropReading> Read(Sensor sensor, string interfaceName) => new DropReadings(sensor).Get(interfaceName);
}
