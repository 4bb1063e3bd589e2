namespace ZeptAdmin.Nics;

/// <summary>Features as a capture port wants them.</summary>
/// <remarks>
/// field.md I9, H7, G7: merging and segmentation destroy the packets' sizes and their order, so they go; hashing and exact filters are what spreads
/// flows, and the VLAN tag is stripped into metadata that AF_PACKET hands on.
/// </remarks>
public static class CaptureProfile
{
    /// <summary>Names of features (the kernel's) and whether a capture port wants them on.</summary>
    public static IReadOnlyList<(string Feature, bool IsOn)> Features { get; } =
    [
        ("rx-gro", false),
        ("rx-gro-hw", false),
        ("rx-gro-list", false),
        ("rx-udp-gro-forwarding", false),
        ("rx-lro", false),
        ("tx-tcp-segmentation", false),
        ("tx-tcp-ecn-segmentation", false),
        ("tx-tcp-mangleid-segmentation", false),
        ("tx-tcp6-segmentation", false),
        ("tx-generic-segmentation", false),
        ("rx-vlan-hw-parse", true),
        ("rx-hashing", true),
        ("rx-ntuple-filter", true),
    ];

    /// <summary>What is to be turned on a card: its features that differ and can be changed.</summary>
    /// <param name="features">The card's features.</param>
    /// <param name="stuck">Features that differ and cannot be changed, or that the card does not have.</param>
    public static (string Feature, bool IsOn)[] Differences(NicFeature[] features, out string[] stuck)
    {
        List<(string Feature, bool IsOn)> differences = [];
        List<string> unmovable = [];
        foreach ((string name, bool isOn) in Features)
        {
            NicFeature? feature = Array.Find(features, feature => feature.Feature == name);
            if (feature is not null && feature.IsOn == isOn)
            {
                continue;
            }

            if (feature is { IsFixed: false })
            {
                differences.Add((name, isOn));
            }
            else if (isOn || feature is not null)
            {
                unmovable.Add(name);
            }
        }

        stuck = [.. unmovable];
        return [.. differences];
    }
}
