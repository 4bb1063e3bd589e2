using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Workers;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-ZeekNodeConfig: whether a node.cfg or zeek.conf is what its readers take, and right for the machine; with a corrected file.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ZeekNodeConfig", DefaultParameterSetName = "Path")]
[OutputType(typeof(ConfigCheck), ParameterSetName = ["Path", "Config"])]
[OutputType(typeof(ZeekNodeConfig))]
public sealed class TestZeekNodeConfigCommand : SensorCmdlet
{
    /// <summary>Files to check.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>What Import-ZeekNodeConfig or New-ZeekNodeConfig gave.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Config")]
    [ValidateNotNull]
    public ZeekNodeConfig Config { get; set; } = new();

    /// <summary>Gives the file with everything put right that can be, instead of what was found.</summary>
    [Parameter]
    public SwitchParameter Corrected { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Config")
        {
            Test(Config);
            return;
        }

        foreach (string path in Path)
        {
            try
            {
                Answer<ZeekNodeConfig> answer = ZeekNodeConfigs.Import(new LiveFileTree(), GetUnresolvedProviderPathFromPSPath(path));
                if (answer.Try(out ZeekNodeConfig? config))
                {
                    Test(config);
                }
                else
                {
                    WriteError(answer.Refusal!.ToErrorRecord());
                }
            }
            catch (KernelFormatException e)
            {
                WriteError(e.ToErrorRecord());
            }
        }
    }

    private void Test(ZeekNodeConfig config)
    {
        if (Corrected)
        {
            WriteObject(ZeekCorrection.Correct(config, Machine));
        }
        else
        {
            WriteObject(ZeekLint.Test(config, Machine), enumerateCollection: true);
        }
    }
}
