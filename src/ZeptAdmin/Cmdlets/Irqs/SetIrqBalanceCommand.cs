using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-IrqBalance: says what irqbalance leaves alone, in its settings file and to the running process.</summary>
/// <remarks>Only the two settings are edited; a file in a form that is not understood is left alone. Nothing is started or stopped.</remarks>
[Cmdlet(VerbsCommon.Set, "IrqBalance", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IrqBalance))]
public sealed class SetIrqBalanceCommand : ChangeCmdlet
{
    /// <summary>CPUs to which it moves nothing, in the place of those before; empty text for its default, the isolated and nohz_full CPUs.</summary>
    [Parameter]
    public CpuList[]? BannedCpu { get; set; }

    /// <summary>Interrupts that it leaves alone, in the place of those before; an empty array for none.</summary>
    [Parameter]
    [AllowEmptyCollection]
    [ValidateRange(1, int.MaxValue)]
    public int[]? BannedIrq { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        CpuList? cpus = BannedCpu is null ? null : CpuList.Of(BannedCpu.SelectMany(list => list.ToArray()));
        try
        {
            if ((cpus is not null || BannedIrq is not null) && Make(IrqBalanceBans.Plan(Machine, cpus, BannedIrq)))
            {
                TellStanding();
            }
        }
        catch (KernelFormatException e)
        {
            WriteError(e.ToErrorRecord());
        }

        if (PassThru)
        {
            WriteObject(IrqBalances.Get(Machine));
        }
    }

    private void TellStanding()
    {
        (string sentence, bool isInForce) = IrqBalanceBans.Standing(Machine);
        Tell(sentence, isWarning: !isInForce);
    }
}
