using System.Globalization;
using System.Text.RegularExpressions;

namespace ZeptAdmin.Tests.Reports;

/// <summary>Reads Prometheus' text format, and refuses what its rules forbid.</summary>
internal sealed partial class ExpositionText
{
    /// <summary>Reads a text.</summary>
    public ExpositionText(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string? family = null;
        HashSet<string> helped = [];
        foreach (string line in text.Split('\n')[..^1])
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                Assert.True(helped.Add(help.Groups[1].Value), $"HELP twice: {line}");
            }
            else if (TypeLine().Match(line) is { Success: true } type)
            {
                family = type.Groups[1].Value;
                Assert.True(Types.TryAdd(family, type.Groups[2].Value), $"TYPE twice, or a family in two places: {line}");
                Assert.Contains(family, helped);
            }
            else
            {
                Match sample = SampleLine().Match(line);
                Assert.True(sample.Success, $"no line of the format: {line}");
                Assert.Equal(family, sample.Groups[1].Value);
                string[] names = [.. LabelPart().Matches(sample.Groups[2].Value).Select(label => label.Groups[1].Value)];
                Assert.Equal(names.Distinct(), names);
                Assert.True(Samples.TryAdd(sample.Groups[1].Value + sample.Groups[2].Value, double.Parse(sample.Groups[3].Value, NumberStyles.Float, CultureInfo.InvariantCulture)), $"sample twice: {line}");
            }
        }

        Assert.All(Types, item => Assert.Equal(item.Value == "counter", item.Key.EndsWith("_total", StringComparison.Ordinal)));
    }

    /// <summary>Type of each family.</summary>
    public Dictionary<string, string> Types { get; } = [];

    /// <summary>Value by name and labels, as they are written.</summary>
    public Dictionary<string, double> Samples { get; } = [];

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^""\\]|\\\\|\\""|\\n)*""(?:,[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^""\\]|\\\\|\\""|\\n)*"")*\})? ([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)$")]
    private static partial Regex SampleLine();

    [GeneratedRegex(@"([a-zA-Z_][a-zA-Z0-9_]*)=""")]
    private static partial Regex LabelPart();
}
