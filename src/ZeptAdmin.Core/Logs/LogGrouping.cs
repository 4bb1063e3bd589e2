namespace ZeptAdmin.Logs;

/// <summary>By what rows of Zeek's logs are summed up.</summary>
[Flags]
public enum ZeekGrouping
{
    /// <summary>All rows are one group.</summary>
    All = 0,

    /// <summary>Each peer is a group.</summary>
    Peer = 1,

    /// <summary>Each span of time is a group.</summary>
    Time = 2,
}

/// <summary>By what figures of Suricata are summed up.</summary>
[Flags]
public enum SuricataGrouping
{
    /// <summary>All rows are one group: of the totals where there are totals, else of all threads.</summary>
    All = 0,

    /// <summary>Each thread is a group.</summary>
    Thread = 1,

    /// <summary>Each span of time is a group.</summary>
    Time = 2,
}
