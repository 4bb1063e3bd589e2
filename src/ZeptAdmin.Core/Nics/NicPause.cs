namespace ZeptAdmin.Nics;

/// <summary>Pause frame (flow control) settings of one interface.</summary>
/// <remarks>From <c>ETHTOOL_GPAUSEPARAM</c>. A sensor must never send a pause frame to the port that mirrors to it (field.md I8).</remarks>
public sealed record NicPause
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>True when the use of pause frames is negotiated with the other end.</summary>
    public bool Autoneg { get; internal init; }

    /// <summary>True when the card obeys pause frames that it receives.</summary>
    public bool Rx { get; internal init; }

    /// <summary>True when the card sends pause frames.</summary>
    public bool Tx { get; internal init; }
}
