using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Rss;

/// <summary>Chooses how a card is made to hash symmetrically: nothing to do, a transformation, or a key of one repeated pattern.</summary>
/// <remarks>field.md H4, H5, H10. A transformation keeps 32 bits of entropy and is preferred; a repeated key leaves 16.</remarks>
internal static class RssSymmetryChoice
{
    private const string Operation = "hash symmetrically";

    /// <summary>The settings with symmetry, and what is to be said of the choice.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="now">Settings in force.</param>
    /// <param name="after">Settings with all else that is wished for.</param>
    /// <param name="wish">The wish.</param>
    /// <param name="kernel">Version of the kernel.</param>
    public static Answer<(NicRss After, RssPlan Plan)> Make(Sensor sensor, NicRss now, NicRss after, RssWish wish, KernelVersion? kernel)
    {
        DriverFacts? facts = DriverTable.Find(now.Driver);
        string[] oneSided = [.. after.Fields.Where(fields => !fields.IsTwoSided).Select(fields => fields.ToString())];
        if (oneSided.Length > 0)
        {
            return RssPlanner.Refuse(Errno.EINVAL, now, Operation, $"One side only is hashed ({string.Join(", ", oneSided)}), so no key helps; set Fields to sd or sdfn for these kinds too.");
        }

        if (facts?.Symmetry.HasFlag(SymmetryMethods.AlwaysOn) ?? false)
        {
            return (after, Say($"Nothing to do: {now.Driver} hashes both directions of '{now.InterfaceName}' alike whatever the key is."));
        }

        if (after.Function is not (null or "toeplitz") && wish.Function is null)
        {
            after = after with { Function = "toeplitz" };
        }

        RssSymmetry[] verdicts = RssSymmetries.Of(after, kernel);
        if (verdicts.Length > 0 && verdicts.All(verdict => verdict is { IsSymmetric: true, IsConstant: not true } || verdict.Fields == RssFields.None))
        {
            return (after, Say($"Nothing to do for the key: '{now.InterfaceName}' hashes both directions alike by its settings."));
        }

        string[] warnings = [.. DriverQuirks.Of(now.Driver, kernel).Where(quirk => quirk.Id == DriverQuirks.KeyOneByteLate).Select(quirk => quirk.Text)];
        if (facts is { Symmetry: SymmetryMethods.None } && !facts.Unchecked.Contains(nameof(DriverFacts.Symmetry)))
        {
            return RssRefusals.OfKey(now, now.Key ?? RssKeys.FromPattern(RssKeys.TalkPattern, facts.KeyLength ?? 40))
                ?? RssPlanner.Refuse(Errno.EOPNOTSUPP, now, Operation, $"No way is known to make {now.Driver} hash symmetrically.");
        }

        return Transform(sensor, now, facts, kernel) is RssInputTransform transform && wish.InputTransform is null && wish.Key is null
            ? ByTransform(after, transform)
            : ByKey(now, after, wish, warnings);
    }

    private static Answer<(NicRss After, RssPlan Plan)> ByTransform(NicRss after, RssInputTransform transform)
    {
        // A repeated key cancels under symmetric-xor, so it has to go with it.
        bool cancels = transform == RssInputTransform.SymmetricXor && after.Key is { IsSymmetric: true };
        NicRss chosen = after with { InputTransform = transform, Key = cancels ? RssKeys.Random(after.Key!.Length) : after.Key };
        return (chosen, Say($"{after.Driver} and this kernel have {transform}: it keeps all entropy of the hash, which a repeated key does not."));
    }

    private static Answer<(NicRss After, RssPlan Plan)> ByKey(NicRss now, NicRss after, RssWish wish, string[] warnings)
    {
        if (wish.Key is not null)
        {
            return RssPlanner.Refuse(Errno.EINVAL, now, Operation, $"The key that was given does not hash both directions alike; leave out Key, or take one of New-RssKey.");
        }

        RssKey key = RssKeys.FromPattern(RssKeys.TalkPattern, now.Key?.Length ?? 40);
        if (RssRefusals.OfKey(now, key) is Refusal refusal)
        {
            return refusal;
        }

        bool cancels = after.InputTransform == RssInputTransform.SymmetricXor;
        return (after with { Key = cancels ? RssKeys.Random(key.Length) : key }, new RssPlan([], [], warnings));
    }

    private static RssInputTransform? Transform(Sensor sensor, NicRss now, DriverFacts? facts, KernelVersion? kernel)
    {
        if (now.InputTransform is null || facts?.TransformSince is not KernelVersion since || kernel is null || kernel < since || !IsOfKernel(sensor, now.InterfaceName))
        {
            return null;
        }

        return facts.Symmetry.HasFlag(SymmetryMethods.SymmetricXor)
            ? RssInputTransform.SymmetricXor
            : facts.Symmetry.HasFlag(SymmetryMethods.SymmetricOrXor) ? RssInputTransform.SymmetricOrXor : null;
    }

    // Drivers of the kernel's own tree have its release for a version; Intel's own ice (2.6.6) has no transformation (field.md H10).
    private static bool IsOfKernel(Sensor sensor, string interfaceName) =>
        EthtoolDriverInfo.Get(sensor.Ethtool, interfaceName).Try(out EthtoolDriver driver)
        && sensor.Files.ReadText("/proc/sys/kernel/osrelease")?.Trim() is string release
        && release.StartsWith(driver.Version, StringComparison.Ordinal) && driver.Version.Length > 0;

    private static RssPlan Say(string remark) => new([], [remark], []);
}
