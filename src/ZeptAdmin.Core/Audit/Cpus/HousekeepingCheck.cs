using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>D9: the kernel does its own work where no worker is.</summary>
internal sealed class HousekeepingCheck() : GuardedCpusCheck(
    "D9.Housekeeping",
    "on no CPU that is isolated or a worker's",
    "The kernel's background work - unbound work queues, writeback, watchdogs, threads - comes to any CPU that it may, and takes cache and time from the worker there. S1 puts all of it on CPU 0.",
    "field.md D9; Documentation/core-api/workqueue.rst")
{
    /// <inheritdoc/>
    protected override CheckResult Judge(AuditSubject subject, GuardedCpus guarded)
    {
        CpuHousekeeping[] parts = subject.Read(CpuHousekeepings.Get);

        // The scheduler brings threads that nobody pinned to no isolated CPU, whatever they may; work queues and interrupts do not ask it.
        (string Name, CpuList Cpus)[] strays =
        [
            .. from part in parts
               let cpus = part.Threads.Length > 0 ? part.StrayCpus.Except(guarded.Isolated) : part.StrayCpus
               where !cpus.IsEmpty
               select (CpuHousekeepings.InWords(part.Part), cpus),
        ];
        return parts.Length == 0 ? Result(Unknown, Machine, Expected, "the machine tells of none of it")
            : strays.Length == 0 ? Result(Pass, Machine, Expected, $"on CPU {guarded.Housekeeping}")
            : Result(
                Warn, Machine, Expected,
                string.Join("; ", strays.GroupBy(stray => stray.Cpus).Select(group => $"{string.Join(", ", group.Select(stray => stray.Name))} on CPU {group.Key}")),
                guarded.Housekeeping.IsEmpty ? "Leave a CPU to the system; New-NsmPlan divides them." : $"Set-CpuHousekeeping {guarded.Housekeeping}");
    }
}
