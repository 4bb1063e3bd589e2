using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>Plans what irqbalance leaves alone, and tells whether it does.</summary>
public static class IrqBalanceBans
{
    private const string Operation = "find the settings of irqbalance";

    private static readonly IrqBalanceFileSetting Setting = new();

    /// <summary>The change that bans these CPUs and interrupts, in the place of those banned before; null leaves CPUs or interrupts as they are.</summary>
    /// <returns>EOPNOTSUPP when irqbalance is not installed; EINVAL when it would have no CPU left.</returns>
    /// <exception cref="KernelFormatException">The file is in a form that is not understood.</exception>
    public static Answer<PlannedChange> Plan(Sensor sensor, CpuList? cpus, int[]? irqs)
    {
        if (IrqBalances.FindSettings(sensor.Files) is not string path)
        {
            return new Refusal(Errno.EOPNOTSUPP, Operation, sensor.Name) { Detail = "It is not installed: nothing moves interrupts by itself." };
        }

        return cpus is not null && !LeavesOne(sensor, cpus)
            ? new Refusal(Errno.EINVAL, $"ban the CPUs {cpus}", path) { Detail = "No online CPU would be left to irqbalance: stop it instead (systemctl disable --now irqbalance)." }
            : Setting.Plan(sensor, path, cpus, irqs);
    }

    /// <summary>The change that bans CPUs and interrupts besides those that are banned already.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="cpus">CPUs that serve queues.</param>
    /// <param name="irqs">Interrupts of the queues.</param>
    /// <param name="note">Why the CPUs are passed over, as a sentence; null when they are not.</param>
    /// <returns>EOPNOTSUPP when irqbalance is not installed.</returns>
    /// <exception cref="KernelFormatException">The file is in a form that is not understood.</exception>
    public static Answer<PlannedChange> PlanFence(Sensor sensor, CpuList cpus, int[] irqs, out string? note)
    {
        string path = IrqBalances.FindSettings(sensor.Files) ?? "";
        (CpuList? bannedCpus, int[] bannedIrqs) = IrqBalances.InFile(sensor.Files.ReadText(path) ?? "");

        // Once a list is written, it stands in the place of the default, so that takes the default in.
        CpuList all = cpus.Union(bannedCpus ?? IrqBalances.DefaultBannedCpus(sensor.Files).Cpus ?? CpuList.Empty);
        bool leavesOne = LeavesOne(sensor, all);
        note = leavesOne ? null : $"irqbalance is not told to leave the CPUs {cpus} alone, since it would have none left; it still leaves the interrupts {string.Join(", ", irqs)} alone.";
        return Plan(sensor, leavesOne ? all : null, [.. bannedIrqs.Union(irqs).Order()]);
    }

    /// <summary>The process of irqbalance when it runs and does not leave all of these interrupts alone; else null.</summary>
    public static int? Mover(Sensor sensor, int[] irqs)
    {
        IrqBalance balance = IrqBalances.Get(sensor);
        return irqs.Except(balance.BannedIrqs).Any() ? balance.ProcessId : null;
    }

    /// <summary>Whether a running irqbalance keeps to its file, as a sentence.</summary>
    /// <returns>IsInForce is false when it has to be started anew.</returns>
    public static (string Sentence, bool IsInForce) Standing(Sensor sensor)
    {
        if (IrqBalances.FindProcess(sensor.Files) is not int process)
        {
            return ("irqbalance does not run; its settings count when it starts.", true);
        }

        (CpuList? cpus, int[] irqs) = IrqBalances.InFile(sensor.Files.ReadText(IrqBalances.FindSettings(sensor.Files) ?? "") ?? "");
        if (!sensor.IsLive || IrqBalanceSocket.Ask(process) is not (CpuList banned, int[] left, int seconds))
        {
            return ($"irqbalance runs (process {process}) and cannot be told: it keeps its old settings until 'systemctl restart irqbalance'.", false);
        }

        if (!left.ToHashSet().SetEquals(irqs))
        {
            return ($"irqbalance runs (process {process}) and leaves other interrupts alone than its file says; 'systemctl restart irqbalance' brings them together.", false);
        }

        return cpus is null || cpus.Equals(banned)
            ? ($"irqbalance (process {process}) keeps to its settings.", true)
            : ($"irqbalance (process {process}) was told; it takes its CPUs over when it looks next, every {seconds} seconds.", true);
    }

    private static bool LeavesOne(Sensor sensor, CpuList banned) =>
        sensor.Files.ReadCpuList("/sys/devices/system/cpu/online") is not CpuList online || !online.IsSubsetOf(banned);
}
