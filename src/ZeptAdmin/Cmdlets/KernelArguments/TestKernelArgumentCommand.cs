using System.Management.Automation;
using ZeptAdmin.KernelArguments;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-KernelArgument: what is misspelled, deprecated, contradictory or not of this machine on its kernel command line; nothing when all is well.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KernelArgument")]
[OutputType(typeof(KernelArgumentFinding))]
public sealed class TestKernelArgumentCommand : SensorCmdlet
{
    /// <summary>A command line to look at instead of the machine's own.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string? CommandLine { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (CommandLine is null)
        {
            Write(KernelArgumentRules.Test(Machine));
        }
        else
        {
            WriteObject(KernelArgumentRules.Test(Machine, CommandLine), enumerateCollection: true);
        }
    }
}
