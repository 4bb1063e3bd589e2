using System.Management.Automation;
using ZeptAdmin.Irqs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-IrqBalance: whether irqbalance moves interrupts here, and what it leaves alone.</summary>
[Cmdlet(VerbsCommon.Get, "IrqBalance")]
[OutputType(typeof(IrqBalance))]
public sealed class GetIrqBalanceCommand : SensorCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(IrqBalances.Get(Machine));
}
