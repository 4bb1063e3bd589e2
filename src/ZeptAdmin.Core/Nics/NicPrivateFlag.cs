namespace ZeptAdmin.Nics;

/// <summary>One private flag of a driver.</summary>
/// <remarks>From <c>ETHTOOL_GPFLAGS</c>. Which flags there are, and in what order, differs by driver and version: only the name counts.</remarks>
public sealed record NicPrivateFlag
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>The driver's name of the flag.</summary>
    public string Flag { get; internal init; } = "";

    /// <summary>True when the flag is set.</summary>
    public bool IsOn { get; internal init; }
}
