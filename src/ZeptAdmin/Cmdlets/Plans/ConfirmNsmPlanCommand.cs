using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Confirm-NsmPlan: keeps a plan that was made with -ConfirmWithin.</summary>
[Cmdlet(VerbsLifecycle.Confirm, "NsmPlan", SupportsShouldProcess = true)]
[OutputType(typeof(PendingPlan))]
public sealed class ConfirmNsmPlanCommand : PSCmdlet
{
    /// <summary>A plan, or the name of one, with wildcards; all that are pending when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [PlanNameTransformation]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Plan { get; set; } = "*";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        WildcardPattern pattern = WildcardPattern.Get(Plan, WildcardOptions.None);
        PendingPlan[] pending = [.. PlanDeadlines.Pending().Where(plan => pattern.IsMatch(plan.Plan))];
        if (pending.Length == 0)
        {
            WriteError(new Refusal(Errno.ENOENT, "confirm the plan", Plan) { Detail = "No such plan waits for it: it was not made with -ConfirmWithin, was confirmed already, or its deadline came." }.ToErrorRecord());
        }

        foreach (PendingPlan plan in pending.Where(plan => ShouldProcess($"Keep the plan '{plan.Plan}' of the run {plan.Run}")))
        {
            Answer<PendingPlan> confirmed = PlanDeadlines.Confirm(plan);
            if (confirmed.Refusal is Refusal refusal)
            {
                WriteError(refusal.ToErrorRecord());
            }
            else
            {
                WriteObject(confirmed.Value);
            }
        }
    }
}
