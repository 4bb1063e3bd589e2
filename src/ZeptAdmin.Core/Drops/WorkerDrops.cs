namespace ZeptAdmin.Drops;

/// <summary>What a worker of Zeek or Suricata says of the packets that came to its socket, between two instants.</summary>
/// <remarks>The program alone may ask its socket, since the kernel's counters start again with each question (field.md K12); so its logs are read.</remarks>
public sealed record WorkerDrops
{
    /// <summary>The program: Zeek or Suricata.</summary>
    public string Program { get; internal init; } = "";

    /// <summary>Zeek's peer, Suricata's thread.</summary>
    public string Worker { get; internal init; } = "";

    /// <summary>Interface that it captures from; null when the log does not say.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Packets that came to the socket, with those dropped there; null when the log does not say.</summary>
    public long? Received { get; internal init; }

    /// <summary>Packets that the kernel dropped at the socket for want of room; null when the log does not say.</summary>
    public long? Dropped { get; internal init; }

    /// <summary>Start of the time that was counted (UTC); null when the log does not say.</summary>
    public DateTime? From { get; internal init; }

    /// <summary>End of the time that was counted (UTC).</summary>
    public DateTime To { get; internal init; }

    /// <summary>Log that it comes from.</summary>
    public string Source { get; internal init; } = "";
}
