using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Memory;

/// <summary>Holds the memory modules of a machine against the rules of field.md 1.C.</summary>
public static class MemoryLayout
{
    // Speeds are rounded by whoever writes them: 2933 and 2934, 2666 and 2667 are the same.
    private const int SpeedRounding = 1;

    /// <summary>One result a rule and package; one for the machine where the package does not matter or cannot be told.</summary>
    /// <remarks>Never throws for what a machine lacks: that is Unknown or NotApplicable, with the reason as Actual.</remarks>
    public static MemoryCheck[] Test(Sensor sensor)
    {
        if (VirtualMachine.Name(sensor.Files) is string hypervisor)
        {
            return ForAll(NotApplicable, $"a virtual machine ({hypervisor}): its memory modules are made up");
        }

        Answer<SmbiosTable> answer;
        try
        {
            answer = Smbios.Read(sensor.Files);
        }
        catch (KernelFormatException e)
        {
            return ForAll(Unknown, e.Message);
        }

        MemoryModule[] edac = EdacModules.Read(sensor.Files, out int? edacChannels);
        if (answer.Refusal is Refusal refusal)
        {
            return edac.Length > 0
                ? Test(new MemorySetting(edac, edacChannels, null, [], edac.All(module => module.Channel is not null) ? null : "The driver of the memory controller does not tell the channels."))
                : ForAll(refusal.Errno == Errno.ENOENT && sensor.IsLive ? NotApplicable : Unknown, refusal.Reason);
        }

        SmbiosTable smbios = answer.Value;
        if (smbios.Firmware?.IsVirtualMachine == true)
        {
            return ForAll(NotApplicable, "a virtual machine, says its firmware: its memory modules are made up");
        }

        MemoryLocations locations = MemoryLocations.Find(MemoryModules.SystemMemory(smbios), smbios.Processors);
        MemoryModule[] modules = MemoryModules.Of(smbios, locations);
        if (locations.Unknown is not null && edac.Length > 0 && edac.All(module => module.Channel is not null && module.Package is not null))
        {
            // The labels say nothing, the driver of the memory controller does.
            return Test(new MemorySetting(edac, edacChannels, locations.ProcessorChannels, [], null) { Described = modules });
        }

        return Test(new MemorySetting(modules, locations.ChannelsPerPackage, locations.ProcessorChannels, Sockets(smbios), locations.Unknown));
    }

    /// <summary>The rules on modules that are known.</summary>
    internal static MemoryCheck[] Test(MemorySetting setting)
    {
        if (!setting.Modules.Any(module => module.IsPopulated))
        {
            return ForAll(Unknown, "the firmware shows no memory module in any slot");
        }

        List<MemoryCheck> checks = [];
        foreach (int? package in setting.Packages)
        {
            checks.AddRange(MemoryChannelRules.Test(setting, package));
            MemoryModule[] described = setting.ModulesDescribed(package);
            if (described.Length > 0)
            {
                checks.AddRange([Speed(package, described), Sizes(package, described), Ranks(package, described)]);
            }
        }

        checks.Add(MemoryChannelRules.Balance(setting));
        return [.. MemoryRule.All.SelectMany(rule => checks.Where(check => check.Id == rule.Id))];
    }

    private static MemoryCheck Speed(int? package, MemoryModule[] modules)
    {
        int[] rated = [.. modules.Select(module => module.RatedSpeed).OfType<int>()];
        int[] configured = [.. modules.Select(module => module.ConfiguredSpeed).OfType<int>()];
        if (rated.Length < modules.Length || configured.Length < modules.Length)
        {
            return MemoryRule.Speed.Check(Unknown, package, $"the firmware does not tell the speed {(configured.Length < modules.Length ? "in force" : "of the modules")}");
        }

        string actual = $"{List(configured)} MT/s in force, {List(rated)} MT/s rated";
        return configured.Min() >= rated.Max() - SpeedRounding
            ? MemoryRule.Speed.Check(Pass, package, actual)
            : MemoryRule.Speed.Check(
                Warn,
                package,
                actual,
                rated.Distinct().Count() > 1
                    ? "Use modules of one speed; the slowest sets the clock of all."
                    : "See what the processor allows with so many modules a channel; if it allows more, raise the memory frequency in the firmware's setup.");
    }

    private static MemoryCheck Sizes(int? package, MemoryModule[] modules)
    {
        long[] sizes = [.. modules.Select(module => module.SizeBytes).OfType<long>()];
        if (sizes.Length < modules.Length)
        {
            return MemoryRule.Sizes.Check(Unknown, package, "the firmware does not tell the size of every module");
        }

        string actual = string.Join(
            ", ", sizes.GroupBy(size => size).OrderBy(size => size.Key).Select(size => string.Create(CultureInfo.InvariantCulture, $"{size.Count()} x {size.Key / 1073741824.0:0.##} GiB")));
        return MemoryRule.Sizes.Check(sizes.Distinct().Count() == 1 ? Pass : Warn, package, actual, "Use modules of one size in all channels.");
    }

    private static MemoryCheck Ranks(int? package, MemoryModule[] modules)
    {
        int[] ranks = [.. modules.Select(module => module.Ranks).OfType<int>()];
        if (ranks.Length < modules.Length)
        {
            return MemoryRule.Ranks.Check(Unknown, package, "the firmware does not tell the ranks of every module");
        }

        bool knowsChannels = modules.All(module => module.Channel is not null);
        int[] ofChannels = knowsChannels ? [.. modules.GroupBy(module => (module.Package, module.Channel)).Select(channel => channel.Sum(module => module.Ranks ?? 0))] : ranks;
        return MemoryRule.Ranks.Check(
            ofChannels.Min() >= 2 ? Pass : Warn,
            package,
            $"{List(ofChannels)} a {(knowsChannels ? "channel" : "module")}, in modules of {List(ranks)}",
            "Take modules of two ranks when you buy the next ones.");
    }

    private static MemoryCheck[] ForAll(CheckSeverity verdict, string reason) => [.. MemoryRule.All.Select(rule => rule.Check(verdict, null, reason))];

    // Sockets in the order of their numbers, where they have any: a board may list socket 4 first.
    private static bool[] Sockets(SmbiosTable smbios)
    {
        SmbiosProcessor[] sockets = [.. smbios.Processors.Where(processor => processor.IsCentral)];
        string[] digits = [.. sockets.Select(socket => new string([.. (socket.SocketDesignation ?? "").Where(char.IsAsciiDigit).TakeLast(4)]))];
        if (digits.Distinct().Count() == sockets.Length && digits.All(text => text.Length > 0))
        {
            Array.Sort([.. digits.Select(text => int.Parse(text, CultureInfo.InvariantCulture))], sockets);
        }

        return [.. sockets.Select(socket => socket.IsPopulated)];
    }

    private static string List(IEnumerable<int> numbers) => string.Join(", ", numbers.Distinct().Order());
}
