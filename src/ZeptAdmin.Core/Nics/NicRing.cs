namespace ZeptAdmin.Nics;

/// <summary>Depth of the receive and transmit descriptor rings of one interface.</summary>
/// <remarks>From <c>ETHTOOL_GRINGPARAM</c>. A driver without a ring of a kind reports 0 as its maximum.</remarks>
public sealed record NicRing
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Receive descriptors in use, per queue.</summary>
    public long Rx { get; internal init; }

    /// <summary>Most receive descriptors that the driver accepts.</summary>
    public long RxMaximum { get; internal init; }

    /// <summary>Transmit descriptors in use, per queue.</summary>
    public long Tx { get; internal init; }

    /// <summary>Most transmit descriptors that the driver accepts.</summary>
    public long TxMaximum { get; internal init; }
}
