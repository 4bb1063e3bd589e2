namespace ZeptAdmin.Xdp;

/// <summary>Where an XDP program runs.</summary>
public enum XdpMode
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>In the driver, before the kernel makes an skb of the frame.</summary>
    Native = 1,

    /// <summary>Behind the driver, on skbs (skb mode, generic): for tests, not for load.</summary>
    Generic = 2,

    /// <summary>On the card.</summary>
    Offload = 3,
}

/// <summary>An XDP program of an interface, or that it has none.</summary>
public sealed record NicXdp
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Where the program runs.</summary>
    public XdpMode Mode { get; internal init; }

    /// <summary>Number of the program; null without.</summary>
    public long? ProgramId { get; internal init; }

    /// <summary>Its name; null without, and when the kernel may not be asked.</summary>
    public string? ProgramName { get; internal init; }

    /// <summary>Digest of its instructions, 16 hexadecimal digits; null without, and when the kernel may not be asked.</summary>
    public string? Tag { get; internal init; }

    /// <summary>How long after boot it was loaded; null without, and when the kernel may not be asked.</summary>
    public TimeSpan? LoadedAfterBoot { get; internal init; }

    /// <summary>Numbers of its maps.</summary>
    public long[] MapIds { get; internal init; } = [];

    /// <summary>True when xdp-filter of xdp-tools put it there.</summary>
    public bool IsFilter { get; internal init; }

    /// <summary>Why name and tag are not known; null when they are.</summary>
    public string? NotAsked { get; internal init; }

    /// <summary>What to know of native XDP with this driver and MTU, as sentences.</summary>
    public string[] Advice { get; internal init; } = [];
}

/// <summary>A rule of xdp-filter: a port or an address whose frames are dropped at every interface that has the filter.</summary>
public sealed record NicXdpRule
{
    /// <summary>The rule as xdp-filter takes it: <c>port 53 dst tcp,udp</c>, <c>ip 192.0.2.1 src</c>.</summary>
    public string Rule { get; internal init; } = "";

    /// <summary>Frames that it dropped.</summary>
    public long Hits { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => Rule;
}

/// <summary>xdp-filter at an interface.</summary>
public sealed record NicXdpFilter
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Where its program runs.</summary>
    public XdpMode Mode { get; internal init; }

    /// <summary>Rules, of all interfaces that have the filter.</summary>
    public NicXdpRule[] Rules { get; internal init; } = [];
}
