using System.Globalization;
using System.Text.RegularExpressions;

namespace ZeptAdmin.Suricata;

/// <summary>Sizes as Suricata writes them (ParseSizeString of util-misc.c).</summary>
internal static partial class SuricataSize
{
    /// <summary>Bytes of a size; null for what that version does not take. 7.0 knows kb, mb and gb; KiB, MiB and GiB came with 8.0.</summary>
    public static long? Parse(string? text, int version)
    {
        Match match = Form().Match(text ?? "");
        if (!match.Success)
        {
            return null;
        }

        string unit = match.Groups[2].Value;
        bool isBinary = unit.EndsWith("iB", StringComparison.Ordinal);
        if (isBinary && version < 8)
        {
            return null;
        }

        double factor = unit.ToLowerInvariant() switch { "" => 1, "kb" or "kib" => 1024, "mb" or "mib" => 1 << 20, _ => 1 << 30 };
        return (long)(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * factor);
    }

    /// <summary>A size of whole MiB.</summary>
    public static string OfMiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20}mb");

    /// <summary>A size for people.</summary>
    public static string Words(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MiB");

    // The unit is without regard to case for kb, mb and gb, and exactly so for KiB, MiB and GiB.
    [GeneratedRegex("""^\s*(\d+(?:\.\d+)?)\s*((?i:kb|mb|gb)|KiB|MiB|GiB|)\s*$""")]
    private static partial Regex Form();
}
