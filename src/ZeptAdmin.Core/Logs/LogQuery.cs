namespace ZeptAdmin.Logs;

/// <summary>Which rows of logs are wanted.</summary>
public sealed record LogQuery
{
    /// <summary>The first instant that is wanted (UTC); null for all from the start.</summary>
    public DateTime? After { get; init; }

    /// <summary>The first instant that is no longer wanted (UTC); null for all to the end.</summary>
    public DateTime? Before { get; init; }

    /// <summary>Tells which workers (Zeek's peers, Suricata's threads) are wanted; null for all.</summary>
    public Func<string, bool>? IncludesWorker { get; init; }

    /// <summary>How many of the last rows are wanted; null for all.</summary>
    public int? Tail { get; init; }

    /// <summary>True to stay at the end of each plain file and give what is written to it, across its rotation.</summary>
    public bool Follow { get; init; }

    internal bool Includes(DateTime time) => time >= (After ?? DateTime.MinValue) && time < (Before ?? DateTime.MaxValue);
}
