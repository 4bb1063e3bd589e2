using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Suricata;

/// <summary>A key of the configuration that is in force, as Suricata builds it of its files.</summary>
internal sealed class SuricataNode(string name, string? path, int line)
{
    /// <summary>Its name; in lists the number of the item.</summary>
    public string Name { get; } = name;

    /// <summary>File that it stands in; null for a text that is no file.</summary>
    public string? Path { get; set; } = path;

    /// <summary>Line of that file.</summary>
    public int Line { get; set; } = line;

    /// <summary>Its value; null without one.</summary>
    public string? Value { get; set; }

    /// <summary>True when the file writes a list here.</summary>
    public bool IsList { get; set; }

    /// <summary>What is below it.</summary>
    public List<SuricataNode> Children { get; } = [];

    /// <summary>A key below it, by a path with dots; null when it is not there.</summary>
    public SuricataNode? this[string path] =>
        path.Split('.').Aggregate<string, SuricataNode?>(this, (node, part) => node?.Children.Find(child => child.Name == part));

    /// <summary>Values of its list.</summary>
    public string[] Values => [.. Children.Select(child => child.Value).OfType<string>()];

    /// <summary>True for yes, false for no, as ConfValIsTrue and ConfValIsFalse know them; null for anything else.</summary>
    public bool? AsBoolean => Value?.ToLowerInvariant() switch { "1" or "yes" or "true" or "on" => true, "0" or "no" or "false" or "off" => false, _ => null };

    /// <summary>A number without a unit; null for anything else.</summary>
    public long? AsNumber => long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}

/// <summary>A section that stands twice: of the first nothing is left.</summary>
/// <param name="Name">Its name, with what is above it.</param>
/// <param name="FirstPath">File of the first.</param>
/// <param name="FirstLine">Line of the first.</param>
/// <param name="Path">File of the second.</param>
/// <param name="Line">Line of the second.</param>
internal sealed record SuricataRedefinition(string Name, string? FirstPath, int FirstLine, string? Path, int Line);

/// <summary>A configuration with all that it includes, as conf-yaml-loader.c builds it.</summary>
/// <remarks>
/// A key that comes again takes away all that was below the first (ConfNodePrune); <c>a.b</c> is b below a; <c>_</c> in a name becomes <c>-</c>;
/// includes are looked for in the folder of the main file, and each has to begin with <c>%YAML 1.1</c>.
/// </remarks>
internal sealed class SuricataFile
{
    private const int DeepestInclude = 16;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FileTree? _files;
    private readonly string _folder;

    private SuricataFile(FileTree? files, string folder)
    {
        _files = files;
        _folder = folder;
    }

    /// <summary>The root: what stands at the left margin.</summary>
    public SuricataNode Root { get; } = new("", null, 0);

    /// <summary>Included files, in the order in which they are read.</summary>
    public List<string> Includes { get; private init; } = [];

    /// <summary>Includes that cannot be read: file, line and why.</summary>
    public List<(string? Path, int Line, string Problem)> Missing { get; } = [];

    /// <summary>What stands twice.</summary>
    public List<SuricataRedefinition> Redefinitions { get; } = [];

    /// <summary>Files without <c>%YAML 1.1</c>, with which Suricata does not start.</summary>
    public List<string?> WithoutHeader { get; } = [];

    /// <summary>Line of the last include of the main file; 0 without.</summary>
    public int LastInclude { get; private set; }

    /// <summary>Builds it.</summary>
    /// <param name="text">Text of the main file.</param>
    /// <param name="path">Its path; null when it is no file.</param>
    /// <param name="files">Where included files are; null to leave them.</param>
    /// <exception cref="KernelFormatException">A file is no YAML.</exception>
    public static SuricataFile Read(string text, string? path, FileTree? files) => Read(text, path, files, []);

    /// <summary>Builds it, and tells of each included file before it is read: also when one of them is no YAML.</summary>
    internal static SuricataFile Read(string text, string? path, FileTree? files, List<string> includes)
    {
        SuricataFile file = new(files, path is null ? "/etc/suricata" : path[..Math.Max(1, path.LastIndexOf('/'))]) { Includes = includes };
        file.Load(text, path, file.Root, 0);
        return file;
    }

    /// <summary>Text of a file.</summary>
    /// <exception cref="KernelFormatException">It is no text in UTF-8.</exception>
    public static Answer<string> ReadText(FileTree files, string path)
    {
        FileAnswer answer = files.Read(path);
        if (!answer.IsKnown)
        {
            return new Refusal(answer.Errno, "read Suricata's configuration", path);
        }

        try
        {
            return Strict.GetString(answer.Bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new KernelFormatException(path, "it is no text in UTF-8");
        }
    }

    private void Load(string text, string? path, SuricataNode parent, int depth)
    {
        YamlNode? document = Yaml.Read(text, path ?? "the configuration", out string? version);
        if (version != "1.1")
        {
            WithoutHeader.Add(path);
        }

        if (document is { Kind: YamlKind.Map })
        {
            Apply(document, parent, path, depth);
        }
    }

    private void Apply(YamlNode map, SuricataNode parent, string? path, int depth)
    {
        foreach (YamlEntry entry in map.Entries)
        {
            if (entry.Key == "include")
            {
                foreach (YamlNode item in entry.Node.Kind == YamlKind.List ? entry.Node.Items : [entry.Node])
                {
                    Include(item.Value, item.Line, parent, path, depth);
                }

                LastInclude = depth == 0 ? entry.Line : LastInclude;
                continue;
            }

            SuricataNode node = Enter(parent, entry, path);
            Fill(node, entry.Node, path, depth);
        }
    }

    private SuricataNode Enter(SuricataNode parent, YamlEntry entry, string? path)
    {
        if (entry.Key.Contains('.', StringComparison.Ordinal))
        {
            return entry.Key.Split('.').Aggregate(parent, (above, part) => above[part] ?? Add(above, part, path, entry.Line));
        }

        string name = entry.Key.Replace('_', '-');
        if (parent.Name is "address-groups" or "port-groups" || parent[name] is not SuricataNode before)
        {
            return parent.Name is "address-groups" or "port-groups" ? Add(parent, entry.Key, path, entry.Line) : Add(parent, name, path, entry.Line);
        }

        if (before.Children.Count > 0)
        {
            Redefinitions.Add(new SuricataRedefinition(name, before.Path, before.Line, path, entry.Line));
        }

        before.Children.Clear();
        before.Value = null;
        before.IsList = false;
        (before.Path, before.Line) = (path, entry.Line);
        return before;
    }

    private void Fill(SuricataNode node, YamlNode content, string? path, int depth)
    {
        switch (content.Kind)
        {
            case YamlKind.Map:
                Apply(content, node, path, depth);
                break;

            case YamlKind.List:
                node.IsList = true;
                foreach (YamlNode item in content.Items)
                {
                    Fill(Add(node, node.Children.Count.ToString(CultureInfo.InvariantCulture), path, item.Line), item, path, depth);
                }

                break;

            default:
                if (content.Tag == "!include")
                {
                    Include(content.Value, content.Line, node, path, depth);
                }
                else
                {
                    node.Value = content.Value;
                }

                break;
        }
    }

    private void Include(string? name, int line, SuricataNode parent, string? from, int depth)
    {
        if (name is null || _files is null)
        {
            return;
        }

        string path = name.StartsWith('/') ? name : $"{_folder.TrimEnd('/')}/{name}";
        Includes.Add(path);
        if (depth >= DeepestInclude)
        {
            Missing.Add((from, line, $"'{path}' is included more than {DeepestInclude} deep"));
        }
        else if (ReadText(_files, path).Try(out string? text))
        {
            Load(text, path, parent, depth + 1);
        }
        else
        {
            Missing.Add((from, line, $"'{path}' cannot be read"));
        }
    }

    private static SuricataNode Add(SuricataNode parent, string name, string? path, int line)
    {
        SuricataNode node = new(name, path, line);
        parent.Children.Add(node);
        return node;
    }
}
