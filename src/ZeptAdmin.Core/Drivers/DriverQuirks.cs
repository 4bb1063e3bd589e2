using ZeptAdmin.Linux;

namespace ZeptAdmin.Drivers;

/// <summary>Something that surprises about a driver, on some kernels.</summary>
/// <param name="Id">Stable name.</param>
/// <param name="Driver">Driver that has it.</param>
/// <param name="Text">What it is, as a sentence for an administrator.</param>
/// <param name="Origin">Row of field.md, and the kernel's commit or file.</param>
/// <param name="IsOn">Whether a kernel has it; an unknown kernel (null) may.</param>
public sealed record DriverQuirk(string Id, string Driver, string Text, string Origin, Func<KernelVersion?, bool> IsOn);

/// <summary>The quirks of drivers that bear on receive-side scaling and flow rules.</summary>
public static class DriverQuirks
{
    /// <summary>Driver uses another key than it shows.</summary>
    public const string KeyOneByteLate = nameof(KeyOneByteLate);

    /// <summary>Driver hides its key.</summary>
    public const string KeyHidden = nameof(KeyHidden);

    /// <summary>Driver refuses another key.</summary>
    public const string KeyFixed = nameof(KeyFixed);

    /// <summary>TCP is hashed with ports or not at all.</summary>
    public const string TcpNeedsPorts = nameof(TcpNeedsPorts);

    /// <summary>The card hashes symmetrically whatever the key is.</summary>
    public const string AlwaysSymmetric = nameof(AlwaysSymmetric);

    /// <summary>Flow rules of one type share their fields.</summary>
    public const string SharedRuleFields = nameof(SharedRuleFields);

    private static readonly DriverQuirk[] All =
    [
        new(KeyOneByteLate, "virtio_net",
            "Kernels with rss_hash_key_data (6.15 on, and stable ones such as 6.12.95) give the device the key one byte late until commit 4156c3745f06: "
            + "the device may hash with a pad byte and then this key without its last byte. Measure-FlowSymmetry tells.",
            "field.md H15; LNX 4156c3745f06",
            kernel => kernel is not KernelVersion version
                || version >= new KernelVersion(6, 15)
                || (version >= new KernelVersion(6, 12, 95) && version < new KernelVersion(6, 13))),
        new(KeyHidden, "igb",
            "The driver hides its key before LNX e3c94e9782a7 (2026-07); it is the first 40 bytes of /proc/sys/net/core/netdev_rss_key (measured on 82576).",
            "field.md H14",
            _ => true),
        new(KeyHidden, "igc",
            "The driver hides its key before LNX 3fc4c1ee5f84 (2026-07); as with igb it should be the first 40 bytes of /proc/sys/net/core/netdev_rss_key (not measured).",
            "field.md H4, H14",
            _ => true),
        new(KeyFixed, "ena", "The driver refuses another key, so the hash cannot be made symmetric: use a FANOUT_HASH or cluster_flow group.", "field.md Q1; amzn-drivers#24", _ => true),
        new(TcpNeedsPorts, "ixgbe", "TCP can only be hashed by addresses and ports (sdfn); fragments of it meet another queue.", "field.md H2, H3; ixgbe_ethtool.c", _ => true),
        new(AlwaysSymmetric, "mlx5_core", "The card hashes both directions alike whatever the key is (rx_hash_symmetric).", "field.md H10; mlx5 en/tir.c", _ => true),
        new(SharedRuleFields, "i40e",
            "All rules of one flow type match on the same fields, each whole: a rule on src-port cannot stand beside one on dst-port.",
            "field.md G6; i40e_check_fdir_input_set",
            _ => true),
    ];

    /// <summary>Quirks of a driver under a kernel; an unknown kernel has all of them.</summary>
    public static IReadOnlyList<DriverQuirk> Of(string? driver, KernelVersion? kernel) =>
        [.. All.Where(quirk => quirk.Driver == driver && quirk.IsOn(kernel))];
}
