using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicCoalesce: interrupt coalescing of interfaces: how long the card waits before it interrupts.</summary>
[Cmdlet(VerbsCommon.Get, "NicCoalesce")]
[OutputType(typeof(NicCoalesce))]
public sealed class GetNicCoalesceCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteForEachInterface(InterfaceName, NicCoalesces.Get);
}
