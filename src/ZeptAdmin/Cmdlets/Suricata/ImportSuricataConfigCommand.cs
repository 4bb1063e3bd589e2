using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Suricata;

namespace ZeptAdmin.Cmdlets;

/// <summary>Import-SuricataConfig: reads a suricata.yaml with what it includes.</summary>
[Cmdlet(VerbsData.Import, "SuricataConfig")]
[OutputType(typeof(SuricataConfig))]
public sealed class ImportSuricataConfigCommand : SensorCmdlet
{
    /// <summary>Files to read. With -Snapshot: paths in the snapshot.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = ["/etc/suricata/suricata.yaml"];

    /// <summary>Release of Suricata that reads it; left out, the file tells.</summary>
    [Parameter]
    [ValidateSet("7", "8", "9")]
    public int? Version { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            try
            {
                Write(SuricataConfigs.Import(Machine, Machine.Files, Snapshot is null ? GetUnresolvedProviderPathFromPSPath(path) : path, Version));
            }
            catch (KernelFormatException e)
            {
                WriteError(e.ToErrorRecord());
            }
        }
    }
}
