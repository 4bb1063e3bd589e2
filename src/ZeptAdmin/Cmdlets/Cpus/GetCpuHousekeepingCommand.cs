using System.Management.Automation;
using ZeptAdmin.Cpus;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-CpuHousekeeping: CPUs on which the kernel does its background work: work queues, writeback, watchdogs, new interrupts, threads.</summary>
[Cmdlet(VerbsCommon.Get, "CpuHousekeeping")]
[OutputType(typeof(CpuHousekeeping))]
public sealed class GetCpuHousekeepingCommand : SensorCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(CpuHousekeepings.Get(Machine), enumerateCollection: true);
}
