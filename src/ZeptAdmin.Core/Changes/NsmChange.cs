namespace ZeptAdmin.Changes;

/// <summary>Where a change stands.</summary>
public enum ChangeState
{
    /// <summary>Journalled, and then the process ended: it may or may not have been written.</summary>
    Interrupted,

    /// <summary>Written and read back.</summary>
    Done,

    /// <summary>Refused by the kernel, or not there when read back; what could be put back was.</summary>
    Failed,

    /// <summary>Taken back.</summary>
    Undone,

    /// <summary>Made before the last reboot, which took it back.</summary>
    GoneWithReboot,
}

/// <summary>One change that the module made, as the journal tells it.</summary>
public sealed record NsmChange
{
    /// <summary>Number of the change in this machine's journal, ascending.</summary>
    public long Id { get; internal init; }

    /// <summary>The run that it belongs to: all changes of one command or one plan.</summary>
    public string Run { get; internal init; } = "";

    /// <summary>When it was journalled (UTC).</summary>
    public DateTime Time { get; internal init; }

    /// <summary>Where it stands.</summary>
    public ChangeState State { get; internal init; }

    /// <summary>True when something of it may be in force: what Undo-NsmChange takes back.</summary>
    public bool IsInForce { get; internal init; }

    /// <summary>Kind of setting.</summary>
    public string Kind { get; internal init; } = "";

    /// <summary>Whose setting.</summary>
    public string Target { get; internal init; } = "";

    /// <summary>The change in words.</summary>
    public string Description { get; internal init; } = "";

    /// <summary>Value before, as JSON.</summary>
    public string Before { get; internal init; } = "";

    /// <summary>Value after, as JSON.</summary>
    public string After { get; internal init; } = "";

    /// <summary>Settings that the write disturbed and that were put back.</summary>
    public string[] PutBack { get; internal init; } = [];

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Problem { get; internal init; }
}
