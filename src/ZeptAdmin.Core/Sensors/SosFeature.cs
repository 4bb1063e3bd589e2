namespace ZeptAdmin.Sensors;

/// <summary>One line of <c>ethtool -k</c> under the kernel's own name.</summary>
/// <param name="Name">Name of ETH_SS_FEATURES.</param>
/// <param name="IsOn">In force.</param>
/// <param name="IsRequested">Wanted, in force or not.</param>
/// <param name="IsFixed">Cannot be changed.</param>
internal sealed record SosFeature(string Name, bool IsOn, bool IsRequested, bool IsFixed)
{
    // ethtool's old names for single features (off_flag_def of its ethtool.c); null for those that only sum up the lines below them.
    private static readonly Dictionary<string, string?> OldNames = new(StringComparer.Ordinal)
    {
        ["rx-checksumming"] = "rx-checksum",
        ["tx-checksumming"] = null,
        ["scatter-gather"] = null,
        ["tcp-segmentation-offload"] = null,
        ["udp-fragmentation-offload"] = "tx-udp-fragmentation",
        ["generic-segmentation-offload"] = "tx-generic-segmentation",
        ["generic-receive-offload"] = "rx-gro",
        ["large-receive-offload"] = "rx-lro",
        ["rx-vlan-offload"] = "rx-vlan-hw-parse",
        ["tx-vlan-offload"] = "tx-vlan-hw-insert",
        ["ntuple-filters"] = "rx-ntuple-filter",
        ["receive-hashing"] = "rx-hashing",
    };

    /// <summary>The features of a text.</summary>
    public static SosFeature[] Of(SosText text) =>
    [
        .. from field in text.Fields
           let name = OldNames.TryGetValue(field.Name, out string? kernels) ? kernels : field.Name
           where name is not null
           let isOn = field.Value.StartsWith("on", StringComparison.Ordinal)
           let isRequested = isOn ? !field.Value.Contains("[requested off]", StringComparison.Ordinal) : field.Value.Contains("[requested on]", StringComparison.Ordinal)
           select new SosFeature(name, isOn, isRequested, field.Value.Contains("[fixed]", StringComparison.Ordinal)),
    ];
}
