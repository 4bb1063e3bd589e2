namespace ZeptAdmin.Logs;

/// <summary>One counter of Suricata at one instant.</summary>
public sealed record SuricataCounter
{
    /// <summary>When it was written (UTC).</summary>
    public DateTime Time { get; internal init; }

    /// <summary>The thread, as W#01-ens1f0; Total for all together.</summary>
    public string Thread { get; internal init; } = "";

    /// <summary>Its name with the names of the objects that it is in: tcp.segment_memcap_drop.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Its value, since Suricata's start where it is one that runs.</summary>
    public long Value { get; internal init; }

    /// <summary>
    /// Its change since the event before in what was read, or, for the first one, since the one before as Suricata tells it (deltas: yes); since the
    /// start where Suricata was started anew; null when it is not known. A size may shrink; so may this be negative.
    /// </summary>
    public long? Delta { get; internal init; }

    /// <summary>Log that it came from.</summary>
    public string Path { get; internal init; } = "";
}
