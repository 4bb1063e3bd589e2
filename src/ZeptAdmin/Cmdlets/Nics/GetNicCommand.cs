using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-Nic: network interfaces with driver, firmware, card, NUMA node, queues, state and what is worth knowing of them.</summary>
/// <remarks>A wildcard passes over the loopback interface; by its name it is shown.</remarks>
[Cmdlet(VerbsCommon.Get, "Nic")]
[OutputType(typeof(Nic))]
public sealed class GetNicCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEachInterface(InterfaceName, (name, isWildcard) =>
        {
            if (!isWildcard || !NicReader.IsLoopback(Machine, name))
            {
                Write(NicReader.Get(Machine, name));
            }
        });
}
