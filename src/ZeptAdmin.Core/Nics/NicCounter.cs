using ZeptAdmin.Drivers;

namespace ZeptAdmin.Nics;

/// <summary>One counter of a driver.</summary>
/// <remarks>
/// From <c>ETHTOOL_GSTATS</c>; name, layer and meaning from the data in Drivers. Counters run since the driver was loaded or the card
/// was reset: only differences over time mean anything (field.md K8).
/// </remarks>
public sealed record NicCounter
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Name as the driver gives it, without white space around it.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Value.</summary>
    public ulong Value { get; internal init; }

    /// <summary>Name for all drivers (<c>rx_crc_errors</c>, <c>rx_fifo_dropped</c>); null when nothing is known of the counter.</summary>
    public string? CanonicalName { get; internal init; }

    /// <summary>Where between wire and stack it counts.</summary>
    public CounterLayer Layer { get; internal init; }

    /// <summary>Whether it counts what is received or what is sent.</summary>
    public CounterDirection Direction { get; internal init; }

    /// <summary>What it counts; Unknown when nothing is known of the counter.</summary>
    public CounterUnit Unit { get; internal init; }

    /// <summary>True when a received packet is lost each time it counts; null when nothing is known of the counter.</summary>
    public bool? IsLoss { get; internal init; }

    /// <summary>Queue that it counts for; null for the whole interface.</summary>
    public int? Queue { get; internal init; }
}
