using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace ZeptAdmin.Tests.Memory;

/// <summary>What dmidecode printed about one machine: the oracle for the SMBIOS reader.</summary>
internal sealed partial class DmiText
{
    private static readonly Lazy<IReadOnlyList<DmiText>> Captured = new(ReadCaptured);

    private DmiText(string name, string version, DmiBlock[] blocks)
    {
        Name = name;
        Version = version;
        Blocks = blocks;
    }

    public string Name { get; }

    public string Version { get; }

    public DmiBlock[] Blocks { get; }

    /// <summary>The 66 servers of the captured machines; skips the test where they are not there.</summary>
    public static IReadOnlyList<DmiText> Servers => Captured.Value;

    public IEnumerable<DmiBlock> OfType(int type) => Blocks.Where(block => block.Type == type);

    public static DmiText Parse(string name, string text)
    {
        List<DmiBlock> blocks = [];
        foreach (string part in BlankLines().Split(text.Replace("\r", "", StringComparison.Ordinal)))
        {
            string[] lines = part.Split('\n');
            int first = Array.FindIndex(lines, line => Header().IsMatch(line));
            if (first < 0)
            {
                continue;
            }

            Match header = Header().Match(lines[first]);
            DmiBlock block = new(
                int.Parse(header.Groups[2].Value, CultureInfo.InvariantCulture),
                ushort.Parse(header.Groups[1].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                int.Parse(header.Groups[3].Value, CultureInfo.InvariantCulture));
            string list = "";
            foreach (string line in lines[(first + 1)..])
            {
                if (line.StartsWith("\t\t", StringComparison.Ordinal))
                {
                    block.Lists.TryAdd(list, []);
                    block.Lists[list].Add(line[2..]);
                }
                else if (Field().Match(line) is { Success: true } field)
                {
                    list = field.Groups[1].Value;
                    _ = block.Fields.TryAdd(list, field.Groups[2].Value);
                }
            }

            blocks.Add(block);
        }

        return new DmiText(name, SmbiosVersion().Match(text).Groups[1].Value, [.. blocks]);
    }

    private static List<DmiText> ReadCaptured()
    {
        List<DmiText> servers = [];
        using FileStream file = File.OpenRead(Repository.Captured("dmi.tar.gz"));
        using GZipStream unpacked = new(file, CompressionMode.Decompress);
        using TarReader archive = new(unpacked);
        while (archive.GetNextEntry() is TarEntry entry)
        {
            if (entry.DataStream is Stream data)
            {
                using StreamReader reader = new(data, Encoding.Latin1);
                servers.Add(Parse(Path.GetFileName(entry.Name).Replace(".dmidecode.txt", "", StringComparison.Ordinal), reader.ReadToEnd()));
            }
        }

        return servers;
    }

    [GeneratedRegex(@"\n\n+")]
    private static partial Regex BlankLines();

    [GeneratedRegex(@"^Handle 0x([0-9A-F]+), DMI type (\d+), (\d+) bytes")]
    private static partial Regex Header();

    [GeneratedRegex(@"^\t([^\t:][^:]*):(?: (.*))?$")]
    private static partial Regex Field();

    [GeneratedRegex(@"SMBIOS (\S+) present")]
    private static partial Regex SmbiosVersion();
}

/// <summary>One structure as dmidecode printed it; what a value means is read here as a person would.</summary>
internal sealed partial class DmiBlock(int type, ushort handle, int length)
{
    public int Type { get; } = type;

    public ushort Handle { get; } = handle;

    public int Length { get; } = length;

    public Dictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, List<string>> Lists { get; } = new(StringComparer.Ordinal);

    /// <summary>Text of a field without white space at its end; null when dmidecode printed none.</summary>
    public string? this[string key] => Fields.TryGetValue(key, out string? value) ? value.TrimEnd() : null;

    /// <summary>A string of the structure: null where it has none.</summary>
    public string? Text(string key) => this[key] is "Not Specified" or "<BAD INDEX>" ? null : this[key];

    /// <summary>Name of a code: null where the code has none.</summary>
    public string? Name(string key) => this[key] is "<OUT OF SPEC>" ? null : this[key];

    /// <summary>The number in front of the unit; null for Unknown.</summary>
    public int? Number(string key) =>
        this[key] is string text && LeadingNumber().Match(text) is { Success: true } match ? int.Parse(match.Value, CultureInfo.InvariantCulture) : null;

    /// <summary>Volts as mV; null for Unknown.</summary>
    public int? Millivolts(string key) =>
        this[key] is string text && Volts().Match(text) is { Success: true } match
            ? (int)(decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * 1000)
            : null;

    /// <summary>A size in bytes; null for Unknown, 0 for None and No Module Installed.</summary>
    public long? Bytes(string key)
    {
        string? text = this[key];
        if (text is "None" or "No Module Installed")
        {
            return 0;
        }

        if (text is null || Size().Match(text) is not { Success: true } match)
        {
            return null;
        }

        int power = "bytes kB MB GB TB".Split(' ').ToList().IndexOf(match.Groups[2].Value);
        return long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) << (10 * power);
    }

    /// <summary>A handle; null for Not Provided.</summary>
    public ushort? HandleOf(string key) =>
        this[key] is string text && text.StartsWith("0x", StringComparison.Ordinal)
            ? ushort.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex(@"^\d+")]
    private static partial Regex LeadingNumber();

    [GeneratedRegex(@"^(\d+(?:\.\d+)?) V$")]
    private static partial Regex Volts();

    [GeneratedRegex(@"^(\d+) (bytes|kB|MB|GB|TB)$")]
    private static partial Regex Size();
}
