using System.Collections.Frozen;

namespace ZeptAdmin.Drivers;

/// <summary>What a driver takes of native XDP.</summary>
/// <param name="Driver">Name of the driver.</param>
/// <param name="MostMtu">Largest MTU with a program that takes no frames in parts, with pages of 4 KiB; null when it is not known.</param>
/// <param name="Advice">What else to know, as a sentence; empty for nothing.</param>
/// <param name="Origin">Where it is from.</param>
/// <param name="IsUnchecked">True when no source was at hand to check it against.</param>
public sealed record XdpDriverFacts(string Driver, int? MostMtu, string Advice, string Origin, bool IsUnchecked = false)
{
    private const string Resets = "Attaching re-creates the rings: interrupts may move.";

    // i40e counts header, checksum and two VLAN tags, 26 bytes, into its buffer of 3072 (i40e_main.c, i40e_max_xdp_frame_size).
    private static readonly FrozenDictionary<string, XdpDriverFacts> ByName = new XdpDriverFacts[]
    {
        new("i40e", 3046, Resets, "field.md 7, N1, R12; drivers/net/ethernet/intel/i40e/i40e_main.c"),
        new("ice", 3046, Resets, "field.md 7", IsUnchecked: true),
        new("ixgbe", 3046, Resets + " It needs a transmit queue for each CPU.", "field.md 7", IsUnchecked: true),
        new("igb", 3046, Resets, "field.md 7", IsUnchecked: true),
        new("mlx5_core", null, "The limit of the MTU depends on striding RQ.", "field.md 7", IsUnchecked: true),
        new("ena", null, "It needs half of the queues for sending back; use at most half as many as the card has.", "drivers/net/ethernet/amazon/ena/ena_xdp.c", IsUnchecked: true),
        new("virtio_net", null, "It needs a free queue pair for each CPU, or it shares them with a lock; LRO and GRO_HW have to be off.", "drivers/net/virtio_net.c", IsUnchecked: true),
    }.ToFrozenDictionary(facts => facts.Driver, StringComparer.Ordinal);

    /// <summary>The facts of a driver; null when none are on record.</summary>
    public static XdpDriverFacts? Find(string? driver) => driver is null ? null : ByName.GetValueOrDefault(driver);
}
