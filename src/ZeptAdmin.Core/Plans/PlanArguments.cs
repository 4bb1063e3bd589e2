using ZeptAdmin.Changes;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>Rows of a plan that are arguments of the kernel: written as Set-KernelArgument writes them, in force from the next boot on.</summary>
internal static class PlanArguments
{
    /// <summary>The argument of a row, as it stands on the command line.</summary>
    public static string Text(PlanRow row) => row.Value.Length == 0 ? row.Target : $"{row.Target}={row.Value}";

    /// <summary>Where a row stands: on the running command line, and on the next.</summary>
    public static PlanDrift Compare(Sensor sensor, PlanRow row, PlanDrift drift)
    {
        Answer<KernelArgument[]> answer = BootArguments.Get(sensor);
        if (!answer.Try(out KernelArgument[]? arguments))
        {
            return drift with { State = PlanRowState.Unknown, Actual = answer.Refusal!.Reason };
        }

        string key = KernelCommandLine.Key(row.Target);
        KernelArgument? given = Array.Find(arguments, argument => argument.Name == key);
        CpuList present = sensor.Files.ReadCpuList("/sys/devices/system/cpu/present") ?? CpuList.Empty;
        bool runs = IsSame(row, given?.Running, present);
        bool comes = IsSame(row, given?.Next, present);
        bool isTold = BootArguments.Next(sensor.Files).Line is not null;
        string now = given?.Running.LastOrDefault() ?? "not given";
        if (runs && (comes || !isTold))
        {
            return drift with { State = PlanRowState.InPlace, Actual = row.Value };
        }

        return !runs && comes
            ? drift with { State = PlanRowState.NextBoot, Actual = now }
            : OfChanges(sensor, row, drift, runs ? $"{now} until the next boot" : now);
    }

    /// <summary>The changes of the boot loader's files for all rows together.</summary>
    /// <exception cref="KernelFormatException">A file is in a form that is not understood.</exception>
    public static Answer<PlannedChange[]> Changes(Sensor sensor, PlanRow[] rows)
    {
        string[] texts = [.. rows.Select(Text)];
        KernelArgumentFinding? wrong = KernelArgumentRules.Test(sensor, string.Join(' ', texts)).FirstOrDefault(finding => finding.Severity == KernelArgumentVerdict.Fail);
        return wrong is not null
            ? new Refusal(Errno.EINVAL, "set the kernel argument", wrong.Argument) { Detail = wrong.Problem }
            : BootArguments.Plan(sensor, texts, []);
    }

    /// <summary>The change of the boot menu, made of the files above.</summary>
    public static Answer<PlannedChange>? Menu(Sensor sensor, PlanRow[] rows) => BootArguments.PlanMenu(sensor, rows.Select(Text), []);

    private static bool IsSame(PlanRow row, string[]? values, CpuList present)
    {
        if (values is not [.., string last])
        {
            return false;
        }

        // The value as a list, whatever flags and ranges it is written with.
        CpuList? Cpus(string value) => KnownArguments.CpuLists.Contains(KernelCommandLine.Key(row.Target)) ? KernelArgumentRules.Cpus(KernelCommandLine.Word($"{row.Target}={value}"), present) : null;
        return last == row.Value || (Cpus(last) is CpuList given && Cpus(row.Value) is CpuList wanted && given.Equals(wanted));
    }

    // What Invoke-NsmPlan cannot write has not drifted, as in all other rows. That a snapshot has no boot loader's files says nothing of its machine.
    private static PlanDrift OfChanges(Sensor sensor, PlanRow row, PlanDrift drift, string now)
    {
        try
        {
            Answer<PlannedChange[]> changes = Changes(sensor, [row]);
            return changes.Refusal is Refusal refusal && PlanComparison.StateOf(refusal) == PlanRowState.NotPossible && (sensor.IsLive || !refusal.Errno.MeansUnsupported())
                ? drift with { State = PlanRowState.NotPossible, Actual = $"{now}. {refusal.Detail ?? refusal.Reason}" }
                : Drifted(changes.Try(out PlannedChange[]? edits) && edits.Length > 0 ? [.. edits.Select(edit => edit.ToString())] : [$"Give the kernel {Text(row)} at the next boot"]);
        }
        catch (KernelFormatException e)
        {
            return Drifted([$"Give the kernel {Text(row)} at the next boot, by hand: {e.Message}"]);
        }

        PlanDrift Drifted(string[] changes) => drift with { State = PlanRowState.Drifted, Actual = now, Changes = changes };
    }
}
