namespace ZeptAdmin.Logs.Pipeline;

/// <summary>What a file of syslog-ng is to do.</summary>
public sealed record SyslogNgWish
{
    /// <summary>Where events go.</summary>
    public LogDestinationKind Kind { get; init; }

    /// <summary>Name that is part of the names in the file: letters, digits and <c>_</c>.</summary>
    public string Name { get; init; } = "zeptadmin";

    /// <summary>Logs to read: absolute paths, with <c>*</c> and <c>?</c> in the last part.</summary>
    public string[] Sources { get; init; } = [];

    /// <summary>Receiver by HTTP.</summary>
    public string Url { get; init; } = "";

    /// <summary>Headers of each request, <c>NAME: VALUE</c>.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>Receiver of syslog.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 6514;

    /// <summary>Brokers of Kafka, HOST:PORT.</summary>
    public string[] Brokers { get; init; } = [];

    /// <summary>Topic of Kafka.</summary>
    public string Topic { get; init; } = "";

    /// <summary>True to speak TLS with Kafka's brokers.</summary>
    public bool IsTls { get; init; }

    /// <summary>File with the certificates of authorities that are trusted; null for those of the system.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>File with the sensor's own certificate; null without.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>File with the key of it.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Events a second that it is made for.</summary>
    public int EventsPerSecond { get; init; } = 10_000;

    /// <summary>Mean bytes of an event.</summary>
    public int EventBytes { get; init; } = 600;

    /// <summary>Most bytes of the disk buffer.</summary>
    public long DiskBufferBytes { get; init; } = 8L << 30;

    /// <summary>Folder of the disk buffer.</summary>
    public string BufferFolder { get; init; } = "/var/lib/syslog-ng";

    /// <summary>Version of the configuration's language.</summary>
    public string Version { get; init; } = "3.38";

    /// <summary>True for a part that another file includes.</summary>
    public bool IsFragment { get; init; }
}
