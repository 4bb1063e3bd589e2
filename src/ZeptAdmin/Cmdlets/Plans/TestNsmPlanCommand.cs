using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-NsmPlan: holds a plan against a machine, a snapshot or another plan, row by row.</summary>
[Cmdlet(VerbsDiagnostic.Test, "NsmPlan")]
[OutputType(typeof(PlanDrift))]
public sealed class TestNsmPlanCommand : SensorCmdlet
{
    /// <summary>The plan, or the path of its file.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [NsmPlanTransformation]
    [ValidateNotNull]
    public NsmPlan Plan { get; set; } = new();

    /// <summary>Another plan, or the path of its file, to hold the plan against instead of a machine.</summary>
    [Parameter]
    [NsmPlanTransformation]
    [ValidateNotNull]
    public NsmPlan? Reference { get; set; }

    /// <summary>States to show; all when left out.</summary>
    [Parameter]
    public PlanRowState[] State { get; set; } = Enum.GetValues<PlanRowState>();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (PlanDrift drift in (Reference is null ? PlanComparison.Compare(Machine, Plan) : PlanComparison.Compare(Reference, Plan)).Where(drift => State.Contains(drift.State)))
        {
            if (StopToken.IsCancellationRequested)
            {
                return;
            }

            WriteObject(drift);
        }
    }
}
