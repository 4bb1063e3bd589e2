using ZeptAdmin.Drops;

namespace ZeptAdmin.Audit;

/// <summary>K5: the card hands over what it receives.</summary>
internal sealed class CardDropsCheck() : LayerDropCheck(
    "K5.CardDrops",
    [DropLayer.Fifo, DropLayer.Classifier, DropLayer.Ring, DropLayer.Driver],
    "less than a millionth lost in the card and its rings",
    "What the card drops no program ever sees, and Zeek reports it as a gap long after. The ring is short, its CPU late, or the slot too slow; which of these the layer says.",
    "field.md K5, K6, K7, K8, I5")
{
    /// <inheritdoc/>
    protected override string Remedy(PacketDrop worst, string interfaceName) => $"Get-PacketDrops {Quote(interfaceName)} -Interval 10 # whether it still loses, and where";
}
