namespace ZeptAdmin.Cpus;

/// <summary>One idle state (C-state) of one CPU: what it costs to wake from it, whether it may be used, and how much it was.</summary>
/// <remarks>
/// From <c>/sys/devices/system/cpu/cpuN/cpuidle/stateM</c> (Documentation/admin-guide/pm/cpuidle.rst); field.md A5, E1.
/// </remarks>
public sealed record CpuIdleState
{
    /// <summary>The CPU.</summary>
    public int Cpu { get; internal init; }

    /// <summary>Number of the state, from 0, the lightest.</summary>
    public int State { get; internal init; }

    /// <summary>Name that the driver gives it: POLL, C1, C1E, C6.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What the driver says of it; null when it says nothing.</summary>
    public string? Description { get; internal init; }

    /// <summary>Microseconds to wake from it, at worst; null when the kernel does not say.</summary>
    public long? LatencyMicroseconds { get; internal init; }

    /// <summary>Microseconds that it has to last to save energy; null when the kernel does not say.</summary>
    public long? TargetResidencyMicroseconds { get; internal init; }

    /// <summary>True when the governor may choose it; null when the kernel does not say.</summary>
    public bool? IsEnabled { get; internal init; }

    /// <summary>False when the driver itself left it off at boot; null on kernels before 5.6.</summary>
    public bool? IsEnabledByDefault { get; internal init; }

    /// <summary>How often it was entered since boot.</summary>
    public long? Usage { get; internal init; }

    /// <summary>Microseconds spent in it since boot.</summary>
    public long? TimeMicroseconds { get; internal init; }

    /// <summary>How often it was asked for and refused, by the hardware or the driver; null on kernels before 5.10.</summary>
    public long? Rejected { get; internal init; }

    /// <summary>The driver that owns the states: intel_idle, acpi_idle, haltpoll.</summary>
    public string? Driver { get; internal init; }

    /// <summary>The governor that chooses among them: menu, teo, ladder, haltpoll.</summary>
    public string? Governor { get; internal init; }
}
