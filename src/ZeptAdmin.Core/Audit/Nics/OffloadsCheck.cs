using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I9: nothing merges or splits packets before capture.</summary>
/// <remarks>Stripping the VLAN tag is let be: AF_PACKET hands the tag on beside the packet, and sources differ.</remarks>
internal sealed class OffloadsCheck() : InterfaceCheck(
    "I9.Offloads",
    CheckCategory.Nic,
    "no merging (GRO, LRO), no segmentation",
    "Merged packets have sizes, checksums and times that never were on the wire, grow beyond the capture length and are cut off. What the card cannot turn off is only told.",
    "field.md I9; net/ethtool/common.c netdev_features_strings")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicFeature[]> answer = subject.Features(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        HashSet<string> unwanted = [.. CaptureProfile.Features.Where(wish => !wish.IsOn).Select(wish => wish.Feature)];
        NicFeature[] on = [.. answer.Value.Where(feature => feature.IsOn && unwanted.Contains(feature.Feature))];
        string[] changeable = [.. on.Where(feature => !feature.IsFixed).Select(feature => feature.Feature)];
        return changeable.Length > 0
            ? Result(Warn, interfaceName, Expected, $"on: {Words.List(changeable)}", $"Set-NicFeature {Quote(interfaceName)} -CaptureProfile")
            : Result(Pass, interfaceName, Expected, on.Length == 0 ? "off" : $"off, but for {Words.List([.. on.Select(feature => feature.Feature)])}, which this card fixes");
    }
}
