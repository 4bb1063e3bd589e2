using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Reports;

namespace ZeptAdmin.Cmdlets;

/// <summary>Export-NsmMetric: writes drops, queues, softirqs and sockets as metrics, for the textfile collector of node_exporter.</summary>
/// <remarks>Needs no privileges. A file that it wrote before is replaced, so that a timer can run it.</remarks>
[Cmdlet(VerbsData.Export, "NsmMetric", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportNsmMetricCommand : ExportCmdlet
{
    private readonly List<string> _names = [];

    /// <summary>Names of interfaces; wildcards are allowed. Left out, all.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = ["*"];

    /// <summary>Adds the result of each check of the audit.</summary>
    [Parameter]
    public SwitchParameter IncludeAudit { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _names.AddRange(ExpandInterfaces(InterfaceName).Except(_names));

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        Export($"Write the metrics of {Machine.Name}", path => NsmMetrics.Save(Machine, InterfaceName is ["*"] ? null : [.. _names], IncludeAudit, path, Force, StopToken));
}
