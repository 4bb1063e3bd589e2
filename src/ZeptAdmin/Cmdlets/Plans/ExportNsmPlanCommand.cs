using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Export-NsmPlan: writes a plan to a file, to be read, compared and edited.</summary>
[Cmdlet(VerbsData.Export, "NsmPlan", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class ExportNsmPlanCommand : PSCmdlet
{
    /// <summary>File to write.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The plan.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public NsmPlan Plan { get; set; } = new();

    /// <summary>Replaces a file that is there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string path = GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(path, $"Write the plan '{Plan.Name}' of {Plan.Sensor}"))
        {
            return;
        }

        try
        {
            PlanFiles.Write(path, Plan, Force);
        }
        catch (KernelException e) when (e.Errno == Errno.EEXIST)
        {
            WriteError(new ErrorRecord(e, "PlanExists", ErrorCategory.ResourceExists, path)
            {
                ErrorDetails = new ErrorDetails(e.Message) { RecommendedAction = "Give another name, or -Force to replace it." },
            });
        }
        catch (KernelException e)
        {
            WriteError(e.ToErrorRecord());
        }
    }
}
