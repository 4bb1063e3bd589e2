using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Memory;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-MemoryModule: memory slots and the modules in them, with package, channel and slot.</summary>
/// <remarks>
/// From the firmware's SMBIOS table, which only root may read; without it, from the kernel's EDAC driver, which knows neither empty slots nor speeds.
/// </remarks>
[Cmdlet(VerbsCommon.Get, "MemoryModule")]
[OutputType(typeof(MemoryModule))]
public sealed class GetMemoryModuleCommand : SensorCmdlet
{
    /// <summary>Leaves out empty slots.</summary>
    [Parameter]
    public SwitchParameter Populated { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            Write(MemoryModules.Get(Machine).Select(modules => Array.FindAll(modules, module => module.IsPopulated || !Populated)));
        }
        catch (KernelFormatException e)
        {
            WriteError(e.ToErrorRecord());
        }
    }
}
