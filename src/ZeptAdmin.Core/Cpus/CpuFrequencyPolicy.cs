using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>How the frequency of some CPUs is chosen: driver, governor, preference, limits, turbo.</summary>
/// <remarks>
/// From <c>/sys/devices/system/cpu/cpufreq/policyN</c> (Documentation/admin-guide/pm/cpufreq.rst), <c>intel_pstate</c>, <c>amd_pstate</c> and
/// <c>cpufreq/boost</c>; field.md B3, E2, E3. Kernels before 4.3 have the same folder under each CPU.
/// </remarks>
public sealed record CpuFrequencyPolicy
{
    /// <summary>Number of the policy: its first CPU when it was made.</summary>
    public int Policy { get; internal init; }

    /// <summary>CPUs that it is for, online or not.</summary>
    public CpuList Cpu { get; internal init; } = CpuList.Empty;

    /// <summary>The driver: intel_pstate (active), intel_cpufreq (intel_pstate, passive), acpi-cpufreq, amd-pstate-epp.</summary>
    public string? Driver { get; internal init; }

    /// <summary>How intel_pstate or amd_pstate works: active, passive, guided, off; null with another driver.</summary>
    public string? DriverMode { get; internal init; }

    /// <summary>The governor. With intel_pstate and amd-pstate in active mode there are two, and powersave means that the processor chooses.</summary>
    public string? Governor { get; internal init; }

    /// <summary>Governors that may be set.</summary>
    public string[] AvailableGovernors { get; internal init; } = [];

    /// <summary>What the processor is told to prefer (EPP): performance, balance_performance, default, or a number; null where there is none.</summary>
    public string? EnergyPreference { get; internal init; }

    /// <summary>Preferences that may be set.</summary>
    public string[] AvailableEnergyPreferences { get; internal init; } = [];

    /// <summary>Lowest frequency that is used, in kHz.</summary>
    public long? MinimumKilohertz { get; internal init; }

    /// <summary>Highest frequency that is used, in kHz.</summary>
    public long? MaximumKilohertz { get; internal init; }

    /// <summary>Lowest frequency of the hardware, in kHz.</summary>
    public long? HardwareMinimumKilohertz { get; internal init; }

    /// <summary>Highest frequency of the hardware, turbo included, in kHz.</summary>
    public long? HardwareMaximumKilohertz { get; internal init; }

    /// <summary>Frequency without turbo, in kHz; null where the driver does not say.</summary>
    public long? BaseKilohertz { get; internal init; }

    /// <summary>Frequency of the moment, in kHz, as the driver last saw or asked for it.</summary>
    public long? CurrentKilohertz { get; internal init; }

    /// <summary>True when turbo may be used; null where there is no switch.</summary>
    public bool? IsTurboEnabled { get; internal init; }
}
