using System.Globalization;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Memory;

/// <summary>The rules that need to know which module is in which channel.</summary>
internal static class MemoryChannelRules
{
    /// <summary>Channels filled, and modules in each, for one package or for a machine whose packages are unknown.</summary>
    public static IEnumerable<MemoryCheck> Test(MemorySetting setting, int? package)
    {
        MemoryModule[] slots = setting.Of(package);
        MemoryModule[] modules = [.. slots.Where(module => module.IsPopulated)];
        if (setting.Unknown is string reason || modules.Any(module => module.Channel is null))
        {
            yield return TooFew(setting, package, modules.Length)
                ?? MemoryRule.Channels.Check(Unknown, package, $"{Count(modules.Length, "module")}. {setting.Unknown}".TrimEnd());
            yield return MemoryRule.Depth.Check(Unknown, package, $"{Count(modules.Length, "module")}. {setting.Unknown}".TrimEnd());
            yield break;
        }

        int[] filled = [.. modules.Select(module => module.Channel!.Value).Distinct().Order()];
        yield return setting.ChannelsPerPackage is not int channels
            ? MemoryRule.Channels.Check(Unknown, package, $"{Count(filled.Length, "channel")} filled; how many there are cannot be told")
            : MemoryRule.Channels.Check(
                filled.Length >= channels ? Pass : Fail,
                package,
                $"{filled.Length} of {Count(channels, "channel")} filled",
                Remedy(slots, filled),
                $"a module in each of {channels} channels");
        if (modules.Length > 0)
        {
            yield return Depth(package, modules);
        }
    }

    /// <summary>Whether the packages have the same memory.</summary>
    public static MemoryCheck Balance(MemorySetting setting)
    {
        int?[] packages = [.. setting.Packages];
        if (packages is [null])
        {
            return setting.Sockets.Count(populated => populated) == 1
                ? MemoryRule.Balance.Check(NotApplicable, null, "one processor package")
                : MemoryRule.Balance.Check(Unknown, null, setting.Unknown ?? "the labels of the memory slots do not tell their package");
        }

        if (packages.Length == 1)
        {
            return MemoryRule.Balance.Check(NotApplicable, null, "one processor package");
        }

        (int Modules, long Bytes, int Channels)[] amounts =
        [
            .. packages.Select(setting.Of).Select(slots =>
                (slots.Count(module => module.IsPopulated), slots.Sum(module => module.SizeBytes ?? 0), slots.Where(module => module.IsPopulated).Select(module => module.Channel).Distinct().Count())),
        ];
        string actual = string.Join(", ", amounts.Select((amount, i) =>
            string.Create(CultureInfo.InvariantCulture, $"package {packages[i]}: {amount.Bytes / 1073741824.0:0.##} GiB in {Count(amount.Modules, "module")}")));
        return amounts.Any(amount => amount.Modules == 0)
            ? MemoryRule.Balance.Check(Fail, null, actual, "Move modules so that every processor has memory of its own.")
            : MemoryRule.Balance.Check(amounts.Distinct().Count() == 1 ? Pass : Warn, null, actual, "Give each package the same modules in the same channels.");
    }

    private static MemoryCheck Depth(int? package, MemoryModule[] modules)
    {
        int[] depths = [.. modules.GroupBy(module => module.Channel).Select(channel => channel.Count()).Distinct().Order()];
        return depths switch
        {
            [> 2] => MemoryRule.Depth.Check(Warn, package, $"{depths[0]} in each channel", "Use fewer and larger modules: two a channel at most."),
            [int depth] => MemoryRule.Depth.Check(Pass, package, $"{depth} in each channel"),
            _ => MemoryRule.Depth.Check(Warn, package, $"{string.Join(" and ", depths)}, by channel", "Put the same number of modules into each channel."),
        };
    }

    // Fewer modules than channels leave a channel empty, wherever they are.
    private static MemoryCheck? TooFew(MemorySetting setting, int? package, int modules)
    {
        int? packages = package is not null ? 1 : setting.Sockets.Length == 0 ? null : setting.Sockets.Count(populated => populated);
        return setting.ProcessorChannels is int channels and > 0 && packages is int count && modules < channels * count
            ? MemoryRule.Channels.Check(
                Fail, package, $"{Count(modules, "module")} for {Count(channels * count, "channel")}", "Add modules until every channel has one.", $"a module in each of {channels * count} channels")
            : null;
    }

    private static string Remedy(MemoryModule[] slots, int[] filled)
    {
        string[] empty = [.. slots.Where(slot => slot.Slot == 0 && slot.Channel is int channel && !filled.Contains(channel)).Select(slot => slot.Locator)];
        return empty.Length > 0 ? $"Put modules into {string.Join(", ", empty)}, or spread the present ones; the board's manual gives the order." : "Put a module into every channel.";
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
