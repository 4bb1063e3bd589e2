using System.Text.Json;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Logs;

/// <summary>Finds logs and puts them in the order of time.</summary>
public static class LogFiles
{
    private const int MostStart = 256 << 10;

    // Zeek's own prefixes, Debian's and Fedora's packages, Security Onion.
    private static readonly string[] ZeekFolders = ["/opt/zeek/logs/current", "/usr/local/zeek/logs/current", "/nsm/zeek/logs/current", "/var/log/zeek/current", "/var/log/zeek"];

    private static readonly string[] SuricataPaths = ["/var/log/suricata/eve.json", "/nsm/suricata/eve.json", "/var/log/suricata/stats.log"];

    /// <summary>The log that Zeek writes at the moment, where it is usually found; empty when it is nowhere there.</summary>
    /// <param name="tree">The machine.</param>
    /// <param name="name">Name of the log: stats.</param>
    public static string[] OfZeek(FileTree tree, string name) => First(tree, ZeekFolders.Select(folder => $"{folder}/{name}.log"));

    /// <summary>The log with statistics that Suricata writes at the moment, where it is usually found; empty when it is nowhere there.</summary>
    public static string[] OfSuricata(FileTree tree) => First(tree, SuricataPaths);

    /// <summary>Paths in a tree that a pattern means: <c>*</c>, <c>?</c> and <c>[a-z]</c> within names.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="pattern">The pattern, from the root of the tree.</param>
    /// <param name="isWildcard">Tells whether a name is a pattern.</param>
    /// <param name="isMatch">Tells whether a pattern means a name.</param>
    public static string[] Match(FileTree tree, string pattern, Func<string, bool> isWildcard, Func<string, string, bool> isMatch)
    {
        List<string> found = [""];
        foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = [.. found.SelectMany(folder => isWildcard(part)
                ? tree.List(folder.Length == 0 ? "/" : folder).Where(name => isMatch(part, name)).Select(name => $"{folder}/{name}")
                : [$"{folder}/{part}"])];
        }

        return [.. found.Where(path => path.Length > 0 && tree.Exists(path))];
    }

    /// <summary>The stats.log beside each capture_loss.log, of the same rotation; those that are there.</summary>
    public static LogFile[] StatisticsBeside(IEnumerable<LogFile> captureLosses)
    {
        List<LogFile> found = [];
        foreach (LogFile log in captureLosses)
        {
            int name = log.Path.LastIndexOf('/') + 1;
            string beside = log.Path[..name] + log.Path[name..].Replace("capture_loss", "stats", StringComparison.Ordinal);
            if (beside != log.Path && log.At(beside) is LogFile other)
            {
                found.Add(other);
            }
        }

        return [.. found];
    }

    /// <summary>Logs by the time of their first rows, so that what is told of the row before is right however rotation names files.</summary>
    /// <remarks>Those without a time, and those that cannot be read, come last in the order given.</remarks>
    public static LogFile[] InOrder(IReadOnlyList<LogFile> files) =>
        files.Count < 2 ? [.. files] : [.. files.OrderBy(file => FirstTime(file) ?? DateTime.MaxValue)];

    private static string[] First(FileTree tree, IEnumerable<string> paths) => [.. paths.Where(tree.Exists).Take(1)];

    private static DateTime? FirstTime(LogFile file)
    {
        if (file.Path == CaptureFile.StandardInput)
        {
            return null;
        }

        try
        {
            using CaptureFile open = file.Open();
            LogText text = new(open.Content);
            while (text.Position < MostStart)
            {
                while (text.TryReadLine(out ReadOnlySpan<byte> line, out _))
                {
                    if (TimeOf(line) is DateTime time)
                    {
                        return time;
                    }
                }

                if (!text.Fill())
                {
                    return text.TryReadRest(out ReadOnlySpan<byte> rest, out _) ? TimeOf(rest) : null;
                }
            }
        }
        catch (Exception e) when (e is KernelException or KernelFormatException || CaptureFile.IsDamage(e))
        {
            // Whoever reads it tells why not.
        }

        return null;
    }

    private static DateTime? TimeOf(ReadOnlySpan<byte> line)
    {
        if (line.Length == 0)
        {
            return null;
        }

        if (line[0] == '{')
        {
            return TimeOfJson(line);
        }

        if (line.StartsWith("Date: "u8))
        {
            return StatsLogBlocks.TimeOf(line);
        }

        int tab = line.IndexOf((byte)'\t');
        return tab > 0 && LogTime.TryParse(line[..tab], out DateTime time) ? time : null;
    }

    private static DateTime? TimeOfJson(ReadOnlySpan<byte> line)
    {
        try
        {
            Utf8JsonReader reader = new(line);
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isTime = reader.ValueTextEquals("ts"u8) || reader.ValueTextEquals("timestamp"u8);
                _ = reader.Read();
                if (isTime)
                {
                    return LogTime.TryParse(reader.ValueSpan, out DateTime time) ? time : null;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // The next line may tell.
        }

        return null;
    }
}
