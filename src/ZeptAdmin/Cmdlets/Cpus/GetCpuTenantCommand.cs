using System.Diagnostics;
using System.Management.Automation;
using ZeptAdmin.Cpus;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-CpuTenant: who runs on CPUs: threads of processes and of the kernel, interrupts, softirqs; and who does not belong on those of workers.</summary>
[Cmdlet(VerbsCommon.Get, "CpuTenant")]
[OutputType(typeof(CpuTenant))]
public sealed class GetCpuTenantCommand : SensorCmdlet
{
    private const int StepMilliseconds = 100;

    /// <summary>CPUs, as Linux writes them (<c>0-3,8</c>); left out, all that are online.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public CpuList[]? Cpu { get; set; }

    /// <summary>Seconds to watch; a snapshot has its own time between its two instants.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(0.1, 86400)]
    public double Interval { get; set; } = 2;

    /// <summary>CPUs of workers, besides isolated ones and those that a capturing thread is pinned to.</summary>
    [Parameter]
    public CpuList[]? WorkerCpu { get; set; }

    /// <summary>Tells of threads, too, that did not run meanwhile, on the CPU where they ran last.</summary>
    [Parameter]
    public SwitchParameter IncludeIdle { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        CpuList online = CpuMeter.Online(Machine);
        CpuList cpus = CpuPicking.All(Cpu) ?? online;
        CpuList? workers = CpuPicking.All(WorkerCpu);
        if ((CpuFolders.Missing(cpus, online, "online CPU") ?? CpuFolders.Missing(workers, online, "online CPU")) is Refusal refusal)
        {
            WriteError(refusal.ToErrorRecord());
            return;
        }

        CpuTenantMeter meter = new(Machine, workers);
        if (Machine.IsLive && !Watch(meter))
        {
            return;
        }

        Answer<CpuTenant[]> answer = meter.Finish(IncludeIdle);
        if (answer.IsKnown && meter.Missing is string missing)
        {
            WriteWarning(missing);
        }

        Write(answer.Select(tenants => tenants.Where(tenant => cpus.Contains(tenant.Cpu)).ToArray()));
    }

    // False when the user has stopped it: nothing is said of half a measurement.
    private bool Watch(CpuTenantMeter meter)
    {
        long started = Stopwatch.GetTimestamp();
        double left;
        while ((left = Interval - Stopwatch.GetElapsedTime(started).TotalSeconds) > 0)
        {
            if (StopToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Min(StepMilliseconds, (left * 1000) + 1))))
            {
                return false;
            }

            meter.Look();
        }

        return true;
    }
}
