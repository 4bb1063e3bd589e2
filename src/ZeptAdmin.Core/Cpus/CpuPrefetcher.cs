namespace ZeptAdmin.Cpus;

/// <summary>One hardware prefetcher of one CPU.</summary>
/// <remarks>
/// A bit of MSR_MISC_FEATURE_CONTROL (0x1A4) of Intel's processors, set when the prefetcher is off: Intel SDM volume 4; field.md B9.
/// Not proven on hardware.
/// </remarks>
public sealed record CpuPrefetcher
{
    /// <summary>The CPU; threads of one core share its prefetchers.</summary>
    public int Cpu { get; internal init; }

    /// <summary>Name: L2Hardware, L2AdjacentLine, DcuHardware, DcuIp.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What it fetches.</summary>
    public string Description { get; internal init; } = "";

    /// <summary>True when it works.</summary>
    public bool IsEnabled { get; internal init; }
}
