using System.Management.Automation;
using ZeptAdmin.Cpus;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-CpuFrequencyPolicy: how the frequency of CPUs is chosen: driver, governor, preference, limits, turbo.</summary>
[Cmdlet(VerbsCommon.Get, "CpuFrequencyPolicy")]
[OutputType(typeof(CpuFrequencyPolicy))]
public sealed class GetCpuFrequencyPolicyCommand : SensorCmdlet
{
    /// <summary>CPUs, as Linux writes them (<c>0-3,8</c>); left out, all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public CpuList[]? Cpu { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(
        CpuPicking.Pick(CpuFrequencyPolicies.Get(Machine), Cpu, policy => policy.Cpu, "frequency policy", refusal => WriteError(refusal.ToErrorRecord())) ?? [],
        enumerateCollection: true);
}
