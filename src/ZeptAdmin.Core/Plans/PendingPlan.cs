namespace ZeptAdmin.Plans;

/// <summary>A plan that was made and is taken back by itself unless it is confirmed.</summary>
public sealed record PendingPlan
{
    /// <summary>Name of the plan.</summary>
    public string Plan { get; internal init; } = "";

    /// <summary>Its run: all changes of it in the journal.</summary>
    public string Run { get; internal init; } = "";

    /// <summary>When it is taken back (UTC).</summary>
    public DateTime Deadline { get; internal init; }

    /// <summary>The timer of systemd that takes it back; null where a process does.</summary>
    public string? Unit { get; internal init; }

    /// <summary>The process that takes it back; null where a timer of systemd does.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>True once it was confirmed: it stays.</summary>
    public bool IsConfirmed { get; internal init; }
}
