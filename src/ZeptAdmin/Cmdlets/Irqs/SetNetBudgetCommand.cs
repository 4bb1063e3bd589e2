using System.Management.Automation;
using ZeptAdmin.Irqs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-NetBudget: changes how long a softirq may work on received packets.</summary>
[Cmdlet(VerbsCommon.Set, "NetBudget", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NetBudget))]
public sealed class SetNetBudgetCommand : ChangeCmdlet
{
    /// <summary>Packets a round; left out, it stays as it is.</summary>
    [Parameter]
    [ValidateRange(1, 1000000)]
    public int? Packets { get; set; }

    /// <summary>Microseconds a round; left out, it stays as it is.</summary>
    [Parameter]
    [ValidateRange(1, 10000000)]
    public int? Microseconds { get; set; }

    /// <summary>Packets that one queue may take at a time; left out, it stays as it is.</summary>
    [Parameter]
    [ValidateRange(1, 65536)]
    public int? Weight { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _ = Make(NetBudgets.Plan(Machine, Packets, Microseconds, Weight));
        if (PassThru)
        {
            WriteObject(NetBudgets.Get(Machine));
        }
    }
}
