using System.Management.Automation;
using ZeptAdmin.Cpus;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-CpuHousekeeping: has the kernel do its background work on some CPUs only.</summary>
/// <remarks>Until the next boot or Undo-NsmChange.</remarks>
[Cmdlet(VerbsCommon.Set, "CpuHousekeeping", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CpuHousekeeping))]
public sealed class SetCpuHousekeepingCommand : ChangeCmdlet
{
    /// <summary>CPUs for the work, as Linux writes them (<c>0-3,8</c>).</summary>
    [Parameter(Position = 0, Mandatory = true)]
    public CpuList[] Cpu { get; set; } = [];

    /// <summary>Parts of the work; left out, all that the machine has.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public CpuHousekeepingPart[]? Part { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        GuardedCpus guarded = GuardedCpus.Get(Machine);
        CpuList cpus = CpuPicking.All(Cpu)!;
        Refusal? refusal = CpuFolders.Missing(cpus, guarded.Online, "online CPU")
            ?? (cpus.IsEmpty ? new Refusal(Errno.EINVAL, "set the CPUs of the kernel's work", "-Cpu") { Detail = "It has to be done somewhere: name one CPU at least." } : null);
        if (refusal is not null)
        {
            WriteError(refusal.ToErrorRecord());
            return;
        }

        CpuList strays = cpus.Intersect(guarded.All);
        Tell(strays.IsEmpty ? null : $"CPU {strays} is isolated, or a worker's: the kernel's work will disturb it.", isWarning: true);
        if (Make(CpuHousekeepings.Plan(Machine, cpus, Part)) && PassThru)
        {
            WriteObject(CpuHousekeepings.Get(Machine).Where(part => Part is null || Part.Contains(part.Part)), enumerateCollection: true);
        }
    }
}
