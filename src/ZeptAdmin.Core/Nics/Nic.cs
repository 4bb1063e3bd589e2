using ZeptAdmin.Linux;

namespace ZeptAdmin.Nics;

/// <summary>One network interface: its driver, its card, where it sits and what it is doing.</summary>
/// <remarks>From /sys/class/net, the PCI device behind it, <c>ETHTOOL_GDRVINFO</c>, <c>ETHTOOL_GLINKSETTINGS</c>.</remarks>
public sealed record Nic
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>
    /// What it is: the bus of its device (pci, virtio, usb, auxiliary …), or the kind of virtual interface (veth, bridge, bond, vlan, tun, tap,
    /// macvlan, vxlan, loopback …), or "virtual" when the kernel does not say more.
    /// </summary>
    public string Kind { get; internal init; } = "";

    /// <summary>True when a device is behind it.</summary>
    public bool IsPhysical { get; internal init; }

    /// <summary>Name of the driver; null when there is none.</summary>
    public string? Driver { get; internal init; }

    /// <summary>Version of the driver; for most drivers of the kernel's own tree the kernel's release. null when it tells none.</summary>
    public string? DriverVersion { get; internal init; }

    /// <summary>
    /// True for a driver of the kernel's own tree, false for one from elsewhere: the module's taint has O (field.md A14).
    /// null when the kernel does not say.
    /// </summary>
    public bool? IsInTree { get; internal init; }

    /// <summary>Version of the card's firmware as the vendor writes it; null when the driver tells none.</summary>
    public string? Firmware { get; internal init; }

    /// <summary>Where the driver says the card is: a PCI address, for most; null when it does not say.</summary>
    public string? BusInfo { get; internal init; }

    /// <summary>Address of the PCI device (0000:17:00.0), also when a virtio or auxiliary device sits between; null when there is none.</summary>
    public string? PciAddress { get; internal init; }

    /// <summary>PCI vendor, four hexadecimal digits; null without a PCI device.</summary>
    public string? VendorId { get; internal init; }

    /// <summary>PCI device, four hexadecimal digits; null without a PCI device.</summary>
    public string? DeviceId { get; internal init; }

    /// <summary>PCI subsystem vendor, four hexadecimal digits; null without a PCI device.</summary>
    public string? SubsystemVendorId { get; internal init; }

    /// <summary>PCI subsystem device, four hexadecimal digits; null without a PCI device.</summary>
    public string? SubsystemDeviceId { get; internal init; }

    /// <summary>NUMA node of the card; null when there is no card, or when the firmware does not say (-1 in sysfs; Notes has it then).</summary>
    public int? NumaNode { get; internal init; }

    /// <summary>CPUs that are near the card; empty when the kernel does not say.</summary>
    public CpuList LocalCpus { get; internal init; } = CpuList.Empty;

    /// <summary>Hardware address in use; null when it has none.</summary>
    public string? MacAddress { get; internal init; }

    /// <summary>Hardware address that the card was made with; null when it has none.</summary>
    public string? PermanentMacAddress { get; internal init; }

    /// <summary>Virtual functions that the card can have; null for a card without SR-IOV.</summary>
    public int? SriovTotalVfs { get; internal init; }

    /// <summary>Virtual functions that exist; null for a card without SR-IOV.</summary>
    public int? SriovVfs { get; internal init; }

    /// <summary>Receive queues in use; null when the kernel does not say.</summary>
    public int? RxQueues { get; internal init; }

    /// <summary>Transmit queues in use; null when the kernel does not say.</summary>
    public int? TxQueues { get; internal init; }

    /// <summary>Operational state (RFC 2863): up, down, unknown, lowerlayerdown, dormant, testing, notpresent; null when the kernel does not say.</summary>
    public string? State { get; internal init; }

    /// <summary>True when it was set up (IFF_UP); null when the kernel does not say.</summary>
    public bool? IsUp { get; internal init; }

    /// <summary>True with a carrier; null when the interface is not up, for then the kernel does not say.</summary>
    public bool? HasCarrier { get; internal init; }

    /// <summary>
    /// True when it takes frames for any address (IFF_PROMISC). The flags in sysfs count what a capture program asked for as well, which
    /// <c>ip link</c> does not show. null when the kernel does not say.
    /// </summary>
    public bool? IsPromiscuous { get; internal init; }

    /// <summary>Speed of the link in Mbit/s; null when the driver does not know, as on a port without a link.</summary>
    public long? SpeedMbps { get; internal init; }

    /// <summary>Highest speed in Mbit/s of the link modes that the port can do; null when the driver lists none.</summary>
    public long? MaximumSpeedMbps { get; internal init; }

    /// <summary>Duplex of the link.</summary>
    public LinkDuplex Duplex { get; internal init; }

    /// <summary>Link modes that the port can do; empty when the driver lists none.</summary>
    public string[] SupportedLinkModes { get; internal init; } = [];

    /// <summary>Largest packet in bytes, without the link header; null when the kernel does not say.</summary>
    public int? Mtu { get; internal init; }

    /// <summary>What is worth knowing of the card and its driver, each with its source in brackets; empty when nothing is.</summary>
    public string[] Notes { get; internal init; } = [];
}
