namespace ZeptAdmin.Nics;

/// <summary>One feature (offload) of an interface.</summary>
/// <remarks>From <c>ETHTOOL_GFEATURES</c>.</remarks>
public sealed record NicFeature
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>The kernel's name of the feature: rx-gro, rx-hashing, rx-ntuple-filter, tx-tcp-segmentation …</summary>
    public string Feature { get; internal init; } = "";

    /// <summary>True when the feature is in force.</summary>
    public bool IsOn { get; internal init; }

    /// <summary>True when it cannot be changed, by this driver or by any.</summary>
    public bool IsFixed { get; internal init; }

    /// <summary>True when it is wanted; wanted and not on means that another setting stands in its way.</summary>
    public bool IsRequested { get; internal init; }
}
