using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>P5: what a server runs beside its work stays away from the workers' CPUs.</summary>
internal sealed class DaemonsCheck() : Check(
    "P5.Daemons",
    CheckCategory.Cpu,
    "S1 saw workers lose packets whenever dhclient or lldpd woke up: a ring of 512 descriptors lasts 84 microseconds at the highest rate. On isolated CPUs the scheduler runs nothing that was not pinned there.",
    "field.md P5, I5; S1")
{
    private const string Expected = "none that wakes up by itself, or workers on isolated CPUs";

    /// <summary>Those of S1, and what does the same elsewhere.</summary>
    internal static readonly string[] Names = ["dhclient", "dhcpcd", "lldpd", "lldpad"];

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        FileTree files = subject.Sensor.Files;
        HashSet<string> processes = [.. ProcessFolders.Ids(files).Select(id => ProcessFolders.Name(files, id)).OfType<string>()];
        string[] running = [.. Names.Where(processes.Contains)];
        string isolated = files.ReadText("/sys/devices/system/cpu/isolated") ?? "";
        yield return running.Length == 0 ? Result(NotApplicable, Machine, Expected, "none of them runs")
            : isolated.Length > 0 ? Result(Pass, Machine, Expected, $"{string.Join(", ", running)}; CPUs {isolated} are isolated")
            : Result(Warn, Machine, Expected, $"{string.Join(", ", running)}, and no CPU is isolated", "New-NsmPlan # its kernel arguments isolate the workers' CPUs");
    }
}
