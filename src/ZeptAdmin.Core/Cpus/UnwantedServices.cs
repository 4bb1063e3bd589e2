using ZeptAdmin.Drivers;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>A service that does not belong on a sensor and is there.</summary>
/// <param name="Service">Which.</param>
/// <param name="Name">Its unit without <c>.service</c>.</param>
/// <param name="IsRunning">True when it runs.</param>
/// <param name="StartsAtBoot">True when systemd starts it at boot.</param>
public sealed record FoundService(UnwantedService Service, string Name, bool IsRunning, bool StartsAtBoot);

/// <summary>Finds services that do not belong on a sensor: by processes, by groups of systemd, and by the links that start them at boot.</summary>
public static class UnwantedServices
{
    /// <summary>Those that run or start at boot.</summary>
    public static FoundService[] Find(Sensor sensor)
    {
        FileTree files = sensor.Files;
        HashSet<string> programs = [.. ProcessFolders.Ids(files).Select(id => ProcessFolders.Name(files, id)).OfType<string>()];
        return
        [
            .. from service in UnwantedService.All
               let isRunning = Array.Exists(service.Programs, programs.Contains) || SystemdUnits.IsRunning(files, service.Unit)
               let starts = SystemdUnits.StateOf(files, service.Unit) == UnitState.Enabled
               where isRunning || starts
               select new FoundService(service, service.Unit.Replace(".service", "", StringComparison.Ordinal), isRunning, starts),
        ];
    }
}
