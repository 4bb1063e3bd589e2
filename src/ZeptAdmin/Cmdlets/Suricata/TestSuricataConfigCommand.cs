using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Suricata;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-SuricataConfig: whether a suricata.yaml says to its version what was meant, and is right for the machine; with a corrected file.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SuricataConfig", DefaultParameterSetName = "Path")]
[OutputType(typeof(ConfigCheck), ParameterSetName = ["Path", "Config"])]
[OutputType(typeof(SuricataConfig))]
public sealed class TestSuricataConfigCommand : SensorCmdlet
{
    /// <summary>Files to check.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = ["/etc/suricata/suricata.yaml"];

    /// <summary>What Import-SuricataConfig or New-SuricataConfig gave.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Config")]
    [ValidateNotNull]
    public SuricataConfig Config { get; set; } = new();

    /// <summary>Release of Suricata that reads it; left out, the file tells.</summary>
    [Parameter(ParameterSetName = "Path")]
    [ValidateSet("7", "8", "9")]
    public int? Version { get; set; }

    /// <summary>Gives the file with everything put right that can be, instead of what was found.</summary>
    [Parameter]
    public SwitchParameter Corrected { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            if (ParameterSetName == "Config")
            {
                // What it includes is where it was read: on this machine, or in the snapshot.
                bool isHere = Config.Path is string from && !Machine.Files.Exists(from);
                Write(Config, isHere ? new LiveFileTree() : null);
                return;
            }

            foreach (string path in Path)
            {
                Test(path);
            }
        }
        catch (KernelFormatException e)
        {
            WriteError(e.ToErrorRecord());
        }
    }

    private void Test(string path)
    {
        // As with Test-ZeekNodeConfig a file of this machine can be held against a snapshot; one that is in the snapshot is taken from there.
        FileTree files = Snapshot is not null && Machine.Files.Exists(path) ? Machine.Files : new LiveFileTree();
        string resolved = files is LiveFileTree ? GetUnresolvedProviderPathFromPSPath(path) : path;
        Answer<SuricataConfig> answer = SuricataConfigs.Import(Machine, files, resolved, Version);
        if (answer.Try(out SuricataConfig? config))
        {
            Write(config, files);
        }
        else
        {
            WriteError(answer.Refusal!.ToErrorRecord());
        }
    }

    private void Write(SuricataConfig config, FileTree? files)
    {
        if (Corrected)
        {
            WriteObject(SuricataCorrection.Correct(config, Machine, files));
        }
        else
        {
            WriteObject(SuricataLint.Test(config, Machine, files), enumerateCollection: true);
        }
    }
}
