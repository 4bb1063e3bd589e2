using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>Names in sysfs that carry numbers: cpu12, node3, 0000:3b:00.1.</summary>
internal static class SysfsNames
{
    /// <summary>The number behind a prefix; null when the name is something else.</summary>
    public static int? Number(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number <= CpuList.Highest
            ? number
            : null;
}
