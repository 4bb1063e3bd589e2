using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>One text of ethtool, as fields <c>name: value</c> in the order in which they stand.</summary>
internal sealed class SosText
{
    private readonly string[] _lines;

    /// <summary>Reads the text.</summary>
    public SosText(string text)
    {
        _lines = text.Split('\n');
        Fields = [.. _lines.Select(Field).OfType<(string, string)>()];
    }

    /// <summary>Fields with a value; a headline has none.</summary>
    public (string Name, string Value)[] Fields { get; }

    /// <summary>Rings of the headline of -x: <c>RX flow hash indirection table for eth0 with 16 RX ring(s):</c></summary>
    public ulong RingCount
    {
        get
        {
            string[] words = [.. _lines.Where(line => line.Contains("RX ring", StringComparison.Ordinal)).SelectMany(line => line.Split(' '))];
            int at = Array.IndexOf(words, "with");
            return at >= 0 && at + 1 < words.Length && ulong.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong rings) ? rings : 0;
        }
    }

    /// <summary>The indirection table of -x: lines <c>8: 0 1 2 …</c></summary>
    public uint[] Table =>
    [
        .. _lines.Select(Field).OfType<(string Name, string Value)>().Where(row => row.Name.All(char.IsAsciiDigit))
            .SelectMany(row => row.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(word => uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out uint ring) ? ring : 0),
    ];

    /// <summary>The key of -x: bytes with colons on a line of their own.</summary>
    public byte[] Key
    {
        get
        {
            string? line = Array.Find(_lines, line => line.Count(letter => letter == ':') > 8);
            string hex = line?.Trim().Replace(":", "", StringComparison.Ordinal) ?? "";
            return hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : [];
        }
    }

    /// <summary>The error number behind a text that is a complaint; null when it is none.</summary>
    public static Errno? Refusal(string text) =>
        text.Contains("Operation not supported", StringComparison.Ordinal) || text.Contains("no stats available", StringComparison.Ordinal)
            || text.Contains("No private flags defined", StringComparison.Ordinal) ? Errno.EOPNOTSUPP
        : text.Contains("Operation not permitted", StringComparison.Ordinal) ? Errno.EPERM
        : text.Contains("No such device", StringComparison.Ordinal) ? Errno.ENODEV
        : text.Trim().Length == 0 || text.Contains("bad command line", StringComparison.Ordinal) ? Errno.ENODATA
        : null;

    /// <summary>Value of the first, or a later, field of a name; null when there is none.</summary>
    public string? Value(string name, int occurrence = 0) =>
        Fields.Where(field => field.Name == name).Skip(occurrence).Select(field => field.Value).FirstOrDefault();

    /// <summary>A number, or 1 where the value is the word for yes; 0 for anything else, n/a included.</summary>
    public uint Number(string name, int occurrence = 0, string? alias = null, string? yes = null)
    {
        string? value = Value(name, occurrence) ?? (alias is null ? null : Value(alias, occurrence));
        return value is not null && value == yes ? 1
            : uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0;
    }

    /// <summary>Of the line <c>Adaptive RX: on  TX: off</c>: 1 for on.</summary>
    public uint Adaptive(string direction)
    {
        string line = Array.Find(_lines, line => line.StartsWith("Adaptive RX:", StringComparison.Ordinal)) ?? "";
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(words, direction + ":");
        return at >= 0 && at + 1 < words.Length && words[at + 1] == "on" ? 1u : 0;
    }

    /// <summary>Words behind a name and on the lines below it that have no name of their own.</summary>
    public string[] Modes(string name)
    {
        int at = Array.FindIndex(_lines, line => line.TrimStart().StartsWith(name + ":", StringComparison.Ordinal));
        return at < 0 ? [] :
        [
            .. _lines[at][(_lines[at].IndexOf(':', StringComparison.Ordinal) + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            .. _lines.Skip(at + 1).TakeWhile(line => !line.Contains(':')).SelectMany(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
        ];
    }

    private static (string Name, string Value)? Field(string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        colon = colon < 0 ? line.IndexOf(":\t", StringComparison.Ordinal) : colon;
        string value = colon < 0 ? "" : line[(colon + 1)..].Trim();
        return value.Length == 0 ? null : (line[..colon].Trim(), value);
    }
}
