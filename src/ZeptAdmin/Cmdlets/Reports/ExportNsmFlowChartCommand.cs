using System.Management.Automation;
using ZeptAdmin.Reports;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Cmdlets;

/// <summary>Export-NsmFlowChart: draws balances of Measure-RssBalance, queue by queue, worker by worker and entry by entry, into an SVG file.</summary>
/// <remarks>Needs no privileges. The file needs no other: it is right in light and dark and on paper, and its text can be searched and copied.</remarks>
[Cmdlet(VerbsData.Export, "NsmFlowChart", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportNsmFlowChartCommand : PSCmdlet
{
    private readonly List<RssBalance> _balances = [];

    /// <summary>File to write.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What Measure-RssBalance told; several are drawn to one scale, one below the other.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public RssBalance[] InputObject { get; set; } = [];

    /// <summary>Replaces a file that is there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits the file that was written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _balances.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_balances.Count > 0)
        {
            this.Export(Path, "Draw the balance of queues", PassThru, path => FlowChart.Save(_balances, path, Force));
        }
    }
}
