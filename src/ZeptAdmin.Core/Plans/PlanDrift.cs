namespace ZeptAdmin.Plans;

/// <summary>Where a row of a plan stands on a machine.</summary>
public enum PlanRowState
{
    /// <summary>The machine is as the plan says.</summary>
    InPlace = 0,

    /// <summary>The machine is otherwise.</summary>
    Drifted = 1,

    /// <summary>The machine has no such thing, or does not let it be so.</summary>
    NotPossible = 2,

    /// <summary>The machine does not say.</summary>
    Unknown = 3,

    /// <summary>Another command of the module writes and tests it, or the program that it is for is not here.</summary>
    NotChecked = 4,

    /// <summary>It is written, and comes into force at the next boot.</summary>
    NextBoot = 5,
}

/// <summary>One row of a plan, held against a machine.</summary>
public sealed record PlanDrift
{
    /// <summary>Machine that it was held against.</summary>
    public string Sensor { get; internal init; } = "";

    /// <summary>Where it stands.</summary>
    public PlanRowState State { get; internal init; }

    /// <summary>What the row sets.</summary>
    public PlanRowKind Kind { get; internal init; }

    /// <summary>Whose.</summary>
    public string Target { get; internal init; } = "";

    /// <summary>How the plan has it.</summary>
    public string Expected { get; internal init; } = "";

    /// <summary>How the machine has it, or why that cannot be said.</summary>
    public string Actual { get; internal init; } = "";

    /// <summary>What Invoke-NsmPlan would write, as sentences; empty when nothing.</summary>
    public string[] Changes { get; internal init; } = [];

    /// <summary>Why the plan wants it.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Row of field.md, or where else it is from.</summary>
    public string Source { get; internal init; } = "";
}
