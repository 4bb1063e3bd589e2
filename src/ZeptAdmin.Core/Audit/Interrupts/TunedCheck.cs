using ZeptAdmin.Cpus;
using ZeptAdmin.Drivers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F6: tuned does not set what a sensor's plan sets.</summary>
internal sealed class TunedCheck() : Check(
    "F6.Tuned",
    CheckCategory.Interrupt,
    "tuned writes its profile at each start, and again when a device appears or a sysctl file changes: what both it and the sensor's plan set is as the last writer left it. Its profiles know neither queues nor the hash.",
    "field.md F6, section 2; docs/comparison.md; tuned/plugins of redhat-performance/tuned")
{
    private const string Expected = "not running, or a profile that leaves what the plan sets alone";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        if (TunedProfiles.Get(subject.Sensor) is not TunedProfile profile)
        {
            yield return Result(Pass, Machine, Expected, "not running");
            yield break;
        }

        TunedOverlap[] overlaps =
        [
            .. profile.Settings
                .Select(setting => TunedOverlaps.Find(setting.Plugin, setting.Name, setting.Value))
                .OfType<TunedOverlap>()
                .DistinctBy(overlap => overlap.What),
        ];
        string name = profile.Names.Length == 0 ? "no profile" : string.Join(' ', profile.Names);
        if (profile.Missing.Length > 0)
        {
            yield return Result(Unknown, Machine, Expected, $"runs {name}; {string.Join(", ", profile.Missing)} cannot be read");
        }
        else if (overlaps.Length == 0)
        {
            yield return Result(Pass, Machine, Expected, $"runs {name}, which leaves it alone");
        }
        else
        {
            string[] commands = [.. overlaps.Select(overlap => overlap.Command).Where(command => command.Length > 0).Distinct()];
            yield return Result(
                Warn, Machine, Expected, $"runs {name}, which sets {Words.List([.. overlaps.Select(overlap => overlap.What)], most: overlaps.Length)}",
                "tuned-adm off; systemctl disable --now tuned" + (commands.Length > 0 ? $" # then {string.Join(", ", commands)}" : ""));
        }
    }
}
