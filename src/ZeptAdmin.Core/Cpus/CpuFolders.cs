using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Cpus;

/// <summary>Folders of CPUs in sysfs.</summary>
public static class CpuFolders
{
    /// <summary>Where they are.</summary>
    public const string Root = "/sys/devices/system/cpu";

    /// <summary>CPUs with a folder, ascending.</summary>
    public static int[] Cpus(FileTree files) => [.. files.List(Root).Select(name => SysfsNames.Number(name, "cpu")).OfType<int>().Order()];

    /// <summary>The folder of a CPU.</summary>
    public static string Of(int cpu) => string.Create(CultureInfo.InvariantCulture, $"{Root}/cpu{cpu}");

    /// <summary>Why named CPUs cannot be meant; null when all of them are there.</summary>
    /// <param name="wanted">CPUs that were named; null for all.</param>
    /// <param name="present">CPUs that have the thing.</param>
    /// <param name="thing">The thing, in words.</param>
    public static Refusal? Missing(CpuList? wanted, CpuList present, string thing) =>
        wanted?.Except(present) is { IsEmpty: false } missing
            ? new Refusal(Errno.ENOENT, $"find the {thing}", $"CPU {missing}") { Detail = $"CPUs with it: {present}." }
            : null;
}
