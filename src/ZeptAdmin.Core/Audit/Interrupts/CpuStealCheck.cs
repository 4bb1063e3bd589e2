using System.Globalization;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F9: no hypervisor takes the CPU away from capture.</summary>
internal sealed class CpuStealCheck() : Check(
    "F9.CpuSteal",
    CheckCategory.Interrupt,
    "While the host runs something else on the CPU, nobody empties the ring: a virtual sensor loses packets with an idle processor, and shows no reason but this.",
    "field.md F9; /proc/stat of proc_stat.5")
{
    private const string Expected = "under 1 % of the time since boot";

    // A hundredth of the time is 10 ms of each second: a ring of 512 descriptors holds 84 microseconds of the highest rate (field.md I5).
    private const double Most = 0.01;

    // user nice system idle iowait irq softirq steal; guest times are within user and nice.
    private const int Steal = 7;

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        if (!subject.IsVirtualMachine)
        {
            yield return Result(NotApplicable, Machine, Expected, "no virtual machine");
            yield break;
        }

        string line = Array.Find(subject.Sensor.Files.ReadLines("/proc/stat"), line => line.StartsWith("cpu ", StringComparison.Ordinal)) ?? "";
        double[] times = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(Steal + 1)
            .Select(text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong ticks) ? ticks : 0)];
        double sum = times.Sum();
        if (times.Length <= Steal || sum == 0)
        {
            yield return Result(Unknown, Machine, Expected, "/proc/stat does not tell it");
            yield break;
        }

        double share = times[Steal] / sum;
        yield return Result(
            share > Most ? Warn : Pass, Machine, Expected, $"{Words.Number(share * 100)} % stolen by the hypervisor",
            "Give the virtual machine CPUs of its own (pinned, not overcommitted) on the host.");
    }
}
