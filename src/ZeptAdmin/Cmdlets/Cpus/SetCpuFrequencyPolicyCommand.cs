using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Cpus;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-CpuFrequencyPolicy: changes how the frequency of CPUs is chosen.</summary>
/// <remarks>Until the next boot or Undo-NsmChange. A policy is changed whole: the other CPUs of it change too.</remarks>
[Cmdlet(VerbsCommon.Set, "CpuFrequencyPolicy", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CpuFrequencyPolicy))]
public sealed class SetCpuFrequencyPolicyCommand : ChangeCmdlet
{
    private readonly Dictionary<int, CpuFrequencyPolicy> _policies = [];

    /// <summary>CPUs, as Linux writes them (<c>0-3,8</c>); left out, all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public CpuList[]? Cpu { get; set; }

    /// <summary>Governor: performance, powersave, schedutil …; left out, it stays.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CpuPolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Governor { get; set; }

    /// <summary>What the processor is told to prefer (EPP): performance, balance_performance …, or 0 to 255; left out, it stays.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CpuPolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public string? EnergyPreference { get; set; }

    /// <summary>Lowest frequency that may be used, in kHz; left out, it stays.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MinimumKilohertz { get; set; }

    /// <summary>Highest frequency that may be used, in kHz; left out, it stays.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MaximumKilohertz { get; set; }

    /// <summary>Whether turbo may be used, on the whole machine; left out, it stays.</summary>
    [Parameter]
    public bool? Turbo { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (CpuFrequencyPolicy policy in CpuPicking.Pick(
            CpuFrequencyPolicies.Get(Machine), Cpu, policy => policy.Cpu, "frequency policy", refusal => WriteError(refusal.ToErrorRecord())) ?? [])
        {
            _policies[policy.Policy] = policy;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Policies come one by one through the pipeline; a change is made for each attribute, for all of them at once.</remarks>
    protected override void EndProcessing()
    {
        if (_policies.Count == 0)
        {
            return;
        }

        CpuFrequencyWish wish = new()
        {
            Governor = Governor,
            EnergyPreference = EnergyPreference,
            MinimumKilohertz = MinimumKilohertz,
            MaximumKilohertz = MaximumKilohertz,
            IsTurboEnabled = Turbo,
        };
        if (Make(CpuFrequencyPolicies.Plan(Machine, [.. _policies.Values], wish)) && PassThru)
        {
            Write(CpuFrequencyPolicies.Get(Machine).Select(policies => policies.Where(policy => _policies.ContainsKey(policy.Policy)).ToArray()));
        }
    }
}
