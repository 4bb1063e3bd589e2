namespace ZeptAdmin.Logs.Pipeline;

/// <summary>Where events go.</summary>
public enum LogDestinationKind
{
    /// <summary>HTTP or HTTPS, many events a request, one a line.</summary>
    Http = 0,

    /// <summary>Syslog over TLS (RFC 5424 in the frames of RFC 5425).</summary>
    TlsSyslog = 1,

    /// <summary>A topic of Kafka.</summary>
    Kafka = 2,
}

/// <summary>What syslog-ng itself says of a file.</summary>
public enum SyntaxCheck
{
    /// <summary>syslog-ng is not installed here, or the file is for another machine.</summary>
    NotChecked = 0,

    /// <summary><c>syslog-ng --syntax-only</c> took it.</summary>
    Accepted = 1,
}

/// <summary>A file that has syslog-ng send the events of Zeek and Suricata to a receiver.</summary>
/// <remarks>Its text is the file, byte for byte.</remarks>
public sealed record SyslogNgConfig
{
    /// <summary>Where events go.</summary>
    public LogDestinationKind Kind { get; internal init; }

    /// <summary>The receiver: a URL, HOST:PORT, or TOPIC at its brokers.</summary>
    public string Address { get; internal init; } = "";

    /// <summary>Name of the destination in the file, by which Test-LogPipeline and syslog-ng's counters call it.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>Logs that are read: paths, or patterns of names in a folder.</summary>
    public string[] Sources { get; internal init; } = [];

    /// <summary>Most bytes of the disk buffer.</summary>
    public long DiskBufferBytes { get; internal init; }

    /// <summary>Folder of the disk buffer.</summary>
    public string BufferFolder { get; internal init; } = "";

    /// <summary>
    /// How long the disk buffer holds events of a receiver that is away: its bytes / (events a second x (bytes of an event + 280 bytes that syslog-ng adds)).
    /// After that events wait in the logs themselves, as long as rotation leaves them there.
    /// </summary>
    public TimeSpan HoldsFor { get; internal init; }

    /// <summary>True for a part that another file includes, without a version of its own.</summary>
    public bool IsFragment { get; internal init; }

    /// <summary>The file.</summary>
    public string Text { get; internal init; } = "";

    /// <summary>Whether syslog-ng itself took it.</summary>
    public SyntaxCheck SyntaxCheck { get; internal init; }

    /// <summary>What is worth knowing when it is put into force, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];

    /// <summary>The file.</summary>
    public override string ToString() => Text;
}
