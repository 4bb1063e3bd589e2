using System.Management.Automation;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Start-CpuLatencyLimit: keeps CPUs out of idle states from which waking takes too long, also after the session has ended.</summary>
/// <remarks>Until Stop-CpuLatencyLimit, Undo-NsmChange or the next boot.</remarks>
[Cmdlet(VerbsLifecycle.Start, "CpuLatencyLimit", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CpuLatencyLimit))]
public sealed class StartCpuLatencyLimitCommand : ChangeCmdlet
{
    /// <summary>The most that waking may take, in microseconds; 0 leaves polling only.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateRange(0, 1000000)]
    public int MaxLatencyMicroseconds { get; set; }

    /// <summary>CPUs that get the limit in their own settings; left out, a small process holds it for the whole machine.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public CpuList[]? Cpu { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        CpuList? cpus = CpuPicking.All(Cpu);
        if (Make(cpus is null ? CpuLatencyLimits.Plan(Machine, MaxLatencyMicroseconds) : CpuLatencyLimits.Plan(Machine, cpus, MaxLatencyMicroseconds)) && PassThru)
        {
            WriteObject(CpuLatencyLimits.Get(Machine).Where(limit => limit.IsOfMachine == cpus is null), enumerateCollection: true);
        }
    }
}
