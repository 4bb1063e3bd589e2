using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Changes;
using ZeptAdmin.Errors;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-KernelArgument: says which arguments the boot loader gives the kernel from the next boot on.</summary>
/// <remarks>A file in a form that is not understood is left alone, and so are all others then.</remarks>
[Cmdlet(VerbsCommon.Set, "KernelArgument", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(KernelArgument))]
public sealed class SetKernelArgumentCommand : ChangeCmdlet
{
    /// <summary>Arguments, each in the place of those of its name: <c>isolcpus=1-3</c>, <c>quiet</c>.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(KernelArgumentCompleter))]
    [AllowEmptyCollection]
    public string[] Argument { get; set; } = [];

    /// <summary>Names of arguments to take away.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(KernelArgumentCompleter))]
    [AllowEmptyCollection]
    public string[] Remove { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            if (Argument.Length + Remove.Length > 0 && IsFit())
            {
                Change();
            }
        }
        catch (KernelFormatException e)
        {
            WriteError(e.ToErrorRecord());
        }

        if (PassThru)
        {
            Write(BootArguments.Get(Machine));
        }
    }

    // What cannot be meant is refused; what may be meant is told.
    private bool IsFit()
    {
        bool isFit = true;
        foreach (KernelArgumentFinding finding in KernelArgumentRules.Test(Machine, string.Join(' ', Argument)))
        {
            if (finding.Severity == KernelArgumentVerdict.Fail)
            {
                isFit = false;
                WriteError(new Refusal(Errno.EINVAL, "set the kernel argument", finding.Argument) { Detail = finding.Problem }.ToErrorRecord());
            }
            else
            {
                Tell($"{finding.Argument}: {finding.Problem}", isWarning: finding.Severity == KernelArgumentVerdict.Warn);
            }
        }

        return isFit;
    }

    private void Change()
    {
        Answer<PlannedChange[]> changes = BootArguments.Plan(Machine, Argument, Remove);
        if (changes.Refusal is Refusal refusal)
        {
            WriteError(refusal.ToErrorRecord());
        }
        else if (MakeInTurn(changes.Value, () => BootArguments.PlanMenu(Machine, Argument, Remove)))
        {
            WriteVerbose("It holds from the next boot on. Get-KernelArgument shows what comes then.");
        }
    }
}
