using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>D10: nothing came to the CPUs of workers by itself.</summary>
internal sealed class StrayTasksCheck() : GuardedCpusCheck(
    "D10.StrayTasks",
    "no thread on CPUs of workers that could be elsewhere",
    "A thread that the scheduler brings to a worker's CPU takes its turn there while the ring fills. S1 looks with ps -eHO psr; this is the same look, at where each thread ran last.",
    "field.md D10; /proc/PID/stat of proc_pid_stat.5")
{
    /// <inheritdoc/>
    protected override CheckResult Judge(AuditSubject subject, GuardedCpus guarded)
    {
        FileTree files = subject.Sensor.Files;
        CpuTask[] tasks = [.. CpuTask.All(files)];

        // A snapshot keeps processes that capture, and threads of RCU: they say nothing of the others.
        if (!subject.Sensor.IsLive && !tasks.Any(task => task.Process == 1))
        {
            return Result(Unknown, Machine, Expected, "the capture keeps no other processes");
        }

        CpuTask[] strays = [.. tasks.Where(task => guarded.All.Contains(task.Processor) && CpuStrays.Judge(guarded, task, task.Processor, task.AllowedCpus(files)).IsStray)];
        CpuList open = guarded.All.Except(guarded.Isolated);
        return strays.Length == 0
            ? Result(Pass, Machine, Expected, $"CPU {guarded.All}: none")
            : Result(
                Warn, Machine, Expected,
                $"{Words.Count(strays.Length, "thread")} on CPU {CpuList.Of(strays.Select(task => task.Processor))}: {Words.List([.. strays.Select(task => task.Name).Distinct()])}",
                $"Get-CpuTenant {guarded.All} | Where-Object IsStray says what moves each{(open.IsEmpty ? "" : $"; Set-KernelArgument isolcpus={guarded.All} keeps the scheduler from bringing more")}");
    }
}
