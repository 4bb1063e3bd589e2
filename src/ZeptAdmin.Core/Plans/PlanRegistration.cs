using System.Text;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>A plan that is made at every boot, and again when an interface comes up or a driver is loaded.</summary>
public sealed record RegisteredPlan
{
    /// <summary>Name of the plan.</summary>
    public string Plan { get; internal init; } = "";

    /// <summary>Unit of systemd that makes it.</summary>
    public string Unit { get; internal init; } = "";

    /// <summary>Files that keep it in force.</summary>
    public string[] Files { get; internal init; } = [];
}

/// <summary>Plans the files that keep a plan in force, and their removal.</summary>
/// <remarks>
/// One unit makes the plan, before Zeek and Suricata; a drop-in of multi-user.target wants it. A udev rule wants it when a card appears, hooks of
/// ifupdown, networkd-dispatcher and NetworkManager start it when one comes up (field.md F8). All of it is idempotent: what holds is not written.
/// </remarks>
public static class PlanRegistration
{
    private const string Mark = "# Written by Register-NsmPlan of ZeptAdmin; Unregister-NsmPlan removes it.";
    private const string Units = "/etc/systemd/system";
    private const string Plans = "/etc/zeptadmin/plans";
    private const string Links = "/etc/systemd/network";
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // What captures, and what brings interfaces up after the plan is made.
    private const string Captures = "zeek.service zeekctl.service zeek.target suricata.service";

    private static readonly PlanFileSetting Setting = new();

    /// <summary>True for a folder that may go when nothing is left in it.</summary>
    internal static bool IsOwnFolder(string folder) => folder is Plans or "/etc/zeptadmin" or Units + "/multi-user.target.d";

    /// <summary>Name of the unit of a plan.</summary>
    public static string UnitOf(string planName) => $"zeptadmin-plan-{planName}.service";

    /// <summary>Changes that register a plan.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="host">Program that runs commands of this module, with its arguments up to the command.</param>
    public static Answer<PlannedChange>[] Plan(Sensor sensor, NsmPlan plan, string[] host)
    {
        // Names go into rules and scripts, so that only harmless ones may.
        if (Array.Find(plan.Ports, port => !port.InterfaceName.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@')) is PlanPort odd)
        {
            return [new Refusal(Errno.EINVAL, "write rules for the interface", odd.InterfaceName) { Detail = "Its name has a character that means something else in a rule of udev." }];
        }

        (string Path, string Text, UnixFileMode Mode)[] files = [.. Files(sensor.Files, plan, host)];

        // What an older registration had and this one has not: a port that was left out.
        string[] gone = [.. Find(sensor, plan.Name).SelectMany(found => found.Files).Except(files.Select(file => file.Path))];
        return [.. files.Select(file => Setting.Plan(sensor, file.Path, file.Text, file.Mode)), .. gone.Select(path => Setting.PlanRemoval(sensor, path))];
    }

    /// <summary>Changes that remove what registering a plan wrote.</summary>
    public static Answer<PlannedChange>[] PlanRemoval(Sensor sensor, RegisteredPlan registered) =>
        [.. registered.Files.Reverse().Select(path => Setting.PlanRemoval(sensor, path))];

    /// <summary>Plans that are registered on a machine.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="planName">Name of one; null for all.</param>
    public static RegisteredPlan[] Find(Sensor sensor, string? planName = null)
    {
        const string Extension = ".json";
        IEnumerable<string> names = planName is not null
            ? [planName]
            : sensor.Files.List(Plans).Where(name => name.EndsWith(Extension, StringComparison.Ordinal)).Select(name => name[..^Extension.Length]);
        return
        [
            .. from name in names
               let files = Places(sensor.Files, name).Where(path => path.EndsWith(Extension, StringComparison.Ordinal) || IsOurs(sensor.Files, path)).Where(sensor.Files.Exists).ToArray()
               where files.Length > 0
               select new RegisteredPlan { Plan = name, Unit = UnitOf(name), Files = files },
        ];
    }

    /// <summary>Tells systemd and udev to read their files anew, where they run.</summary>
    public static void Reload(Sensor sensor)
    {
        if (sensor.IsLive && sensor.Files.Exists("/run/systemd/system") && DetachedProcess.Find("systemctl") is string systemctl)
        {
            _ = DetachedProcess.Run(systemctl, "daemon-reload");
        }

        if (sensor.IsLive && sensor.Files.Exists("/run/udev/control") && DetachedProcess.Find("udevadm") is string udevadm)
        {
            _ = DetachedProcess.Run(udevadm, "control", "--reload");
        }
    }

    private static IEnumerable<(string Path, string Text, UnixFileMode Mode)> Files(FileTree files, NsmPlan plan, string[] host)
    {
        string unit = UnitOf(plan.Name);
        string[] ports = [.. plan.Ports.Select(port => port.InterfaceName)];
        yield return (PlanPath(plan.Name), PlanJson.Write(plan), Readable);
        yield return ($"{Units}/{unit}", Unit(plan, ports, host), Readable);
        yield return ($"{Units}/multi-user.target.d/zeptadmin-{plan.Name}.conf", $"{Mark}\n[Unit]\nWants={unit}\n", Readable);
        yield return (
            $"/etc/udev/rules.d/90-zeptadmin-{plan.Name}.rules",
            $"{Mark}\n" + string.Concat(ports.Select(port => $"ACTION==\"add|move\", SUBSYSTEM==\"net\", NAME==\"{port}\", TAG+=\"systemd\", ENV{{SYSTEMD_WANTS}}+=\"{unit}\"\n")),
            Readable);
        foreach ((string folder, string variable, string condition) in Hooks)
        {
            if (files.IsFolder(folder[..folder.LastIndexOf('/')]) || files.IsFolder(folder))
            {
                yield return ($"{folder}/90-zeptadmin-{plan.Name.Replace('.', '_')}", Hook(ports, variable, condition, unit), Executable);
            }
        }

        foreach ((string path, string text) in PlanLinkFiles.Of(files, plan, Links, Mark))
        {
            yield return (path, text, Readable);
        }
    }

    // The second argument of NetworkManager's dispatcher is what happened; the others call a folder for each event.
    private static readonly (string Folder, string Variable, string Condition)[] Hooks =
    [
        ("/etc/network/if-up.d", "$IFACE", ""),
        ("/etc/networkd-dispatcher/carrier.d", "$IFACE", ""),
        ("/etc/networkd-dispatcher/degraded.d", "$IFACE", ""),
        ("/etc/networkd-dispatcher/routable.d", "$IFACE", ""),
        ("/etc/NetworkManager/dispatcher.d", "$1", "[ \"$2\" = up ] || exit 0\n"),
    ];

    private static string Hook(string[] ports, string variable, string condition, string unit) =>
        $"#!/bin/sh\n{Mark}\n{condition}case \"{variable}\" in\n{string.Join('|', ports.Select(port => $"'{port}'"))})\n"
        + $"    systemctl --no-block start {unit} ;;\nesac\nexit 0\n";

    private static string Unit(NsmPlan plan, string[] ports, string[] host)
    {
        string devices = string.Join(' ', ports.Select(port => $"sys-subsystem-net-devices-{Escape(port)}.device"));
        string[] command = [.. host[..^1], .. host[^1].EndsWith(';') ? [$"{host[^1]} {Invoke(plan)}"] : new[] { host[^1], Invoke(plan) }];
        return $"{Mark}\n[Unit]\nDescription=Makes the plan '{plan.Name}' of this sensor\n"
            + $"Wants={devices}\nAfter={devices} network-pre.target irqbalance.service\nBefore={Captures}\n\n"
            + "[Service]\nType=oneshot\n"
            + (Environment.GetEnvironmentVariable("ZEPTADMIN_STATE") is { Length: > 0 } state ? $"Environment={Quote($"ZEPTADMIN_STATE={state}")}\n" : "")
            + $"Environment=HOME=/root\nExecStart={string.Join(' ', command.Select(Quote))}\n";
    }

    private static string Invoke(NsmPlan plan) => $"Invoke-NsmPlan {PlanPath(plan.Name)} -Confirm:$false";

    private static string PlanPath(string planName) => $"{Plans}/{planName}.json";

    // systemd.service(5): quotes keep a word together, $ and % are doubled.
    private static string Quote(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '=')
            ? word
            : $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal)}\"";

    // unit_name_escape of systemd: what is no letter, digit, ':', '_' or '.' becomes \xNN.
    private static string Escape(string name)
    {
        StringBuilder escaped = new();
        foreach (byte c in Encoding.UTF8.GetBytes(name))
        {
            bool isPlain = char.IsAsciiLetterOrDigit((char)c) || (char)c is ':' or '_' || ((char)c == '.' && escaped.Length > 0);
            _ = isPlain ? escaped.Append((char)c) : escaped.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{c:x2}");
        }

        return escaped.ToString();
    }

    private static IEnumerable<string> Places(FileTree files, string planName) =>
    [
        PlanPath(planName),
        $"{Units}/{UnitOf(planName)}",
        $"{Units}/multi-user.target.d/zeptadmin-{planName}.conf",
        $"/etc/udev/rules.d/90-zeptadmin-{planName}.rules",
        .. Hooks.Select(hook => $"{hook.Folder}/90-zeptadmin-{planName.Replace('.', '_')}"),
        .. files.List(Links).Where(name => name.StartsWith($"10-zeptadmin-{planName}-", StringComparison.Ordinal)).Select(name => $"{Links}/{name}"),
    ];

    private static bool IsOurs(FileTree files, string path) => files.ReadText(path)?.Contains(Mark, StringComparison.Ordinal) == true;
}
