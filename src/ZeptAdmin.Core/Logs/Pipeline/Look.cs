using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>What waits for one destination.</summary>
internal sealed record Waiting(long? Buffered, long? BufferedBytes, long? Unread, long? UnreadBytes, DateTime? Oldest)
{
    /// <summary>All events that wait; null when a part of them is not known.</summary>
    public long? Events => Buffered + Unread;
}

/// <summary>What a running syslog-ng and its files say at one moment.</summary>
internal sealed class Look
{
    private string _configuration = "";
    private SyslogNgLog[] _logs = [];

    /// <summary>When (UTC).</summary>
    public DateTime Time { get; private init; }

    /// <summary>Why the process could not be asked; null when it answered.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Its destinations that send elsewhere.</summary>
    public SyslogNgDestination[] Destinations { get; private set; } = [];

    /// <summary>What it remembers across a restart; null when that cannot be read.</summary>
    public SyslogNgPersist? Persist { get; private set; }

    /// <summary>The logs that are read: which file, and how long.</summary>
    public Dictionary<string, FileIdentity> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>What could not be asked, as sentences.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Looks. What is taken is read before what is written, so that nothing written since seems taken.</summary>
    public static Look Take(string controlSocket, string persistFile)
    {
        Look look = new() { Time = DateTime.UtcNow };
        look.ReadPersist(persistFile);
        Answer<string> statistics = SyslogNgControl.Ask(controlSocket, "STATS");
        if (!statistics.Try(out string? text))
        {
            look.Refusal = statistics.Refusal;
            look.Problems.Add(statistics.Refusal!.Reason);
            return look;
        }

        look.Destinations = SyslogNgControl.Destinations(text);
        look._logs = SyslogNgControl.Logs(text);
        look._configuration = SyslogNgControl.Ask(controlSocket, "CONFIG GET PREPROCESSED").Try(out string? configuration) ? configuration : "";
        foreach (SyslogNgLog log in look._logs)
        {
            if (LogLines.Identity(log.Path) is FileIdentity file)
            {
                look.Files[log.Path] = file;
            }
        }

        return look;
    }

    /// <summary>The disk buffer in a file; null when it is no reliable one or cannot be read.</summary>
    public static SyslogNgQueue? QueueAt(string path)
    {
        try
        {
            using FileStream file = LogLines.Open(path);
            return SyslogNgQueue.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Logs that feed a destination; all of them where its log path does not tell.</summary>
    public string[] LogsOf(string destination, List<string> notAsked)
    {
        string[]? sources = SyslogNgControl.SourcesOf(_configuration, destination);
        if (sources is null)
        {
            notAsked.Add("Which logs feed it: no plain log path of the configuration names it; all logs are counted.");
        }

        return [.. _logs.Where(log => sources?.Contains(log.Source) != false).Select(log => log.Path).Distinct()];
    }

    /// <summary>What waits for a destination.</summary>
    public Waiting WaitingOf(SyslogNgDestination destination, string[] logs, List<string> notAsked)
    {
        string? file = QueueFile(destination);
        SyslogNgQueue? queue = file is null ? null : QueueAt(file);
        if (queue is null)
        {
            notAsked.Add(file is null
                ? $"Bytes and age of what is buffered: no disk buffer is known of '{destination.Destination}'."
                : $"Bytes and age of what is buffered: '{file}' is no reliable disk buffer that can be read.");
        }

        (long Lines, long Bytes, DateTime? Oldest)? unread = Unread(logs, notAsked);
        return new Waiting(
            queue?.Events ?? destination.Queued, queue?.Bytes, unread?.Lines, unread?.Bytes,
            queue?.Oldest ?? (queue?.Events > 0 || destination.Queued > 0 ? null : unread?.Oldest));
    }

    private void ReadPersist(string path)
    {
        try
        {
            Persist = SyslogNgPersist.Parse(File.ReadAllBytes(path));
            if (Persist is null)
            {
                Problems.Add($"How far logs are read: '{path}' is no persist file that is understood.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problems.Add($"How far logs are read: '{path}' cannot be read: {e.ToErrno().InWords()}.");
        }
    }

    // The key has the persist-name, or the address: http.d_zeptadmin, kafka(zeek), afsocket_dd_qfile(stream,host:6514).
    private string? QueueFile(SyslogNgDestination destination)
    {
        string[] words = [destination.Destination, .. destination.Address.Split(',').Skip(1)];
        string[] files = [.. (Persist?.Queues ?? new Dictionary<string, string>()).Where(queue => words.Any(word => word.Length > 1 && queue.Key.Contains(word, StringComparison.Ordinal))).Select(queue => queue.Value).Distinct()];
        return files.Length == 1 ? files[0] : null;
    }

    private (long Lines, long Bytes, DateTime? Oldest)? Unread(string[] logs, List<string> notAsked)
    {
        if (Persist is null)
        {
            return null;
        }

        long lines = 0;
        long bytes = 0;
        DateTime? oldest = null;
        foreach (string log in logs)
        {
            if (!Files.TryGetValue(log, out FileIdentity file))
            {
                continue;
            }

            if (!Persist.Positions.TryGetValue(log, out long position))
            {
                notAsked.Add($"How far '{log}' is read: the persist file does not tell.");
                return null;
            }

            // A position behind the end is that of the log before, which was rotated.
            long from = position <= file.Length ? position : 0;
            if (LogLines.Count(log, from, file.Length) is not long count)
            {
                notAsked.Add($"What is unread: '{log}' cannot be read.");
                return null;
            }

            lines += count;
            bytes += file.Length - from;
            if (count > 0 && LogLines.Time(log, from) is DateTime time && (oldest is null || time < oldest))
            {
                oldest = time;
            }
        }

        return (lines, bytes, oldest);
    }
}
