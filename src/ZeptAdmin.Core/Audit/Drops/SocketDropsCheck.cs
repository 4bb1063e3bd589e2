using ZeptAdmin.Drops;

namespace ZeptAdmin.Audit;

/// <summary>K12, K13, K14: Zeek and Suricata take what the kernel holds for them.</summary>
internal sealed class SocketDropsCheck() : LayerDropCheck(
    "K12.SocketDrops",
    [DropLayer.Socket],
    "less than a millionth lost at the sockets, by the programs' own logs",
    "A worker that is slower than its queue loses packets at its socket, after all of the card and the kernel went well. The kernel tells this to the program alone, so its log is read.",
    "field.md K12, K13, K14")
{
    /// <inheritdoc/>
    protected override string Remedy(PacketDrop worst, string interfaceName) => $"Get-PacketDrops {Quote(interfaceName)} -Detail # which worker";
}
