using ZeptAdmin.Drops;

namespace ZeptAdmin.Audit;

/// <summary>K3: frames arrive whole.</summary>
internal sealed class BrokenFramesCheck() : LayerDropCheck(
    "K3.BrokenFrames",
    [DropLayer.Mac],
    "no frame arrives broken",
    "A frame that fails its checksum or length never reaches a queue. Cable, optics and a sender with larger frames do that; no tuning helps.",
    "field.md K3, K4")
{
    /// <inheritdoc/>
    protected override string Remedy(PacketDrop worst, string interfaceName) => $"Get-NicCounter {Quote(interfaceName)} -Layer Mac -NonZero # then cable, optics, MTU of the sender";
}
