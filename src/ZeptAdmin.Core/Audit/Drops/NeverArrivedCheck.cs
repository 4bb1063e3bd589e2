using ZeptAdmin.Drops;

namespace ZeptAdmin.Audit;

/// <summary>K1, K2: what Zeek should see arrives here.</summary>
internal sealed class NeverArrivedCheck() : LayerDropCheck(
    "K1.NeverArrived",
    [DropLayer.Upstream],
    "no acknowledged data that Zeek never saw",
    "SPAN ports lose 10 to 20 percent on some switches, and a broker may send the two directions of a flow to different sensors. Zeek sees acknowledgements of data that never came, while nothing here loses it.",
    "field.md K1, K2, J10")
{
    /// <inheritdoc/>
    protected override string Remedy(PacketDrop worst, string interfaceName) => $"Measure-FlowSymmetry {Quote(interfaceName)} # both directions? then the counters of the switch and the broker";
}
