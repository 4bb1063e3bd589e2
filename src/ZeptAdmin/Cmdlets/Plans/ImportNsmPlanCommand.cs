using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Import-NsmPlan: reads a plan from its file; a mistake is refused with its line.</summary>
[Cmdlet(VerbsData.Import, "NsmPlan")]
[OutputType(typeof(NsmPlan))]
public sealed class ImportNsmPlanCommand : PSCmdlet
{
    /// <summary>Files of plans.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            try
            {
                WriteObject(PlanFiles.Read(GetUnresolvedProviderPathFromPSPath(path)));
            }
            catch (KernelException e)
            {
                WriteError(e.ToErrorRecord());
            }
            catch (KernelFormatException e)
            {
                WriteError(e.ToPlanErrorRecord());
            }
        }
    }
}
