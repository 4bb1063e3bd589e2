using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>Which threads and interrupts do not belong on a CPU that is to run capture and nothing else.</summary>
/// <remarks>
/// What captures belongs there; so does what somebody put on such CPUs and no others, and what the kernel ties to each CPU. The rest came
/// by itself, and could be elsewhere (field.md D9, D10).
/// </remarks>
internal static class CpuStrays
{
    /// <summary>The verdict on a thread, and why; nothing on CPUs that are not guarded.</summary>
    public static (bool IsStray, string Reason) Judge(GuardedCpus guarded, CpuTask task, int cpu, CpuList? allowed)
    {
        string? why = guarded.WhyOf(cpu);
        return why is null ? (false, "")
            : guarded.Captures.Contains(task.Process) ? (false, "It captures packets.")
            : allowed is null ? (false, "It has ended, so its CPUs are not known.")
            : task.IsFixed && allowed.Count == 1 ? (false, "The kernel ties it to this CPU.")
            : allowed.IsSubsetOf(guarded.All) ? (false, $"It was put on CPU {allowed}.")
            : (true, $"{why}, and the thread may run on CPU {allowed}. {RemedyOf(guarded, task)}");
    }

    /// <summary>The verdict on an interrupt, and why; nothing on CPUs that are not guarded.</summary>
    public static (bool IsStray, string Reason) JudgeInterrupt(GuardedCpus guarded, int irq, int cpu, CpuList? allowed)
    {
        string? why = guarded.WhyOf(cpu);
        return why is null ? (false, "")
            : allowed is null ? (false, "Its CPUs are not known.")
            : allowed.IsSubsetOf(guarded.All) ? (false, $"It was sent to CPU {allowed}.")
            : (true, string.Create(CultureInfo.InvariantCulture, $"{why}, and the interrupt may go to CPU {allowed}. Write other CPUs to /proc/irq/{irq}/smp_affinity_list, or Set-IrqAffinity for those of a card."));
    }

    private static string RemedyOf(GuardedCpus guarded, CpuTask task) =>
        !task.IsOfKernel ? string.Create(CultureInfo.InvariantCulture, $"taskset -acp {guarded.Housekeeping} {task.Process}, or CPUAffinity= of its systemd unit, moves it.")
        : task.IsFixed ? $"It does the kernel's unbound work: Set-CpuHousekeeping {guarded.Housekeeping} -Part UnboundWork."
        : $"Set-CpuHousekeeping {guarded.Housekeeping} -Part {(task.Name.StartsWith("rcu", StringComparison.Ordinal) ? CpuHousekeepingPart.RcuThreads : CpuHousekeepingPart.KernelThreads)} moves it.";
}
