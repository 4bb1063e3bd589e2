using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.KernelArguments;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-KernelArgument: the kernel command line in force, what the boot loader gives next, and the difference.</summary>
[Cmdlet(VerbsCommon.Get, "KernelArgument")]
[OutputType(typeof(KernelArgument))]
public sealed class GetKernelArgumentCommand : SensorCmdlet
{
    /// <summary>Names of arguments; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(KernelArgumentCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] keys = [.. Name.Select(name => name.Replace('-', '_'))];
        Write(BootArguments.Get(Machine).Select(all => all.Where(argument => CpuPicking.Matches(argument.Name, keys)).ToArray()));
    }
}
