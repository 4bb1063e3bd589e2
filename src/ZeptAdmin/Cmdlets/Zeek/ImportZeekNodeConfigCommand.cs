using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Cmdlets;

/// <summary>Import-ZeekNodeConfig: reads a node.cfg or zeek.conf; comments and order stay in its text.</summary>
[Cmdlet(VerbsData.Import, "ZeekNodeConfig")]
[OutputType(typeof(ZeekNodeConfig))]
public sealed class ImportZeekNodeConfigCommand : SensorCmdlet
{
    /// <summary>Files to read. With -Snapshot: paths in the snapshot.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Which file it is; left out, its sections tell.</summary>
    [Parameter]
    public ZeekConfigFormat? Format { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            try
            {
                Write(ZeekNodeConfigs.Import(Machine.Files, Snapshot is null ? GetUnresolvedProviderPathFromPSPath(path) : path, Format));
            }
            catch (KernelFormatException e)
            {
                WriteError(e.ToErrorRecord());
            }
        }
    }
}
