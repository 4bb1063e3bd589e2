using System.Globalization;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>What makes a plan real: rows in their order, each as changes of the settings that the journal knows.</summary>
public static class PlanExecution
{
    private const char RunSeparator = '@';

    /// <summary>A plan with its rows of some kinds alone.</summary>
    public static NsmPlan Only(NsmPlan plan, PlanRowKind[] kinds) => plan with { Rows = [.. plan.Rows.Where(row => kinds.Contains(row.Kind))] };

    /// <summary>Rows that are made on a machine, in their order.</summary>
    public static PlanRow[] Rows(NsmPlan plan) => [.. PlanSteps.InOrder(plan).Where(row => PlanSteps.Of(row.Kind).Changes is not null)];

    /// <summary>Kinds of rows that are written together, each into files of its own, after all rows: kernel arguments, Zeek's configuration, Suricata's include.</summary>
    public static PlanRowKind[] Wholes(NsmPlan plan) => [.. plan.Rows.Select(row => row.Kind).Distinct().Where(kind => PlanWhole.Find(kind) is not null).Order()];

    /// <summary>The rows of a kind.</summary>
    public static PlanRow[] RowsOf(NsmPlan plan, PlanRowKind kind) => [.. plan.Rows.Where(row => row.Kind == kind)];

    /// <summary>The changes that all rows of such a kind come to together; none where they are so already.</summary>
    /// <exception cref="KernelFormatException">A file cannot be understood; nothing of it is changed.</exception>
    public static Answer<PlannedChange[]> Changes(Sensor sensor, NsmPlan plan, PlanRowKind kind) => PlanWhole.Find(kind)!.Changes(sensor, plan, RowsOf(plan, kind));

    /// <summary>A change that is made of those, once they are made: the boot menu; null for none.</summary>
    public static Answer<PlannedChange>? Last(Sensor sensor, NsmPlan plan, PlanRowKind kind) => PlanWhole.Find(kind)!.Last(sensor, RowsOf(plan, kind));

    /// <summary>What has to happen for those to come into force, as a sentence; null for nothing.</summary>
    /// <exception cref="KernelFormatException">A file cannot be understood.</exception>
    public static string? After(Sensor sensor, PlanRowKind kind, bool isWritten) => PlanWhole.Find(kind)!.After(sensor, isWritten);

    /// <summary>The changes that a row comes to on a machine as it is now; idle ones where it is so already.</summary>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<PlannedChange>[] Changes(Sensor sensor, NsmPlan plan, PlanRow row) => [.. PlanSteps.Of(row.Kind).Changes!(sensor, plan, row)];

    /// <summary>
    /// What a row will write that cannot be told change by change before the card has the plan's number of queues; null where it can.
    /// </summary>
    public static string? Awaited(Sensor sensor, NsmPlan plan, PlanRow row)
    {
        if (row.Kind is not (PlanRowKind.HashQueues or PlanRowKind.IrqAffinity) || !NicChannels.Get(sensor, row.Target).Try(out NicChannel? channels))
        {
            return null;
        }

        int wanted = Array.Find(plan.Ports, port => port.InterfaceName == row.Target)!.IrqCpus.Length;
        long present = channels.Combined + channels.Rx;
        bool isPlanned = Array.Exists(plan.Rows, other => other.Kind == PlanRowKind.Queues && other.Target == row.Target);
        return !isPlanned || wanted == present
            ? null
            : row.Kind == PlanRowKind.HashQueues
                ? string.Create(CultureInfo.InvariantCulture, $"Set the indirection table of '{row.Target}' to {wanted} queues, where the new number of queues has not done so")
                : string.Create(CultureInfo.InvariantCulture, $"Set the interrupts of '{row.Target}', which are new with the number of queues, from queue 0 on to CPUs {row.Value}");
    }

    /// <summary>A name for a run of a plan, by which its changes are found again.</summary>
    public static string NewRun(NsmPlan plan) => $"{plan.Name}{RunSeparator}{ChangeRun.NewName()}";

    /// <summary>True when a run is of a plan.</summary>
    public static bool IsRunOf(string run, string planName) => run.StartsWith(planName + RunSeparator, StringComparison.Ordinal);
}
