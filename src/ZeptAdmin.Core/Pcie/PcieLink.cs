using System.Globalization;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Pcie;

/// <summary>One device on the way of a card to the CPU: the card itself, a port of a switch, a root port.</summary>
public sealed record PcieHop
{
    /// <summary>PCI address.</summary>
    public string PciAddress { get; internal init; } = "";

    /// <summary>Vendor, four hexadecimal digits; null when not known.</summary>
    public string? VendorId { get; internal init; }

    /// <summary>Device, four hexadecimal digits; null when not known.</summary>
    public string? DeviceId { get; internal init; }

    /// <summary>Speed of its link now, in GT/s; null when the kernel does not say.</summary>
    public double? SpeedGtps { get; internal init; }

    /// <summary>Lanes of its link now; null when the kernel does not say.</summary>
    public int? Width { get; internal init; }

    /// <summary>Best speed that it can do, in GT/s; null when the kernel does not say.</summary>
    public double? MaxSpeedGtps { get; internal init; }

    /// <summary>Most lanes that it can use; null when the kernel does not say.</summary>
    public int? MaxWidth { get; internal init; }

    /// <summary>Gbit/s that all ports whose packets pass this link can receive together; null when one is not known.</summary>
    public double? NeededGbps { get; internal init; }

    /// <summary>True when what it reports is a fiction (a device inside a chipset); it does not count then.</summary>
    public bool IsFictitious { get; internal init; }

    /// <summary>Gbit/s that its link carries now, one way, behind the encoding; null when not known.</summary>
    public double? DataGbps => SpeedGtps is double speed && Width is int width ? PcieRate.DataGbps(speed, width) : null;

    /// <summary>Address and link: <c>0000:3b:00.0 8 GT/s x8</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PciAddress} {PcieRate.Words(SpeedGtps, Width)}");
}

/// <summary>The way of one card to the CPU: its links, the narrowest of them, and whether the ports' traffic fits (field.md A9, A10).</summary>
public sealed record PcieLink
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>PCI address of its function.</summary>
    public string PciAddress { get; internal init; } = "";

    /// <summary>The verdict: Fail when it is too slow for one port at full rate, Warn when it is slower than card and slot could be, or too slow for all ports at once.</summary>
    public CheckSeverity Severity { get; internal init; }

    /// <summary>Card first, root port last.</summary>
    public PcieHop[] Hops { get; internal init; } = [];

    /// <summary>Interfaces of the same card, which share the link; this one included.</summary>
    public string[] SharedBy { get; internal init; } = [];

    /// <summary>Gbit/s that this port can receive: its link speed, or the best that it can do without a link; null when not known.</summary>
    public double? PortGbps { get; internal init; }

    /// <summary>Gbit/s that all ports of the card can receive together, its controller's own limit counted; null when one is not known.</summary>
    public double? NeededGbps { get; internal init; }

    /// <summary>Gbit/s of the narrowest link, one way, behind its encoding; null when no hop tells.</summary>
    public double? DataGbps { get; internal init; }

    /// <summary>Gbit/s of packets that fit through the narrowest link, in writes of 256 bytes; null when no hop tells.</summary>
    public double? PayloadGbps { get; internal init; }

    /// <summary>Device at the narrowest link; null when no hop tells.</summary>
    public string? BottleneckAddress { get; internal init; }

    /// <summary>Errors that the card's link corrected since boot (AER, TOTAL_ERR_COR); null when the kernel does not count them.</summary>
    public long? CorrectedErrors { get; internal init; }

    /// <summary>How it should be.</summary>
    public string Expected { get; internal init; } = "";

    /// <summary>How it is, or why that cannot be said.</summary>
    public string Actual { get; internal init; } = "";

    /// <summary>What to do; empty when nothing is to be done.</summary>
    public string Remedy { get; internal init; } = "";
}
