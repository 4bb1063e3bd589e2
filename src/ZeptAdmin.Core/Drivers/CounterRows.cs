using System.Collections.Concurrent;
using System.Reflection;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Drivers;

/// <summary>Reads the tables of Drivers/Counters, each once.</summary>
/// <remarks>
/// One row a line, columns apart by two spaces or more: pattern, name for all drivers (- for none), layer, unit, and words:
/// loss, maybe (a loss at times), heading, unchecked, since=6.7, unless=NAME, with=NAME. A line that starts with # is a remark.
/// </remarks>
internal static class CounterRows
{
    /// <summary>Table of what drivers have in common.</summary>
    public const string Common = "common";

    private const string Folder = "ZeptAdmin.Drivers.Counters.";
    private const string Ending = ".txt";

    private static readonly ConcurrentDictionary<string, CounterMeaning[]> Tables = new(StringComparer.Ordinal);

    /// <summary>Drivers with a table of their own.</summary>
    public static IReadOnlyList<string> Drivers { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length])
            .Where(name => name != Common)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Rows of a driver; empty when it has no table.</summary>
    public static CounterMeaning[] Of(string driver) => Tables.GetOrAdd(driver, Load);

    /// <summary>Reads a table.</summary>
    /// <exception cref="KernelFormatException">A line is no row.</exception>
    public static CounterMeaning[] Parse(string text, string source)
    {
        List<CounterMeaning> rows = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#')
            {
                rows.Add(Row(line) ?? throw new KernelFormatException(source, "this is no row of counters", i + 1));
            }
        }

        return [.. rows];
    }

    private static CounterMeaning[] Load(string driver)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + driver + Ending);
        if (stream is null)
        {
            return [];
        }

        using StreamReader reader = new(stream);
        return Parse(reader.ReadToEnd(), driver + Ending);
    }

    private static CounterMeaning? Row(string line)
    {
        string[] columns = line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (columns.Length is not (4 or 5) || !Enum.TryParse(columns[2], out CounterLayer layer) || !Enum.TryParse(columns[3], out CounterUnit unit))
        {
            return null;
        }

        CounterMeaning? row = new(columns[0], columns[1] == "-" ? null : columns[1], layer, unit, false);
        foreach (string word in columns.Length == 5 ? columns[4].Split(' ') : [])
        {
            row = word.Split('=', 2) switch
            {
                ["loss"] => row with { IsLoss = true },
                ["maybe"] => row with { IsLoss = null },
                ["heading"] => row with { IsQueueHeading = true },
                ["unchecked"] => row with { IsUnchecked = true },
                ["unless", string other] => row with { Unless = other },
                ["with", string other] => row with { With = other },
                ["since", string kernel] when KernelVersion.TryParse(kernel, out KernelVersion version) => row with { Since = version },
                _ => null,
            };
            if (row is null)
            {
                return null;
            }
        }

        return row;
    }
}
