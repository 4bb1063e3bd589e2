using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicRing: descriptor ring depths of interfaces.</summary>
[Cmdlet(VerbsCommon.Get, "NicRing")]
[OutputType(typeof(NicRing))]
public sealed class GetNicRingCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteForEachInterface(InterfaceName, NicRings.Get);
}
