using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Reports;

namespace ZeptAdmin.Cmdlets;

/// <summary>Export-NsmTopology: draws packages, nodes, L3 caches, cores, cards, interrupts, workers and memory into an SVG file.</summary>
/// <remarks>Needs no privileges. The file needs no other: it is right in light and dark and on paper, and its text can be searched and copied.</remarks>
[Cmdlet(VerbsData.Export, "NsmTopology", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportNsmTopologyCommand : ExportCmdlet
{
    /// <summary>CPUs on which workers of Zeek or Suricata run, as Linux writes them: 4-11,20-27; left out, those to which processes with AF_PACKET sockets are pinned.</summary>
    [Parameter]
    [ValidateNotNull]
    public CpuList[] WorkerCpu { get; set; } = [];

    /// <summary>Plan, or the path of its file, whose roles of CPUs are marked instead of what is now.</summary>
    [Parameter(ValueFromPipeline = true)]
    [NsmPlanTransformation]
    [ValidateNotNull]
    public NsmPlan? Plan { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Export($"Draw the topology of {Machine.Name}", path => TopologyPictures.Save(Machine, path, Plan, CpuList.Of(WorkerCpu.SelectMany(list => list.ToArray())), Force));
}
