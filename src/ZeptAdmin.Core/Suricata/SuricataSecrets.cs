using System.Text.RegularExpressions;

namespace ZeptAdmin.Suricata;

/// <summary>What of Suricata's files a snapshot keeps: what the checks read, line for line; all else stays on the machine.</summary>
/// <remarks>
/// Kept are names of sections, and of the sections that are read the keys with values that can be no secret: numbers, sizes, words, names of interfaces and
/// of files, CPUs. Comments, filters, and the content of other sections (networks, outputs with their passwords, rules) are left out. Lines keep their numbers.
/// </remarks>
internal static partial class SuricataSecrets
{
    private const string LeftOut = "left-out";
    private const string Include = "include";

    // Of a file that is included within a section, the keys stand at the left margin: there a name that the section may have is kept as well.
    private static readonly HashSet<string> Known =
    [
        .. SuricataKeys.Versions.SelectMany(SuricataKeys.All).SelectMany(key => key.Path.Split('.')).Select(part => part.Replace("[]", "", StringComparison.Ordinal)),
        .. SuricataFileRules.Checked, Include, "detect", "suricata-version", "cpu-affinity",
    ];

    private static readonly HashSet<string> Filters = ["bpf-filter", "address"];

    /// <summary>The arguments to write of an engine: its program, and the file that it reads.</summary>
    public static string Arguments(string text)
    {
        string[] arguments = text.Split('\0');
        string[] kept = [arguments[0], .. arguments[SuricataFiles.ConfigOption(arguments)]];
        return string.Join('\0', kept) + '\0';
    }

    /// <summary>The text to write of a configuration.</summary>
    public static string Mask(string text)
    {
        string[] lines = text.Split('\n');
        Line state = new();
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = state.Mask(lines[i].TrimEnd('\r'));
        }

        return string.Join('\n', lines);
    }

    /// <summary>Where in the file the next line stands.</summary>
    private sealed class Line
    {
        // Column of the key whose content is left out; -1 outside.
        private int _leftOut = -1;
        private bool _hasPlaceholder;
        private bool _isInclude;

        public string Mask(string line)
        {
            if (Marker().IsMatch(line))
            {
                return line.TrimEnd();
            }

            string content = line.TrimStart(' ');
            int column = line.Length - content.Length;
            if (content.Length == 0 || content[0] == '#')
            {
                return "";
            }

            Match match = Entry().Match(line);
            bool isItem = match.Groups["dash"].Value.Contains('-', StringComparison.Ordinal);
            if (_leftOut >= 0 && (column > _leftOut || (column == _leftOut && isItem)))
            {
                // The key keeps something below it: that it stands twice is told by this.
                string placeholder = _hasPlaceholder ? "" : $"{new string(' ', _leftOut + 1)}{LeftOut}:";
                _hasPlaceholder = true;
                return placeholder;
            }

            _leftOut = -1;
            if (!match.Groups["key"].Success)
            {
                string item = WithoutComment(match.Groups["value"].Value);
                return _isInclude && FilePath().IsMatch(item) || Cpus().IsMatch(item) ? match.Groups["dash"].Value + item : isItem ? match.Groups["dash"].Value + LeftOut : "";
            }

            return OfKey(match, match.Groups["dash"].Length);
        }

        private string OfKey(Match match, int column)
        {
            string name = match.Groups["key"].Value.Trim('"', '\'');
            string key = name.Replace('_', '-');
            string value = WithoutComment(match.Groups["value"].Value);
            string written = $"{match.Groups["dash"].Value}{name}:";
            _isInclude = key == Include;
            bool isKnown = key.EndsWith("-cpu-set", StringComparison.Ordinal) || Array.TrueForAll(key.Split('.'), Known.Contains);
            if (!isKnown || value is ['|' or '>', ..])
            {
                (_leftOut, _hasPlaceholder) = (column, value.Length > 0);
                return written;
            }

            return value.Length == 0 ? written
                : _isInclude && FilePath().IsMatch(value) ? $"{written} {value}"
                : Filters.Contains(key) ? $"{written} {LeftOut}"
                : Included().IsMatch(value) || Cpus().IsMatch(value) || Word().IsMatch(value) ? $"{written} {value}"
                : $"{written} {LeftOut}";
        }

        // A # within quotes is none; what follows one outside is a comment.
        private static string WithoutComment(string value)
        {
            char quote = '\0';
            for (int i = 0; i < value.Length; i++)
            {
                if (quote == '\0' && value[i] == '#' && (i == 0 || value[i - 1] is ' ' or '\t'))
                {
                    return value[..i].TrimEnd();
                }

                quote = quote == '\0' && value[i] is '"' or '\'' ? value[i] : quote == value[i] ? '\0' : quote;
            }

            return value.TrimEnd();
        }
    }

    [GeneratedRegex(@"^(%YAML [0-9.]+|---|\.\.\.)\s*$")]
    private static partial Regex Marker();

    [GeneratedRegex(@"^(?<dash> *(?:- +|-$)*)(?:(?<key>[\w.\-]+|""[\w.\- ]+""|'[\w.\- ]+')\s*:(?=\s|$)\s*)?(?<value>.*)$")]
    private static partial Regex Entry();

    [GeneratedRegex(@"^!include +[\w./+\-]+$")]
    private static partial Regex Included();

    [GeneratedRegex(@"^([""']?)[\w./+\-]+\1$")]
    private static partial Regex FilePath();

    // CPUs, also of a list that goes on in the next line.
    [GeneratedRegex(@"^[\[\]\s,""'0-9\-]+$|^\[\s*[""']?all[""']?\s*\]$|^[""']?all[""']?$")]
    private static partial Regex Cpus();

    [GeneratedRegex(@"^([""']?)[\w.+/\-]{1,200}( ?[KMGkmg][Ii]?[Bb])?\1$")]
    private static partial Regex Word();
}
