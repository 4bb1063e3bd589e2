using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Rss;

/// <summary>Proves or refutes that a card hashes both directions of a connection alike, kind by kind of packets.</summary>
public static class RssSymmetries
{
    private const RssFields Addresses = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields Ports = RssFields.SourcePort | RssFields.DestinationPort;

    /// <summary>Symmetry of each kind of packets of one interface.</summary>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<RssSymmetry[]> Get(Sensor sensor, string interfaceName) =>
        NicRssReader.Get(sensor, interfaceName).Select(rss => Of(rss, KernelVersion.Of(sensor.Files)));

    /// <summary>Symmetry of each kind of packets under settings that are or could be.</summary>
    internal static RssSymmetry[] Of(NicRss rss, KernelVersion? kernel) => Array.ConvertAll(rss.Fields, fields => Of(rss, fields, kernel));

    private static RssSymmetry Of(NicRss rss, NicHashFields hashed, KernelVersion? kernel)
    {
        RssFields fields = hashed.Fields;
        RssSymmetry symmetry = new() { InterfaceName = rss.InterfaceName, FlowType = hashed.FlowType, Fields = fields };
        RssInputTransform transform = rss.InputTransform ?? RssInputTransform.None;
        bool isIpsec = hashed.FlowType is RssFlowType.AhEsp4 or RssFlowType.AhEsp6;
        if (fields.HasFlag(RssFields.Discard))
        {
            return symmetry with { Proof = "The card discards packets of this kind." };
        }

        if (fields == RssFields.None)
        {
            return symmetry with { IsSymmetric = true, IsSameQueue = true, EntropyBits = 0, Proof = "Packets of this kind are not hashed: all go to one queue." };
        }

        if (fields.HasFlag(RssFields.DestinationMac))
        {
            return symmetry with { IsSymmetric = false, Proof = "The destination MAC address is hashed; the other direction has another." };
        }

        if (isIpsec && (fields & Ports) != 0)
        {
            return symmetry with { IsSymmetric = false, Proof = "The security parameter index is hashed (f, n); the other direction has another." };
        }

        if ((fields & ~(Addresses | Ports)) != 0 || (fields & Addresses) == 0)
        {
            return symmetry with { Proof = $"How a card lays out '{symmetry.Letters}' for the hash is not known." };
        }

        bool isAlwaysSymmetric = DriverTable.Find(rss.Driver)?.Symmetry.HasFlag(SymmetryMethods.AlwaysOn) ?? false;
        if (isAlwaysSymmetric && hashed.IsTwoSided)
        {
            return symmetry with { IsSymmetric = true, IsSameQueue = true, Proof = $"{rss.Driver} hashes both directions alike whatever the key is (rx_hash_symmetric)." };
        }

        if (rss.Function != "toeplitz")
        {
            return symmetry with { Proof = $"The hash function is {rss.Function ?? "not told"}; only toeplitz is known well enough to prove anything of it." };
        }

        if (transform != RssInputTransform.None && !hashed.IsTwoSided)
        {
            return symmetry with { Proof = $"{transform} with one side only has no meaning; the kernel refuses it." };
        }

        if (rss.Key is null)
        {
            return transform == RssInputTransform.None
                ? symmetry with { Proof = "The driver hides its key, and it is not known elsewhere." }
                : symmetry with { IsSymmetric = true, IsSameQueue = true, Proof = $"{transform} makes one input of both directions, whatever the key is." };
        }

        return RssProof.Of(symmetry, rss, Keys(rss, kernel), transform);
    }

    // field.md H15: the key of some virtio_net goes to the device behind one pad byte. Which of the two a machine does is not to be seen.
    private static byte[][] Keys(NicRss rss, KernelVersion? kernel)
    {
        byte[] key = rss.Key!.ToArray();
        return DriverQuirks.Of(rss.Driver, kernel).Any(quirk => quirk.Id == DriverQuirks.KeyOneByteLate) ? [key, [0, .. key[..^1]]] : [key];
    }
}
