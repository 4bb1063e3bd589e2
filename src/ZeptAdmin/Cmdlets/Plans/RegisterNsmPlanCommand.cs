using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Register-NsmPlan: has a plan made at every boot, before Zeek and Suricata, and again when a card comes up or its driver is loaded.</summary>
[Cmdlet(VerbsLifecycle.Register, "NsmPlan", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RegisteredPlan))]
public sealed class RegisterNsmPlanCommand : ChangeCmdlet
{
    /// <summary>The plan, or the path of its file.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [NsmPlanTransformation]
    [ValidateNotNull]
    public NsmPlan Plan { get; set; } = new();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (CommandHost.Find(MyInvocation.MyCommand.Module.ModuleBase) is not string[] host)
        {
            WriteError(new Refusal(Errno.ENOENT, "register the plan", Plan.Name) { Detail = "Neither zept nor pwsh was found to make it at boot." }.ToErrorRecord());
            return;
        }

        _ = MakeTogether(isWildcard: false, PlanRegistration.Plan(Machine, Plan, host));
        PlanRegistration.Reload(Machine);
        if (PassThru)
        {
            WriteObject(PlanRegistration.Find(Machine, Plan.Name), enumerateCollection: true);
        }
    }
}
