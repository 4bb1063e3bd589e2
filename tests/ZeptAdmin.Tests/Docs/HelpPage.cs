using System.Text.RegularExpressions;

namespace ZeptAdmin.Tests.Docs;

/// <summary>A page of docs/en-US about a command, in PlatyPS form.</summary>
internal sealed partial record HelpPage(string Command, string Text)
{
    /// <summary>Where the pages are.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "docs", "en-US");

    /// <summary>Names of the commands that have a page.</summary>
    public static string[] Commands { get; } =
        [.. Directory.EnumerateFiles(Folder, "*-*.md").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>Parameters and what the page says of them: its text, and the lines of its block of facts.</summary>
    public Dictionary<string, (string Text, string Facts)> Parameters =>
        ParameterPattern().Matches(Section("PARAMETERS")).ToDictionary(match => match.Groups["name"].Value, match => (match.Groups["text"].Value.Trim(), match.Groups["facts"].Value));

    /// <summary>Examples, in order.</summary>
    public HelpExample[] Examples =>
        [.. ExamplePattern().Matches(Section("EXAMPLES")).Select(match => new HelpExample(match.Groups["code"].Value, match.Groups["shown"].Value))];

    /// <summary>Lines of syntax, one a parameter set.</summary>
    public string[] Syntax => [.. FencePattern().Matches(Section("SYNTAX")).Select(match => OneLine(match.Groups["text"].Value)).Order(StringComparer.Ordinal)];

    /// <summary>Reads the page of a command.</summary>
    public static HelpPage Read(string command) => new(command, File.ReadAllText(Path.Combine(Folder, command + ".md")));

    /// <summary>Text below a heading; empty when there is none.</summary>
    public string Section(string heading)
    {
        int start = Text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        start += heading.Length + 5;
        int end = Text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return Text[start..(end < 0 ? Text.Length : end)];
    }

    /// <summary>A text with every run of white space as one space.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^### -(?<name>\w+)\n(?<text>.*?)^```yaml\n(?<facts>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ParameterPattern();

    [GeneratedRegex(@"^### Example \d+: [^\n]+\n\n```powershell\n(?<code>.*?)\n```\n(\n```output\n(?<shown>.*?)\n```)?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ExamplePattern();

    [GeneratedRegex(@"^```\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencePattern();
}

/// <summary>An example of a page.</summary>
/// <param name="Code">What is typed.</param>
/// <param name="Shown">What it printed; empty when the page does not show it.</param>
internal sealed record HelpExample(string Code, string Shown);
