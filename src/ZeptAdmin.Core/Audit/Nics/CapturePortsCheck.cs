using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I10: there is a port for capture, apart from the one that people log in by.</summary>
internal sealed class CapturePortsCheck() : Check(
    "I10.CapturePorts",
    CheckCategory.Nic,
    "A capture port is silent, promiscuous and without offloads; a management port is none of these. One port cannot be both.",
    "field.md I10, P5")
{
    private const string Expected = "a port for capture without a default route";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        if (subject.InterfaceNames.Length == 0)
        {
            yield return Result(Warn, Machine, Expected, "no network card", "Name the interfaces to audit with -InterfaceName; virtual ones are not taken by themselves.");
            yield break;
        }

        string[] watched = subject.Read<HashSet<string>>(sensor => [.. CaptureInterfaces.Watched(sensor)]) is HashSet<string> names
            ? [.. subject.InterfaceNames.Where(names.Contains)]
            : [];
        string[] routed = [.. subject.InterfaceNames.Where(subject.IsManagementPort)];
        string how = subject.AreNamed ? "named" : watched.Length > 0 ? "a program captures there" : "no default route";
        yield return routed.Length > 0
            ? Result(
                Warn, Machine, Expected, $"{Words.List(routed)} carr{(routed.Length == 1 ? "ies" : "y")} the default route: no port of its own for capture",
                "Give the sensor a second card and mirror traffic to it; what is said below of the port is what capture on it would meet.")
            : Result(Pass, Machine, Expected, $"{Words.List(subject.InterfaceNames)} ({how})");
    }
}
