using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>A kind of row whose rows are written together, since they are in one file: the kernel's arguments, Zeek's configuration, Suricata's include.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Compare">Where one row stands on a machine.</param>
/// <param name="Changes">The changes that bring all its rows about; none where they are so already, or where there is no such file to be.</param>
/// <param name="Last">A change that can be told only when the others are made; null for none.</param>
/// <param name="After">What has to happen for the rows to come into force, as a sentence, where something was written or nothing had to be; null for nothing.</param>
internal sealed record PlanWhole(
    PlanRowKind Kind,
    Func<Sensor, NsmPlan, PlanRow, PlanDrift, PlanDrift> Compare,
    Func<Sensor, NsmPlan, PlanRow[], Answer<PlannedChange[]>> Changes,
    Func<Sensor, PlanRow[], Answer<PlannedChange>?> Last,
    Func<Sensor, bool, string?> After)
{
    private static readonly PlanWhole[] All =
    [
        new(PlanRowKind.KernelArgument, (sensor, _, row, drift) => PlanArguments.Compare(sensor, row, drift), (sensor, _, rows) => PlanArguments.Changes(sensor, rows), PlanArguments.Menu, (_, isWritten) => isWritten ? "The kernel's arguments hold from the next boot on." : null),
        new(PlanRowKind.Zeek, PlanZeekFile.Compare, PlanZeekFile.Changes, (_, _) => null, (sensor, isWritten) => isWritten ? PlanZeekFile.After(sensor) : null),
        new(PlanRowKind.Suricata, PlanSuricataFile.Compare, PlanSuricataFile.Changes, (_, _) => null, PlanSuricataFile.After),
    ];

    /// <summary>The whole that rows of a kind are part of; null when another command writes them.</summary>
    public static PlanWhole? Find(PlanRowKind kind) => Array.Find(All, whole => whole.Kind == kind);
}
