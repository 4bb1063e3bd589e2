using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>Measures what is written to logs against what syslog-ng ships of them, between two looks.</summary>
public sealed class LogPipelineMeter
{
    private readonly string _controlSocket;
    private readonly string _persistFile;
    private readonly Look _first;

    /// <summary>Takes the first look.</summary>
    /// <param name="controlSocket">The control socket of syslog-ng.</param>
    /// <param name="persistFile">Its persist file.</param>
    public LogPipelineMeter(string controlSocket, string persistFile)
    {
        _controlSocket = controlSocket;
        _persistFile = persistFile;
        _first = Look.Take(controlSocket, persistFile);
    }

    /// <summary>Takes the second look and tells what happened between the two; refused when neither the process nor its persist file can be asked.</summary>
    /// <param name="isWanted">Tells which destinations are wanted.</param>
    public Answer<LogPipelineRow[]> Finish(Func<string, bool> isWanted)
    {
        Look second = Look.Take(_controlSocket, _persistFile);
        if (second.Refusal is Refusal refusal && second.Persist is null)
        {
            return refusal;
        }

        return second.Refusal is null
            ? second.Destinations.Where(destination => isWanted(destination.Destination)).Select(destination => Row(destination, second)).ToArray()
            : second.Persist!.Queues.Where(queue => isWanted(queue.Key)).OrderBy(queue => queue.Key, StringComparer.Ordinal).Select(queue => BufferAlone(queue.Key, queue.Value, second)).ToArray();
    }

    private LogPipelineRow Row(SyslogNgDestination destination, Look second)
    {
        double seconds = (second.Time - _first.Time).TotalSeconds;
        List<string> notAsked = [.. second.Problems];
        string[] logs = second.LogsOf(destination.Destination, notAsked);
        (long Lines, long Bytes)? written = Growth(logs, second, notAsked);
        long? before = _first.Destinations.Where(row => (row.Destination, row.Driver) == (destination.Destination, destination.Driver)).Select(row => (long?)row.Written).FirstOrDefault();
        if (before is null || before > destination.Written)
        {
            notAsked.Add("Shipped events a second: syslog-ng did not answer at the first look, or started anew since.");
            before = null;
        }

        Waiting now = second.WaitingOf(destination, logs, notAsked);
        Waiting then = _first.WaitingOf(destination, logs, []);
        return new LogPipelineRow
        {
            Destination = destination.Destination,
            Driver = destination.Driver,
            Address = AddressOf(destination),
            Seconds = Math.Round(seconds, 3),
            Logs = logs,
            WrittenPerSecond = written?.Lines / seconds,
            WrittenBytesPerSecond = written?.Bytes / seconds,
            ShippedPerSecond = (destination.Written - before) / seconds,
            BacklogEvents = now.Events,
            BufferedEvents = now.Buffered,
            BufferedBytes = now.BufferedBytes,
            UnreadEvents = now.Unread,
            UnreadBytes = now.UnreadBytes,
            DroppedEvents = destination.Dropped,
            OldestUnshipped = now.Oldest,
            Age = now.Oldest is DateTime oldest ? Later(second.Time - oldest) : null,
            State = StateOf(now.Events, then.Events, destination.Written - before, written?.Lines, seconds),
            NotAsked = [.. notAsked.Distinct()],
        };
    }

    /// <summary>How a destination does.</summary>
    internal static LogPipelineState StateOf(long? waiting, long? before, long? shipped, long? written, double seconds) =>
        waiting is null || shipped is null ? LogPipelineState.Unknown
        : waiting > 0 && before > 0 && shipped == 0 ? LogPipelineState.Stopped
        : before is not null && waiting - before > Math.Max(1, (written ?? 0) / seconds) && shipped < written ? LogPipelineState.FallsBehind
        : waiting == 0 && shipped == 0 && written == 0 ? LogPipelineState.Idle
        : LogPipelineState.KeepsUp;

    private LogPipelineRow BufferAlone(string key, string file, Look second)
    {
        SyslogNgQueue? queue = Look.QueueAt(file);
        List<string> notAsked = [.. second.Problems, "Shipped events, and which logs feed it: only the running process knows them."];
        if (queue is null)
        {
            notAsked.Add($"The buffer: '{file}' is no reliable disk buffer that can be read.");
        }

        return new LogPipelineRow
        {
            Destination = key,
            Seconds = Math.Round((second.Time - _first.Time).TotalSeconds, 3),
            BufferedEvents = queue?.Events,
            BufferedBytes = queue?.Bytes,
            OldestUnshipped = queue?.Oldest,
            Age = queue?.Oldest is DateTime oldest ? Later(second.Time - oldest) : null,
            NotAsked = [.. notAsked],
        };
    }

    private (long Lines, long Bytes)? Growth(string[] logs, Look second, List<string> notAsked)
    {
        long lines = 0;
        long bytes = 0;
        foreach (string log in logs)
        {
            FileIdentity? before = _first.Files.TryGetValue(log, out FileIdentity then) ? then : null;
            if (!second.Files.TryGetValue(log, out FileIdentity now))
            {
                continue;
            }

            // A log that was moved away has its last lines elsewhere; what stands in the new one was written since.
            bool isSame = before is FileIdentity old && now.IsSameFile(old) && now.Length >= old.Length;
            if (before is not null && !isSame)
            {
                notAsked.Add($"What was written to '{log}' before it was rotated between the looks.");
            }

            long from = isSame ? before!.Value.Length : 0;
            if (LogLines.Count(log, from, now.Length) is not long count)
            {
                notAsked.Add($"Written events: '{log}' cannot be read.");
                return null;
            }

            lines += count;
            bytes += now.Length - from;
        }

        if (logs.Length == 0)
        {
            notAsked.Add("Written events: no log that it is fed by is open.");
            return null;
        }

        return (lines, bytes);
    }

    // As syslog-ng writes it: "http,URL" of which the driver is told already.
    private static string AddressOf(SyslogNgDestination destination) =>
        destination.Address.StartsWith(destination.Driver + ",", StringComparison.Ordinal) ? destination.Address[(destination.Driver.Length + 1)..] : destination.Address;

    // A clock that was set back makes nothing younger than now.
    private static TimeSpan Later(TimeSpan age) => age > TimeSpan.Zero ? age : TimeSpan.Zero;
}
