using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Plans;

/// <summary>Takes a plan back by itself when nobody confirms it: for a sensor whose last way in the plan may cut.</summary>
/// <remarks>
/// What takes it back is under way before the first change: a transient timer of systemd, or a process in a session of its own, which waits with
/// everything loaded. A file tells that a plan is pending; who renames it first, the confirmation or the deadline, decides.
/// </remarks>
public static class PlanDeadlines
{
    private const string Systemd = "/run/systemd/system";
    private const string UnitPrefix = "zeptadmin-confirm-";
    private const string Suffix = ".pending.json";
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // The program starts with nothing else of the session, which may be gone by then.
    private static readonly string[] Kept = ["ZEPTADMIN_STATE", "PATH", "HOME", "DOTNET_ROOT", "PSModulePath"];

    private static string Folder => Path.Combine(Path.GetDirectoryName(Journal.DefaultFolder)!, "pending");

    /// <summary>Starts the clock.</summary>
    /// <param name="files">The machine's files.</param>
    /// <param name="host">Program that runs commands of this module, with its arguments up to the command.</param>
    /// <param name="planName">Name of the plan.</param>
    /// <param name="run">Its run.</param>
    /// <param name="within">Time until it is taken back.</param>
    public static Answer<PendingPlan> Start(FileTree files, string[] host, string planName, string run, TimeSpan within)
    {
        PendingPlan pending = new() { Plan = planName, Run = run, Deadline = DateTime.UtcNow + within };
        string file = FileOf(run);
        Refusal Refuse(Errno errno, string detail) => new(errno, "start the clock of the plan", planName) { Capability = "root", Detail = detail };
        try
        {
            _ = Directory.CreateDirectory(Folder, OwnerFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse(e.ToErrno(), $"The folder {Folder} cannot be made.");
        }

        bool hasSystemd = files.Exists(Systemd) && DetachedProcess.Find("systemd-run") is not null;
        string[] words = ["-i", .. Variables(), .. host, Script(file, run, hasSystemd ? TimeSpan.Zero : within)];
        pending = hasSystemd ? pending with { Unit = $"{UnitPrefix}{run.Replace('@', '-')}" } : pending;
        if (files.Replace(file, Bytes(pending)) is not Errno.None and Errno unwritten)
        {
            return Refuse(unwritten, $"The file {file} cannot be written.");
        }

        if (pending.Unit is string unit)
        {
            (int code, string said) = DetachedProcess.Run(
                DetachedProcess.Find("systemd-run")!,
                [
                    "--quiet", "--collect", $"--unit={unit}", $"--description=Takes the plan '{planName}' back unless Confirm-NsmPlan comes",
                    string.Create(CultureInfo.InvariantCulture, $"--on-active={within.TotalSeconds:0.###}"), "--timer-property=AccuracySec=1s", "/usr/bin/env", .. words,
                ]);
            if (code != 0)
            {
                _ = files.Remove(file);
                return Refuse(Errno.EIO, $"systemd-run ended with {code}: {said}");
            }

            return pending;
        }

        Answer<int> started = DetachedProcess.Start("/usr/bin/env", words, "/dev/null");
        if (!started.Try(out int id))
        {
            _ = files.Remove(file);
            return started.Refusal!;
        }

        pending = pending with { ProcessId = id };
        return files.Replace(file, Bytes(pending)) is Errno.None ? pending : Refuse(Errno.EIO, $"The file {file} cannot be written.");
    }

    /// <summary>Plans that are pending, the oldest first.</summary>
    public static PendingPlan[] Pending()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        return
        [
            .. from file in Directory.EnumerateFiles(Folder, "*" + Suffix).Order(StringComparer.Ordinal)
               let pending = Read(file)
               where pending is not null
               orderby pending.Deadline
               select pending,
        ];
    }

    /// <summary>True while the deadline of a run has not come.</summary>
    public static bool IsPending(string run) => File.Exists(FileOf(run));

    /// <summary>Confirms a plan: it stays, and what would have taken it back ends.</summary>
    /// <returns>ENOENT when it was taken back, or confirmed, a moment ago.</returns>
    public static Answer<PendingPlan> Confirm(PendingPlan pending)
    {
        string file = FileOf(pending.Run);
        try
        {
            File.Move(file, file + ".confirmed");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Refusal(e is FileNotFoundException or DirectoryNotFoundException ? Errno.ENOENT : e.ToErrno(), "confirm the plan", pending.Plan)
            {
                Detail = "It is not pending any more: its deadline came, or somebody else confirmed it.",
                Capability = "root",
            };
        }

        // What is left behind now does nothing, so that an end that fails does no harm.
        if (pending.Unit is string unit && DetachedProcess.Find("systemctl") is string systemctl)
        {
            _ = DetachedProcess.Run(systemctl, "stop", $"{unit}.timer");
        }
        else if (pending.ProcessId is int id && File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Contains(pending.Run, StringComparison.Ordinal))
        {
            _ = DetachedProcess.EndGroup(id);
        }

        File.Delete(file + ".confirmed");
        return pending with { IsConfirmed = true };
    }

    // A command of the module, in a language that both hosts know without any other module. Another writer of the journal is waited for.
    private static string Script(string file, string run, TimeSpan wait) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"[System.Threading.Thread]::Sleep({(long)wait.TotalMilliseconds}); [System.IO.File]::Move('{Quoted(file)}', '{Quoted(file)}.undoing'); $ErrorActionPreference = 'Stop'; ")
        + $"for ($i = 0; $i -lt 600; $i++) {{ try {{ Undo-NsmChange -Run '{Quoted(run)}' -Confirm:$false; break }} catch {{ [System.Threading.Thread]::Sleep(500) }} }}; "
        + $"[System.IO.File]::Delete('{Quoted(file)}.undoing')";

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    private static string FileOf(string run) => Path.Combine(Folder, run + Suffix);

    private static IEnumerable<string> Variables() =>
        from name in Kept
        let value = Environment.GetEnvironmentVariable(name)
        where value is { Length: > 0 }
        select $"{name}={value}";

    private static byte[] Bytes(PendingPlan pending) => Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(pending, Formatting.Indented) + "\n");

    private static PendingPlan? Read(string file)
    {
        try
        {
            JObject json = JObject.Parse(File.ReadAllText(file));
            return new PendingPlan
            {
                Plan = (string)json["Plan"]!,
                Run = (string)json["Run"]!,
                Deadline = ((DateTime)json["Deadline"]!).ToUniversalTime(),
                Unit = (string?)json["Unit"],
                ProcessId = (int?)json["ProcessId"],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            return null;
        }
    }
}
