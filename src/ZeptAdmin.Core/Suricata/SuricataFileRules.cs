using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Suricata;

/// <summary>Whether Suricata reads the file as it was meant: headers, includes, sections that stand twice, keys, types and units.</summary>
internal static partial class SuricataFileRules
{
    /// <summary>Sections and keys that are looked at.</summary>
    internal static readonly string[] Checked = ["af-packet", "threading", "stream", "flow", "defrag", "host", "ippair", "runmode", "max-pending-packets", "default-packet-size"];

    private static readonly ConfigRule Header = new("L1.Header", "each file begins with %YAML 1.1 and ---", "Suricata does not start with a file that does not, included ones too.", "field.md L1; conf-yaml-loader.c", "so it does");
    private static readonly ConfigRule Include = new("L1.Include", "included files that can be read", "Suricata does not start when one cannot be opened. A relative name is looked for in the folder of the main file.", "field.md L1; ConfYamlHandleInclude of conf-yaml-loader.c", "nothing is missing");
    private static readonly ConfigRule Redefined = new("L1.Redefined", "each section once", "Of a section that comes again, the first is lost with all that was in it: a stream: with one line leaves stream: with one line.", "field.md L1; ConfNodePrune in conf-yaml-loader.c", "none comes again");
    private static readonly ConfigRule Key = new("L1.Key", "keys that this version has", "Suricata passes over a key that it does not know, and says nothing.", "field.md L1; suricata.yaml.in of each version (about the data: Data/keys.txt)");
    private static readonly ConfigRule Value = new("L1.Value", "values that this version takes", "A value that it cannot read is replaced by the default, or Suricata does not start.", "field.md L1; suricata.yaml.in, util-misc.c and runmode-af-packet.c of each version", "all are of the right kind");

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ConfigRule> All { get; } = [Header, Include, Redefined, Key, Value];

    /// <summary>The results.</summary>
    public static IEnumerable<ConfigCheck> Run(SuricataLintSubject subject)
    {
        SuricataFile file = subject.File;
        foreach (string? path in file.WithoutHeader)
        {
            yield return Header.Result(Fail, "", path, 1, "the first two lines are others", "Put %YAML 1.1 and --- at the top.");
        }

        foreach ((string? path, int line, string problem) in file.Missing)
        {
            yield return Include.Result(Fail, "include", path, line, problem, "Put the file there, or take the line away.");
        }

        foreach (SuricataRedefinition twice in file.Redefinitions.Where(twice => twice.FirstPath == twice.Path))
        {
            yield return Redefined.Result(Warn, twice.Name, twice.Path, twice.Line, $"it stands on line {twice.FirstLine}, too; nothing of that counts", "Keep one of the two.");
        }

        foreach (SuricataRedefinition swallowed in file.Redefinitions.Where(twice => twice.FirstPath != twice.Path && twice.Path == subject.Config.Path))
        {
            yield return Redefined.Result(Warn, swallowed.Name, swallowed.Path, swallowed.Line, $"it takes away what '{swallowed.FirstPath}' has on line {swallowed.FirstLine}", "Put the include at the end of the file.");
        }

        ConfigCheck[] keys = [.. Checked.SelectMany(name => subject.Root[name] is SuricataNode node ? Walk(subject, node, name) : [])];
        foreach (ConfigCheck check in keys)
        {
            yield return check;
        }

        if (keys.Length == 0)
        {
            yield return Key.Result(Pass, "", subject.Config.Path, null, $"all are in the template of version {subject.Config.Version}");
        }
    }

    private static IEnumerable<ConfigCheck> Walk(SuricataLintSubject subject, SuricataNode node, string path)
    {
        int version = subject.Config.Version;
        SuricataKey? key = SuricataKeys.Find(version, path);
        bool isItem = path.EndsWith("[]", StringComparison.Ordinal);
        if (key is null && !isItem)
        {
            yield return Unknown(version, node, path);
            yield break;
        }

        if (key is null or { Type: "section" })
        {
            foreach (SuricataNode child in node.Children)
            {
                foreach (ConfigCheck check in Walk(subject, child, Below(node, path, child)))
                {
                    yield return check;
                }
            }
        }
        else if (Expected(key, node, version) is string expected)
        {
            yield return Value.Result(key.Type is "size" ? Fail : Warn, path, node, $"'{node.Value ?? string.Join(", ", node.Values)}'", $"It is {expected}.");
        }
    }

    // The list of version 7 has an item for each set of CPUs, with the set's name as its one key.
    private static string Below(SuricataNode node, string path, SuricataNode child) =>
        path == "threading.cpu-affinity" ? (node.IsList ? path : path + ".*")
        : node.IsList ? path.EndsWith("[]", StringComparison.Ordinal) ? path : path + "[]"
        : path + "." + child.Name;

    private static ConfigCheck Unknown(int version, SuricataNode node, string path)
    {
        int[] others = [.. SuricataKeys.Versions.Where(other => other != version && SuricataKeys.Find(other, path) is not null)];
        string above = path[..(path.LastIndexOf('.') + 1)];
        string? near = Misspelling.Meant(node.Name, SuricataKeys.All(version).Where(key => key.Path.StartsWith(above, StringComparison.Ordinal) && !key.Path[above.Length..].Contains('.', StringComparison.Ordinal)).Select(key => key.Path[above.Length..]));
        return Key.Result(
            Warn,
            path,
            node,
            others.Length > 0 ? $"version {version} does not have it; it is of {string.Join(" and ", others)}" : $"version {version} has no such key",
            near is not null ? $"It looks like '{near}'." : "Take it away, or name the right key.");
    }

    private static string? Expected(SuricataKey key, SuricataNode node, int version)
    {
        string? value = node.Value;
        return key.Type switch
        {
            "boolean" => value is null || node.AsBoolean is not null ? null : "yes or no",
            "size" => value is null || SuricataSize.Parse(value, version) is not null ? null : version < 8 ? "a number with kb, mb or gb" : "a number with KiB, MiB, GiB, kb, mb or gb",
            "number" => value is null || value == "auto" || double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? null : "a number",
            "list" when key.Path.EndsWith(".cpu", StringComparison.Ordinal) || key.Path.Contains(".prio.", StringComparison.Ordinal) => node.Values.All(item => Cpu().IsMatch(item)) ? null : "a list of CPUs as [ 2, \"4-7\" ]",
            "word" when key.Allowed.Length > 0 => value is null || key.Allowed.Contains(value) || (key.Allowed.Contains("yes") && node.AsBoolean is not null) || value == "cluster_rollover" ? null : string.Join(", ", key.Allowed),
            _ => null,
        };
    }

    [GeneratedRegex(@"^(all|\d+(-\d+)?)$")]
    private static partial Regex Cpu();
}
