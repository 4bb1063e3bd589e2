namespace ZeptAdmin.Logs.Pipeline;

/// <summary>How a destination does.</summary>
public enum LogPipelineState
{
    /// <summary>Too little could be asked to tell.</summary>
    Unknown = 0,

    /// <summary>Nothing was written, and nothing waits.</summary>
    Idle = 1,

    /// <summary>What is written is shipped.</summary>
    KeepsUp = 2,

    /// <summary>More waits at the end than at the beginning, by more than a second brings.</summary>
    FallsBehind = 3,

    /// <summary>Events wait, and none was shipped.</summary>
    Stopped = 4,
}

/// <summary>A destination of syslog-ng over a while: what was written to the logs that feed it, what it shipped, and what waits.</summary>
public sealed record LogPipelineRow
{
    /// <summary>Its name in the configuration; where syslog-ng cannot be asked, the name of its disk buffer in the persist file.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>Kind of it, as syslog-ng calls it: <c>http</c>, <c>kafka</c>, <c>syslog</c>; empty when that is not known.</summary>
    public string Driver { get; internal init; } = "";

    /// <summary>Where it sends, as syslog-ng calls it; empty when that is not known.</summary>
    public string Address { get; internal init; } = "";

    /// <summary>How it does.</summary>
    public LogPipelineState State { get; internal init; }

    /// <summary>Seconds between the two looks.</summary>
    public double Seconds { get; internal init; }

    /// <summary>Logs that feed it.</summary>
    public string[] Logs { get; internal init; } = [];

    /// <summary>Lines that were written to these logs, a second; null when they could not be counted.</summary>
    public double? WrittenPerSecond { get; internal init; }

    /// <summary>Bytes that were written to these logs, a second; null when they could not be counted.</summary>
    public double? WrittenBytesPerSecond { get; internal init; }

    /// <summary>Events that the receiver took, a second; null when syslog-ng could not be asked.</summary>
    public double? ShippedPerSecond { get; internal init; }

    /// <summary>Events that wait: in the buffer and unread in the logs; null when either is not known.</summary>
    public long? BacklogEvents { get; internal init; }

    /// <summary>Events in its buffer that no receiver has; null when that is not known.</summary>
    public long? BufferedEvents { get; internal init; }

    /// <summary>Bytes of these on the disk; null without a reliable disk buffer.</summary>
    public long? BufferedBytes { get; internal init; }

    /// <summary>Lines of the logs that syslog-ng has not taken; null when that is not known.</summary>
    public long? UnreadEvents { get; internal init; }

    /// <summary>Bytes of these; null when that is not known.</summary>
    public long? UnreadBytes { get; internal init; }

    /// <summary>Events that syslog-ng threw away since it started; null when it could not be asked.</summary>
    public long? DroppedEvents { get; internal init; }

    /// <summary>
    /// Since when the oldest event waits (UTC): when syslog-ng read it, for one in the disk buffer; its own time, for one that is still unread. null when
    /// none waits or that is not known.
    /// </summary>
    public DateTime? OldestUnshipped { get; internal init; }

    /// <summary>How long that is; null when none waits or that is not known.</summary>
    public TimeSpan? Age { get; internal init; }

    /// <summary>What could not be asked, and why, as sentences.</summary>
    public string[] NotAsked { get; internal init; } = [];
}
