using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicPause: pause frame (flow control) settings of interfaces.</summary>
[Cmdlet(VerbsCommon.Get, "NicPause")]
[OutputType(typeof(NicPause))]
public sealed class GetNicPauseCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteForEachInterface(InterfaceName, NicPauses.Get);
}
