using System.Management.Automation;
using ZeptAdmin.Drops;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-AfPacketFanout: whether fanout groups have as many members as queues, one program each, a mode that keeps flows whole, and sane pins.</summary>
[Cmdlet(VerbsDiagnostic.Test, "AfPacketFanout")]
[OutputType(typeof(AfPacketFanout))]
public sealed class TestAfPacketFanoutCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Answer<AfPacketFanout[]> answer = AfPacketFanouts.Test(Machine);
        if (!answer.Try(out AfPacketFanout[]? groups))
        {
            WriteError(answer.Refusal!.ToErrorRecord());
            return;
        }

        // A socket may be bound to an interface that has gone since.
        HashSet<string>? wanted = InterfaceName is ["*"] ? null : [.. ExpandInterfaces(InterfaceName)];
        WriteObject(groups.Where(group => group.InterfaceName is null || wanted?.Contains(group.InterfaceName) != false), enumerateCollection: true);
    }
}
