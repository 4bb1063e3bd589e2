namespace ZeptAdmin.Nics;

/// <summary>Numbers of channels (queues with their interrupt) of one interface.</summary>
/// <remarks>From <c>ETHTOOL_GCHANNELS</c>. A driver without channels of a kind reports 0 as their maximum.</remarks>
public sealed record NicChannel
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Channels in use that receive and transmit.</summary>
    public long Combined { get; internal init; }

    /// <summary>Most channels that receive and transmit.</summary>
    public long CombinedMaximum { get; internal init; }

    /// <summary>Channels in use that only receive.</summary>
    public long Rx { get; internal init; }

    /// <summary>Most channels that only receive.</summary>
    public long RxMaximum { get; internal init; }

    /// <summary>Channels in use that only transmit.</summary>
    public long Tx { get; internal init; }

    /// <summary>Most channels that only transmit.</summary>
    public long TxMaximum { get; internal init; }

    /// <summary>Channels in use for other things: link interrupts, virtual functions.</summary>
    public long Other { get; internal init; }

    /// <summary>Most channels for other things.</summary>
    public long OtherMaximum { get; internal init; }
}
