using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>Holds a plan against a machine, row by row.</summary>
public static class PlanComparison
{
    /// <summary>Where each row stands, in the order in which rows are made. Nothing is written.</summary>
    public static IEnumerable<PlanDrift> Compare(Sensor sensor, NsmPlan plan) => PlanSteps.InOrder(plan).Select(row => Compare(sensor, plan, row));

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
            return row.Kind == PlanRowKind.KernelArgument ? CommandLine(sensor, row, drift) : drift with { State = PlanRowState.NotChecked, Actual = "kept by the program's own file" };
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

    // A table of more queues than there are is refused until their number is set, which an earlier row does.
    private static bool AwaitsQueues(Sensor sensor, NsmPlan plan, PlanRow row) =>
        row.Kind == PlanRowKind.HashQueues
        && Array.Find(plan.Rows, other => other.Kind == PlanRowKind.Queues && other.Target == row.Target) is PlanRow queues
        && Compare(sensor, plan, queues).State == PlanRowState.Drifted;

    private static PlanRowState StateOf(Refusal refusal) =>
        refusal.Errno.MeansUnsupported() || refusal.Errno is Errno.EINVAL or Errno.ENODEV or Errno.ENOENT or Errno.ENOSPC ? PlanRowState.NotPossible : PlanRowState.Unknown;

    private static PlanDrift CommandLine(Sensor sensor, PlanRow row, PlanDrift drift)
    {
        if (sensor.Files.ReadText("/proc/cmdline") is not string line)
        {
            return drift with { State = PlanRowState.Unknown, Actual = "/proc/cmdline cannot be read" };
        }

        string prefix = row.Target + "=";
        string? given = line.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).LastOrDefault(word => word == row.Target || word.StartsWith(prefix, StringComparison.Ordinal));
        string value = given is null ? "" : given.Length > prefix.Length ? given[prefix.Length..] : "";
        bool isSame = given is not null && (value == row.Value || (CpuList.TryParse(value, out CpuList? cpus) && CpuList.TryParse(row.Value, out CpuList? wanted) && cpus.Equals(wanted)));
        return drift with
        {
            State = isSame ? PlanRowState.InPlace : PlanRowState.Drifted,
            Actual = given is null ? "not given" : value,
            Changes = isSame ? [] : [$"Give the kernel {row.Target}={row.Value} at the next boot"],
        };
    }
}
