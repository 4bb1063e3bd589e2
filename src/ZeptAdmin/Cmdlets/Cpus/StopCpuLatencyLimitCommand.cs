using System.Management.Automation;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Stop-CpuLatencyLimit: ends what Start-CpuLatencyLimit holds for the machine, or takes away the limits of CPUs.</summary>
[Cmdlet(VerbsLifecycle.Stop, "CpuLatencyLimit", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CpuLatencyLimit))]
public sealed class StopCpuLatencyLimitCommand : ChangeCmdlet
{
    /// <summary>CPUs whose own limits go, whoever set them; left out, the limit that is held for the machine.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public CpuList[]? Cpu { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        CpuList? cpus = CpuPicking.All(Cpu);
        if (Make(cpus is null ? CpuLatencyLimits.Plan(Machine, null) : CpuLatencyLimits.Plan(Machine, cpus, null)) && PassThru)
        {
            WriteObject(CpuLatencyLimits.Get(Machine).Where(limit => limit.IsOfMachine == cpus is null), enumerateCollection: true);
        }
    }
}
