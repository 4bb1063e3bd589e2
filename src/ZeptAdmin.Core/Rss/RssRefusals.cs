using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Rss;

/// <summary>What a driver is known to refuse (Drivers, field.md), said before it is asked, with what to do instead.</summary>
internal static class RssRefusals
{
    private const RssFields Swappable = RssFields.SourceAddress | RssFields.DestinationAddress | RssFields.SourcePort | RssFields.DestinationPort;

    /// <summary>Fields that the driver does not hash by.</summary>
    public static Refusal? OfFields(NicRss rss, RssWish wish, RssFlowType[] types)
    {
        const string Operation = "set the hash fields";
        if (wish.Fields is not RssFields fields)
        {
            return wish.FlowTypes.Length > 0
                ? RssPlanner.Refuse(Errno.EINVAL, rss, Operation, $"FlowType says which kinds of packets Fields is for; give Fields too.")
                : null;
        }

        RssFlowType[] unknown = [.. types.Where(type => !Array.Exists(rss.Fields, known => known.FlowType == type))];
        if (unknown.Length > 0 || types.Length == 0)
        {
            return RssPlanner.Refuse(Errno.EOPNOTSUPP, rss, Operation, $"The driver tells no hash fields of {(types.Length == 0 ? "TCP and UDP" : string.Join(", ", unknown))}.");
        }

        DriverFacts? facts = DriverTable.Find(rss.Driver);
        string letters = RssFieldsText.Letters(fields);
        return Only(rss, facts?.TcpFields, letters, types, RssFlowType.Tcp4, RssFlowType.Tcp6) ?? Only(rss, facts?.UdpFields, letters, types, RssFlowType.Udp4, RssFlowType.Udp6);
    }

    /// <summary>A function that kernel or card have not.</summary>
    public static Refusal? OfFunction(NicRss rss, RssWish wish)
    {
        const string Operation = "set the hash function";
        if (wish.Function is not string function)
        {
            return null;
        }

        if (!rss.KnownFunctions.Contains(function))
        {
            return RssPlanner.Refuse(Errno.EINVAL, rss, Operation, $"There is no function '{function}'; the kernel knows {string.Join(", ", rss.KnownFunctions)}.");
        }

        if (wish.IsSymmetric && function != "toeplitz")
        {
            return RssPlanner.Refuse(Errno.EINVAL, rss, Operation, $"Nothing is known to be symmetric about '{function}'; leave out Function or Symmetric.");
        }

        return DriverTable.Find(rss.Driver) is { Functions: { Length: > 0 } functions } && !functions.Contains(function)
            ? RssPlanner.Refuse(Errno.EOPNOTSUPP, rss, Operation, $"{rss.Driver} hashes by {string.Join(", ", functions)} only (field.md H6).")
            : null;
    }

    /// <summary>A transformation that kernel or driver have not.</summary>
    public static Refusal? OfTransform(NicRss rss, RssWish wish, KernelVersion? kernel)
    {
        const string Operation = "set the input transformation";
        if (wish.InputTransform is not RssInputTransform transform || transform == rss.InputTransform)
        {
            return null;
        }

        if (rss.InputTransform is null || kernel < new KernelVersion(6, 8))
        {
            return RssPlanner.Refuse(Errno.EOPNOTSUPP, rss, Operation, $"This kernel has none; it came with Linux 6.8. Symmetric finds another way.");
        }

        SymmetryMethods? methods = DriverTable.Find(rss.Driver)?.Symmetry;
        bool isKnownToLack = methods is SymmetryMethods known && transform switch
        {
            RssInputTransform.SymmetricXor => !known.HasFlag(SymmetryMethods.SymmetricXor),
            RssInputTransform.SymmetricOrXor => !known.HasFlag(SymmetryMethods.SymmetricOrXor),
            _ => false,
        };
        return isKnownToLack
            ? RssPlanner.Refuse(Errno.EOPNOTSUPP, rss, Operation, $"{rss.Driver} has no {transform} (field.md H10). Symmetric finds another way.")
            : null;
    }

    /// <summary>A key that the driver does not take.</summary>
    public static Refusal? OfKey(NicRss rss, RssKey? key)
    {
        const string Operation = "set the hash key";
        if (key is null)
        {
            return null;
        }

        DriverFacts? facts = DriverTable.Find(rss.Driver);
        if (facts?.KeySetting == KeySetting.No)
        {
            return RssPlanner.Refuse(Errno.EOPNOTSUPP, rss, Operation, $"{QuirkOf(rss, DriverQuirks.KeyFixed) ?? "The driver refuses another key."}");
        }

        // A driver without a key size takes no key (ethtool_set_rxfh compares with get_rxfh_key_size).
        if (rss.KeySource != RssKeySource.Driver)
        {
            return facts?.KeySetting == KeySetting.Recent
                ? RssPlanner.Refuse(Errno.EOPNOTSUPP, rss, Operation, $"{rss.Driver} of this kernel hides its key and takes no other; kernels of late 2026 do (field.md H4). Until then, spread with a FANOUT_HASH or cluster_flow group.")
                : RssPlanner.Refuse(Errno.EOPNOTSUPP, rss, Operation, $"The driver shows no key and takes none.");
        }

        return key.Length != rss.Key!.Length
            ? RssPlanner.Refuse(Errno.EINVAL, rss, Operation, $"The card takes {rss.Key.Length} bytes, not {key.Length}; New-RssKey -InterfaceName {rss.InterfaceName} makes a key of its length.")
            : null;
    }

    /// <summary>A key and a transformation that together make one hash of all packets.</summary>
    public static Refusal? OfKeyAndTransform(NicRss after) =>
        after is { InputTransform: RssInputTransform.SymmetricXor, Key.IsSymmetric: true }
            ? RssPlanner.Refuse(Errno.EINVAL, after, "hash by a repeated key under SymmetricXor", $"What the one side adds the other takes away: the hash would be 0 for all packets, in one queue. Use the one or the other.")
            : null;

    /// <summary>One-sided fields under a symmetric transformation (ethtool_rxfh_config_is_sym).</summary>
    public static Refusal? OfFieldsAndTransform(NicRss after)
    {
        string[] offending = after.InputTransform is null or RssInputTransform.None
            ? []
            : [.. after.Fields.Where(fields => !fields.IsTwoSided || (fields.Fields & ~Swappable) != 0).Select(fields => fields.ToString())];
        return offending.Length > 0
            ? RssPlanner.Refuse(Errno.EINVAL, after, $"hash under {after.InputTransform}", $"It takes addresses and ports of both sides only, not {string.Join(", ", offending)}; set Fields to sd or sdfn there (field.md H10).")
            : null;
    }

    private static Refusal? Only(NicRss rss, string[]? allowed, string letters, RssFlowType[] types, RssFlowType first, RssFlowType second)
    {
        RssFlowType[] hit = [.. types.Where(type => type == first || type == second)];
        return hit.Length > 0 && allowed is { Length: > 0 } && !allowed.Contains(letters)
            ? RssPlanner.Refuse(
                Errno.EINVAL, rss, "set the hash fields", $"{rss.Driver} hashes {string.Join(" and ", hit)} by {string.Join(" or ", allowed)} only, not by '{letters}' (field.md H2); choose these, or other kinds with FlowType.")
            : null;
    }

    private static string? QuirkOf(NicRss rss, string id) => DriverQuirks.Of(rss.Driver, null).FirstOrDefault(quirk => quirk.Id == id)?.Text;
}
