using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Unregister-NsmPlan: removes all files that Register-NsmPlan wrote; what is in force now stays.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "NsmPlan", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RegisteredPlan))]
public sealed class UnregisterNsmPlanCommand : ChangeCmdlet
{
    /// <summary>A plan, or the name of one, with wildcards.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [PlanNameTransformation]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Plan { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        WildcardPattern pattern = WildcardPattern.Get(Plan, WildcardOptions.None);
        RegisteredPlan[] registered = [.. PlanRegistration.Find(Machine).Where(plan => pattern.IsMatch(plan.Plan))];
        if (registered.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(Plan))
        {
            WriteError(new Refusal(Errno.ENOENT, "find the registration", Plan) { Detail = "No such plan is registered." }.ToErrorRecord());
        }

        foreach (RegisteredPlan plan in registered)
        {
            _ = Make(PlanRegistration.PlanRemoval(Machine, plan));
            if (PassThru)
            {
                WriteObject(PlanRegistration.Find(Machine, plan.Plan), enumerateCollection: true);
            }
        }

        PlanRegistration.Reload(Machine);
    }
}
