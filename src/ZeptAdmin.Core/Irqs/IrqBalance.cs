using ZeptAdmin.Linux;

namespace ZeptAdmin.Irqs;

/// <summary>Whether irqbalance moves interrupts here.</summary>
public enum IrqBalanceState
{
    /// <summary>No trace of it: neither process nor program, unit or settings.</summary>
    NotInstalled = 0,

    /// <summary>It is installed and does not run.</summary>
    Stopped = 1,

    /// <summary>It runs, and looks at all interrupts every ten seconds.</summary>
    Running = 2,
}

/// <summary>What systemd does with a unit at boot.</summary>
public enum UnitState
{
    /// <summary>There is no such unit.</summary>
    NotFound = 0,

    /// <summary>The unit is not started by itself.</summary>
    Disabled = 1,

    /// <summary>A target wants the unit: it is started at boot.</summary>
    Enabled = 2,

    /// <summary>The unit cannot be started at all.</summary>
    Masked = 3,
}

/// <summary>The interrupt balancer: whether it runs, whether it will after the next boot, and what it was told to leave alone.</summary>
/// <remarks>
/// irqbalance.1 and setup_banned_cpus of irqbalance's cputree.c; field.md F6. Settings are those of the file; a process that runs since
/// before the file was changed has older ones, and may have been told others; of this machine it is asked which interrupts.
/// </remarks>
public sealed record IrqBalance
{
    /// <summary>Whether it runs.</summary>
    public IrqBalanceState State { get; internal init; }

    /// <summary>Its process; null when it does not run.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>What happens at boot.</summary>
    public UnitState UnitState { get; internal init; }

    /// <summary>CPUs to which it moves nothing; null when neither settings nor kernel tell.</summary>
    public CpuList? BannedCpus { get; internal init; }

    /// <summary>Where <see cref="BannedCpus"/> comes from: the name of the setting, or <c>isolated and nohz_full CPUs</c>, its default.</summary>
    public string? BannedCpusSource { get; internal init; }

    /// <summary>Interrupts that it leaves alone (<c>--banirq</c>, or told over its socket while it runs).</summary>
    public int[] BannedIrqs { get; internal init; } = [];

    /// <summary>Drivers whose interrupts it leaves alone (<c>--banmod</c>).</summary>
    public string[] BannedModules { get; internal init; } = [];

    /// <summary>Script or folder that decides for each interrupt (<c>--policyscript</c>); null when there is none.</summary>
    public string? PolicyScript { get; internal init; }

    /// <summary>True when it balances once and ends.</summary>
    public bool IsOneShot { get; internal init; }

    /// <summary>Options that it was started with, or would be; empty when there are none.</summary>
    public string[] Arguments { get; internal init; } = [];

    /// <summary>File that its settings come from; null when there is none.</summary>
    public string? SettingsPath { get; internal init; }

    /// <summary>CPUs that an interrupt may go to when nobody says otherwise (/proc/irq/default_smp_affinity); null when it could not be read.</summary>
    public CpuList? DefaultCpus { get; internal init; }

    /// <summary>What could not be understood, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];
}
