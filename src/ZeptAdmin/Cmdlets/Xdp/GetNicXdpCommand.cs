using System.Management.Automation;
using ZeptAdmin.Xdp;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicXdp: which XDP programs interfaces have, and what to know before native XDP is used there.</summary>
[Cmdlet(VerbsCommon.Get, "NicXdp")]
[OutputType(typeof(NicXdp))]
public sealed class GetNicXdpCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteForEachInterface(InterfaceName, NicXdps.Get);
}
