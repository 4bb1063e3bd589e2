using System.Management.Automation;
using ZeptAdmin.Irqs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NetBudget: how long a softirq may work on received packets.</summary>
[Cmdlet(VerbsCommon.Get, "NetBudget")]
[OutputType(typeof(NetBudget))]
public sealed class GetNetBudgetCommand : SensorCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(NetBudgets.Get(Machine));
}
