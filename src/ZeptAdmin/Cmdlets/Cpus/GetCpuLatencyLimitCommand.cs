using System.Management.Automation;
using ZeptAdmin.Cpus;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-CpuLatencyLimit: how long waking from an idle state may take, for the machine and for CPUs with a limit of their own, and who holds it.</summary>
[Cmdlet(VerbsCommon.Get, "CpuLatencyLimit")]
[OutputType(typeof(CpuLatencyLimit))]
public sealed class GetCpuLatencyLimitCommand : SensorCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(CpuLatencyLimits.Get(Machine), enumerateCollection: true);
}
