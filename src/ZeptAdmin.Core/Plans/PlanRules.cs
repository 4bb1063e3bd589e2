using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Plans;

/// <summary>What holds in every plan, also in one that was edited by hand.</summary>
internal static class PlanRules
{
    private const int HighestFanoutId = 65535;

    /// <summary>The first rule that a plan breaks: where in its JSON, and how; null when it keeps them all.</summary>
    public static (string Path, string Problem)? FirstBroken(NsmPlan plan) => Broken(plan).Select(broken => ((string, string)?)broken).FirstOrDefault();

    private static IEnumerable<(string Path, string Problem)> Broken(NsmPlan plan)
    {
        if (plan.Format != NsmPlan.CurrentFormat)
        {
            yield return ("Format", string.Create(CultureInfo.InvariantCulture, $"format {plan.Format} is not known to this module, which reads {NsmPlan.CurrentFormat}"));
        }

        if (!PlanNames.IsPossible(plan.Name))
        {
            yield return ("Name", "the name of a plan has 1 to 40 letters, digits, '-', '_' and '.', and begins with a letter or digit");
        }

        foreach ((string Path, string Problem) broken in OfCpus(plan).Concat(OfPorts(plan)).Concat(OfRows(plan)))
        {
            yield return broken;
        }
    }

    private static IEnumerable<(string Path, string Problem)> OfCpus(NsmPlan plan)
    {
        Dictionary<int, CpuRole> roles = [];
        foreach ((int index, PlanCpus role) in plan.Cpus.Index())
        {
            foreach (int cpu in role.Cpus.ToArray())
            {
                if (!roles.TryAdd(cpu, role.Role))
                {
                    yield return ($"Cpus[{index}].Cpus", $"CPU {cpu} has two roles, {roles[cpu]} and {role.Role}");
                }
            }
        }

        foreach ((int index, PlanPort port) in plan.Ports.Index())
        {
            foreach ((string list, int[] cpus, CpuRole role) in new[] { ("IrqCpus", port.IrqCpus, CpuRole.Irq), ("WorkerCpus", port.WorkerCpus, CpuRole.Worker) })
            {
                foreach ((int place, int cpu) in cpus.Index())
                {
                    if (!roles.TryGetValue(cpu, out CpuRole found) || (found != role && found != CpuRole.IrqAndWorker))
                    {
                        yield return ($"Ports[{index}].{list}[{place}]", $"CPU {cpu} is in {list} of '{port.InterfaceName}' and {(roles.ContainsKey(cpu) ? $"has the role {found}" : "has no role")} in Cpus; give it the role {role} there");
                    }
                }
            }
        }

        foreach ((int index, PlanPort port) in plan.Ports.Index())
        {
            int twice = plan.Ports.Take(index + 1).SelectMany(other => other.WorkerCpus).GroupBy(cpu => cpu).FirstOrDefault(group => group.Count() > 1)?.Key ?? -1;
            if (twice >= 0)
            {
                yield return ($"Ports[{index}].WorkerCpus", $"CPU {twice} has two workers");
            }
        }
    }

    private static IEnumerable<(string Path, string Problem)> OfPorts(NsmPlan plan)
    {
        foreach ((int index, PlanPort port) in plan.Ports.Index())
        {
            string path = $"Ports[{index}]";
            if (!InterfaceName.IsPossible(port.InterfaceName) || Array.FindIndex(plan.Ports, other => other.InterfaceName == port.InterfaceName) != index)
            {
                yield return ($"{path}.InterfaceName", $"'{port.InterfaceName}' is {(InterfaceName.IsPossible(port.InterfaceName) ? "in Ports twice" : "no name of an interface")}");
            }

            if (port.IrqCpus.Length == 0 || port.WorkerCpus.Length == 0)
            {
                yield return (path, $"'{port.InterfaceName}' needs at least one CPU in IrqCpus and one in WorkerCpus");
            }

            if (port.Fanout == PlanFanout.QueueMapping && port.IrqCpus.Length != port.WorkerCpus.Length)
            {
                yield return ($"{path}.WorkerCpus", $"'{port.InterfaceName}' has {port.IrqCpus.Length} queues and {port.WorkerCpus.Length} workers; QueueMapping needs as many of the one as of the other (field.md J6)");
            }

            if (port.FanoutId is < 1 or > HighestFanoutId || Array.FindIndex(plan.Ports, other => other.FanoutId == port.FanoutId) != index)
            {
                yield return ($"{path}.FanoutId", $"the fanout id {port.FanoutId} of '{port.InterfaceName}' is {(port.FanoutId is < 1 or > HighestFanoutId ? "not within 1 to 65535" : "another port's, too")} (field.md J9)");
            }
        }
    }

    private static IEnumerable<(string Path, string Problem)> OfRows(NsmPlan plan)
    {
        HashSet<(PlanRowKind, string)> seen = [];
        foreach ((int index, PlanRow row) in plan.Rows.Index())
        {
            if (!seen.Add((row.Kind, row.Target)))
            {
                yield return ($"Rows[{index}].Target", $"{row.Kind} of '{row.Target}' is set twice");
            }

            PlanStep step = PlanSteps.Of(row.Kind);
            if (step.Scope != PlanScope.Free && !step.IsTarget(row.Target))
            {
                yield return ($"Rows[{index}].Target", $"'{row.Target}' is no target of {row.Kind}; it is {step.TargetWords}");
            }
            else if (!step.IsValue(row.Value))
            {
                yield return ($"Rows[{index}].Value", $"'{row.Value}' is no value of {row.Kind}; it is {step.ValueWords}");
            }
            else if (step.Scope is PlanScope.Port or PlanScope.PartOfPort && Array.Find(plan.Ports, port => port.InterfaceName == row.Target.Split('/')[0]) is not PlanPort)
            {
                yield return ($"Rows[{index}].Target", $"'{row.Target.Split('/')[0]}' is not in Ports");
            }
            else if (Disagrees(plan, row) is string problem)
            {
                yield return ($"Rows[{index}].Value", problem);
            }
        }
    }

    // What stands in Ports and in a row has to be the same: nobody could say which of them is meant.
    private static string? Disagrees(NsmPlan plan, PlanRow row)
    {
        if (row.Kind == PlanRowKind.Housekeeping)
        {
            PlanCpus? busy = Array.Find(plan.Cpus, role => role.Role is not (CpuRole.Housekeeping or CpuRole.Free) && role.Cpus.Overlaps(CpuList.Parse(row.Value)));
            return busy is null ? null : $"Housekeeping of '{row.Target}' has CPU {busy.Cpus.Intersect(CpuList.Parse(row.Value))}, whose role in Cpus is {busy.Role}";
        }

        PlanPort? port = Array.Find(plan.Ports, item => item.InterfaceName == row.Target);
        string? wanted = row.Kind switch
        {
            PlanRowKind.Queues or PlanRowKind.HashQueues => port!.IrqCpus.Length.ToString(CultureInfo.InvariantCulture),
            PlanRowKind.IrqAffinity => string.Join(',', port!.IrqCpus),
            _ => null,
        };
        return wanted is null || wanted == row.Value ? null : $"{row.Kind} of '{row.Target}' is {row.Value} here and {wanted} by its IrqCpus in Ports";
    }
}

/// <summary>Names of plans.</summary>
internal static class PlanNames
{
    private const int Longest = 40;

    /// <summary>True for what can be a name: it becomes part of a run's name, of a unit's and of a file's.</summary>
    public static bool IsPossible(string name) =>
        name.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
