using ZeptAdmin.Cpus;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F6, P5: nothing runs that does not belong on a sensor.</summary>
internal sealed class ServicesCheck() : Check(
    "F6.Services",
    CheckCategory.Interrupt,
    "Every daemon takes CPUs, cache and interrupts when it likes to, and some send frames out of capture ports, which feeds ATR and tells the network that somebody listens. S1: never run a sensor with production daemons. Those that wake workers are P5.Daemons.",
    "field.md F6, P5")
{
    private const string Expected = "no daemon that does not serve the sensor";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        FoundService[] found = subject.Read(UnwantedServices.Find);
        if (found.Length > 0)
        {
            string[] said = [.. found.GroupBy(service => service.Service.Why).Select(group => $"{string.Join(", ", group.Select(service => service.IsRunning ? service.Name : service.Name + " (at boot)"))}: {group.Key}")];
            yield return Result(Warn, Machine, Expected, string.Join("; ", said), $"systemctl disable --now {string.Join(' ', found.Select(service => service.Name))}");
        }
        else
        {
            // A capture may have left processes out, and does not say so.
            yield return Result(NotApplicable, Machine, Expected, "none of those on record is to be seen");
        }
    }
}
