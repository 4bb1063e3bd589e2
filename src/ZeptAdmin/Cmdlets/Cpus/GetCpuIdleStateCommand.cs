using System.Management.Automation;
using ZeptAdmin.Cpus;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-CpuIdleState: idle states (C-states) of CPUs, what waking from them costs, and how much they were used.</summary>
[Cmdlet(VerbsCommon.Get, "CpuIdleState")]
[OutputType(typeof(CpuIdleState))]
public sealed class GetCpuIdleStateCommand : CpuCmdlet
{
    /// <summary>Names of states; wildcards are allowed.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Pick(CpuIdleStates.Get(Machine), state => state.Cpu, "idle states") is CpuIdleState[] states)
        {
            WriteObject(states.Where(state => Matches(state.Name, Name)), enumerateCollection: true);
        }
    }
}
