using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Suricata;

/// <summary>
/// Puts right in a file what Test-SuricataConfig finds wrong and one line of it can put right: headers, names of keys, units, values that one answer is right
/// for, groups. Comments and order stay; what takes a decision stays said.
/// </summary>
public static partial class SuricataCorrection
{
    private const string Header = "%YAML 1.1\n---\n";

    // A value that takes the place of another may show the next fault; each round puts one thing right at least.
    private const int MostRounds = 20;

    /// <summary>The file with everything put right that can be; Notes tell what was changed and what was not.</summary>
    /// <param name="config">The file; what it includes is read again, and stays as it is.</param>
    /// <param name="sensor">The machine that it is for.</param>
    /// <param name="files">Where the included files are; null for those of the machine.</param>
    /// <exception cref="KernelFormatException">An included file is no YAML.</exception>
    public static SuricataConfig Correct(SuricataConfig config, Sensor sensor, FileTree? files = null)
    {
        List<string> notes = [];
        SuricataConfig now = config;
        ConfigCheck[] found = SuricataLint.Test(now, sensor, files);
        for (int round = 0; round < MostRounds && Change(now, found, sensor, notes) is string text; round++)
        {
            now = SuricataConfigs.Reread(now, text, sensor, files);
            found = SuricataLint.Test(now, sensor, files);
        }

        IEnumerable<string> left = from check in found
                                   where check.Severity.IsFinding()
                                   select $"Left: {(check.Path is string path && path != config.Path ? path + " " : "")}{(check.Line is int line ? $"line {line}, " : "")}{check.Id}: {check.Actual}. {check.Remedy}";
        return now with { Notes = [.. Enumerable.Reverse(notes), .. left.Distinct()] };
    }

    // The last thing that can be put right, so that lines above it keep their numbers; null when there is none.
    private static string? Change(SuricataConfig config, ConfigCheck[] found, Sensor sensor, List<string> notes)
    {
        foreach (ConfigCheck check in found.Where(check => check.Severity.IsFinding() && check.Path == config.Path).OrderByDescending(check => check.Line))
        {
            if (check.Id == "L1.Header")
            {
                notes.Add("%YAML 1.1 and --- are the first two lines.");
                return Header + HeaderLines().Replace(config.Text, "");
            }

            if (check.Line is int line && Change(config, check, line - 1, sensor, notes) is string text)
            {
                return text;
            }
        }

        return null;
    }

    private static string? Change(SuricataConfig config, ConfigCheck check, int index, Sensor sensor, List<string> notes)
    {
        string[] lines = config.Text.Split('\n');
        Match match = index < lines.Length ? Entry().Match(lines[index]) : Match.Empty;
        if (!match.Success)
        {
            return null;
        }

        string key = match.Groups["key"].Value;
        string value = match.Groups["value"].Value;
        SuricataInterface? card = Array.Find(config.Interfaces, card => card.InterfaceName == check.Target);
        (string? newKey, string? newValue) = check.Id switch
        {
            "L1.UseMmap" when key == "use-mmap" && !match.Groups["dash"].Value.Contains('-', StringComparison.Ordinal) => ("", value),
            "L1.Key" => (Near(check), value),
            "L1.Value" => (key, Unit(value, config.Version)),
            "L1.RunMode" when key == "runmode" => (key, "workers"),
            "L1.TpacketVersion" when key == "tpacket-v3" && card is not null => (key, card.CopyMode is null ? "yes" : "no"),
            "L2.BlockSize" when key is "block-size" or "v2-block-size" => (key, Blocks(value)),
            "L3.ClusterType" when value == "cluster_rollover" => (key, "cluster_flow"),
            "L3.ClusterId" when key == "cluster-id" => (key, Free(config, sensor)),
            "L12.Checksums" when key == "checksum-checks" => (key, "kernel"),
            _ => (null, null),
        };
        if (newKey is null || newValue is null || (newKey == key && newValue == value))
        {
            return null;
        }

        if (newKey.Length == 0)
        {
            notes.Add($"Line {index + 1}: {key} is gone.");
            return string.Join('\n', [.. lines[..index], .. lines[(index + 1)..]]);
        }

        notes.Add(newKey == key ? $"Line {index + 1}: {key} was {value}, is {newValue}." : $"Line {index + 1}: '{key}' became '{newKey}'.");
        lines[index] = $"{match.Groups["dash"].Value}{newKey}{match.Groups["colon"].Value}{newValue}{match.Groups["rest"].Value}";
        return string.Join('\n', lines);
    }

    private static string? Near(ConfigCheck check) => NearName().Match(check.Remedy) is { Success: true } near ? near.Groups[1].Value : null;

    // MiB of version 8 became mb: the same number for version 7, which knows the letters only.
    private static string? Unit(string value, int version) =>
        BinaryUnit().Match(value) is { Success: true } unit && version < 8 ? $"{unit.Groups[1].Value}{char.ToLowerInvariant(unit.Groups[2].Value[0])}b" : null;

    private static string? Blocks(string value) => !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? null
        : bytes % 4096 != 0 && bytes > SuricataRing.DefaultBlockBytes ? (bytes / 4096 * 4096).ToString(CultureInfo.InvariantCulture)
        : SuricataRing.DefaultBlockBytes.ToString(CultureInfo.InvariantCulture);

    private static string Free(SuricataConfig config, Sensor sensor)
    {
        HashSet<int> taken = [.. new WorkerMachine(sensor).Groups.Select(socket => socket.FanoutId!.Value), .. config.Interfaces.Select(card => card.ClusterId).OfType<int>()];
        return Enumerable.Range(201, 60_000).First(id => !taken.Contains(id)).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(?<dash> *(?:- +)*)(?<key>[\w.\-]+)(?<colon>\s*:\s*)(?<value>[^\s#""'\[{|>&*!]\S*(?: \S+)*?)(?<rest>\s*(?:\s#.*)?\r?)$")]
    private static partial Regex Entry();

    [GeneratedRegex("^It looks like '([^']+)'")]
    private static partial Regex NearName();

    [GeneratedRegex(@"^([0-9.]+) ?([KMGkmg])i[Bb]$")]
    private static partial Regex BinaryUnit();

    [GeneratedRegex(@"^(?:%YAML[^\n]*\n)?(?:---[ \t]*\n)?")]
    private static partial Regex HeaderLines();
}
