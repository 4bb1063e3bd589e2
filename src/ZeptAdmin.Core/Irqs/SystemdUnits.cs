using ZeptAdmin.Linux;

namespace ZeptAdmin.Irqs;

/// <summary>Whether systemd starts a unit at boot, without asking systemd: from links and files, so that a snapshot tells the same.</summary>
internal static class SystemdUnits
{
    /// <summary>Folders of units, the strongest first (systemd.unit.5).</summary>
    public static readonly string[] Folders = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    // cgroup v2, and the hierarchy of systemd's own under v1.
    private static readonly string[] Slices = ["/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/systemd/system.slice", "/sys/fs/cgroup/unified/system.slice"];

    /// <summary>State at boot, as systemctl is-enabled: a link to /dev/null masks, a link in a target's .wants or .requires folder enables.</summary>
    public static UnitState StateOf(FileTree files, string unit)
    {
        string[] present = Array.FindAll(Folders, folder => files.ReadLink($"{folder}/{unit}") is not null || files.Exists($"{folder}/{unit}"));
        if (Array.Exists(present, folder => files.ReadLink($"{folder}/{unit}") == "/dev/null"))
        {
            return UnitState.Masked;
        }

        foreach (string folder in Folders)
        {
            foreach (string name in files.List(folder).Where(name => name.EndsWith(".wants", StringComparison.Ordinal) || name.EndsWith(".requires", StringComparison.Ordinal)))
            {
                if (files.ReadLink($"{folder}/{name}/{unit}") is not null || files.Exists($"{folder}/{name}/{unit}"))
                {
                    return UnitState.Enabled;
                }
            }
        }

        return present.Length > 0 ? UnitState.Disabled : UnitState.NotFound;
    }

    /// <summary>True when processes are in the group that systemd made for the unit.</summary>
    public static bool IsRunning(FileTree files, string unit) =>
        Array.Exists(Slices, slice => files.ReadText($"{slice}/{unit}/cgroup.procs") is { Length: > 0 });
}
