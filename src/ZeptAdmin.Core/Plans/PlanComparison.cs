using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>Holds a plan against a machine, row by row.</summary>
public static class PlanComparison
{
    /// <summary>Where each row stands, in the order in which rows are made. Nothing is written.</summary>
    public static IEnumerable<PlanDrift> Compare(Sensor sensor, NsmPlan plan) => PlanSteps.InOrder(plan).Select(row => Compare(sensor, plan, row));

    /// <summary>
    /// A plan held against another one, row by row: what it has otherwise, what the other has not, and last what only the other has. Reads no machine.
    /// </summary>
    public static IEnumerable<PlanDrift> Compare(NsmPlan reference, NsmPlan plan)
    {
        Dictionary<(PlanRowKind, string), PlanRow> others = reference.Rows.ToDictionary(row => (row.Kind, row.Target));
        foreach (PlanRow row in PlanSteps.InOrder(plan))
        {
            PlanRow? other = others.GetValueOrDefault((row.Kind, row.Target));
            yield return Told(reference, row) with
            {
                State = other?.Value == row.Value ? PlanRowState.InPlace : PlanRowState.Drifted,
                Expected = row.Value,
                Actual = other?.Value ?? "not in the plan",
            };
        }

        HashSet<(PlanRowKind, string)> own = [.. plan.Rows.Select(row => (row.Kind, row.Target))];
        foreach (PlanRow row in PlanSteps.InOrder(reference).Where(row => !own.Contains((row.Kind, row.Target))))
        {
            yield return Told(reference, row) with { State = PlanRowState.Drifted, Expected = "not in the plan", Actual = row.Value };
        }
    }

    /// <summary>Where one row stands.</summary>
    internal static PlanDrift Compare(Sensor sensor, NsmPlan plan, PlanRow row)
    {
        PlanStep step = PlanSteps.Of(row.Kind);
        PlanDrift drift = new()
        {
            Sensor = sensor.Name,
            Kind = row.Kind,
            Target = row.Target,
            Expected = row.Value,
            Reason = row.Reason,
            Source = row.Source,
        };
        if (step.Changes is null)
        {
            return OfWhole(sensor, plan, row, drift);
        }

        try
        {
            Answer<PlannedChange>[] changes = [.. step.Changes(sensor, plan, row)];
            PlannedChange[] open = [.. changes.Where(change => change.IsKnown && !change.Value.IsIdle).Select(change => change.Value)];
            Refusal? refusal = changes.Select(change => change.Refusal).FirstOrDefault(refused => refused is not null);
            return refusal is not null
                ? drift with { State = AwaitsQueues(sensor, plan, row) ? PlanRowState.Drifted : StateOf(refusal), Actual = refusal.Reason }
                : open.Length == 0
                    ? drift with { State = PlanRowState.InPlace, Actual = row.Value }
                    : drift with { State = PlanRowState.Drifted, Actual = string.Join("; ", open.Select(step.Shown).Distinct()), Changes = [.. open.Select(change => change.ToString())] };
        }
        catch (KernelFormatException e)
        {
            return drift with { State = PlanRowState.Unknown, Actual = e.Message };
        }
    }

    private static PlanDrift Told(NsmPlan reference, PlanRow row) => new() { Sensor = reference.Sensor, Kind = row.Kind, Target = row.Target, Reason = row.Reason, Source = row.Source };

    private static PlanDrift OfWhole(Sensor sensor, NsmPlan plan, PlanRow row, PlanDrift drift)
    {
        try
        {
            return PlanWhole.Find(row.Kind)?.Compare(sensor, plan, row, drift) ?? drift with { State = PlanRowState.NotChecked, Actual = "kept by the program's own file" };
        }
        catch (KernelFormatException e)
        {
            return drift with { State = PlanRowState.Unknown, Actual = e.Message };
        }
    }

    // A table of more queues than there are is refused until their number is set, which an earlier row does.
    private static bool AwaitsQueues(Sensor sensor, NsmPlan plan, PlanRow row) =>
        row.Kind == PlanRowKind.HashQueues
        && Array.Find(plan.Rows, other => other.Kind == PlanRowKind.Queues && other.Target == row.Target) is PlanRow queues
        && Compare(sensor, plan, queues).State == PlanRowState.Drifted;

    /// <summary>Where a row stands whose changes are refused.</summary>
    internal static PlanRowState StateOf(Refusal refusal) =>
        refusal.Errno.MeansUnsupported() || refusal.Errno is Errno.EINVAL or Errno.ENODEV or Errno.ENOENT or Errno.ENOSPC ? PlanRowState.NotPossible : PlanRowState.Unknown;
}
