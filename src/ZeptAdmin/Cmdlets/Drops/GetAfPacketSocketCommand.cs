using System.Management.Automation;
using ZeptAdmin.Drops;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-AfPacketSocket: who captures packets from which interface, with which ring, in which fanout group.</summary>
/// <remarks>By sock_diag: what the owners count is left alone. Processes of others are seen by root only.</remarks>
[Cmdlet(VerbsCommon.Get, "AfPacketSocket")]
[OutputType(typeof(AfPacketSocket))]
public sealed class GetAfPacketSocketCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Answer<AfPacketSocket[]> answer = AfPacketSockets.Get(Machine);
        if (!answer.Try(out AfPacketSocket[]? sockets))
        {
            WriteError(answer.Refusal!.ToErrorRecord());
            return;
        }

        // A socket may be bound to an interface that has gone since.
        HashSet<string>? wanted = InterfaceName is ["*"] ? null : [.. ExpandInterfaces(InterfaceName)];
        WriteObject(sockets.Where(socket => socket.InterfaceName is null || wanted?.Contains(socket.InterfaceName) != false), enumerateCollection: true);
    }
}
