using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicChannel: numbers of channels (queues) of interfaces.</summary>
[Cmdlet(VerbsCommon.Get, "NicChannel")]
[OutputType(typeof(NicChannel))]
public sealed class GetNicChannelCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteForEachInterface(InterfaceName, NicChannels.Get);
}
