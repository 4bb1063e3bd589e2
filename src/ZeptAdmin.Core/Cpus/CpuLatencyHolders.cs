using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>A process that Start-CpuLatencyLimit left behind: <c>tail</c>, which wrote the limit into the device and holds it open.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="Microseconds">The limit that it holds.</param>
/// <param name="Unit">Its unit of systemd; null when it has none.</param>
internal sealed record CpuLatencyHolder(int ProcessId, int Microseconds, string? Unit);

/// <summary>Finds, starts and ends what holds the machine's limit of latency.</summary>
/// <remarks>
/// The limit stands as long as a process has the device open, so it needs one that outlives the session: <c>tail -c +1 -f FILE</c> with the
/// device as its output writes the four bytes of the file and waits, asleep, for more. Its command line names the limit, so that a kill at any
/// point leaves nothing that cannot be found again.
/// </remarks>
internal static class CpuLatencyHolders
{
    private const string Prefix = "/run/zeptadmin-cpu-latency-";
    private const string UnitPrefix = "zeptadmin-cpu-latency-";
    private const string Systemd = "/run/systemd/system";
    private const int LongestLine = 256;
    private const int LongestWaitMilliseconds = 5000;
    private const int StepMilliseconds = 10;

    /// <summary>Holders that are alive.</summary>
    public static IEnumerable<CpuLatencyHolder> Find(FileTree files)
    {
        foreach (int id in ProcessFolders.Ids(files))
        {
            FileAnswer line = files.ReadStart($"/proc/{id}/cmdline", LongestLine);
            string[] words = line.IsKnown ? Encoding.UTF8.GetString(line.Bytes.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];
            if (words is [_, "-c", "+1", "-f", string file]
                && file.StartsWith(Prefix, StringComparison.Ordinal)
                && int.TryParse(file.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int microseconds)
                && files.ReadLink($"/proc/{id}/fd/1") is null or CpuLatencyLimits.Device)
            {
                yield return new CpuLatencyHolder(id, microseconds, UnitOf(files, id));
            }
        }
    }

    /// <summary>All processes that hold the device open, ours or not; those of others are seen by root only.</summary>
    public static IEnumerable<(int Id, string Name)> Processes(FileTree files) =>
        from id in ProcessFolders.Ids(files)
        where files.List($"/proc/{id}/fd").Any(descriptor => files.ReadLink($"/proc/{id}/fd/{descriptor}") == CpuLatencyLimits.Device)
        select (id, ProcessFolders.Name(files, id) ?? "");

    /// <summary>Starts a holder and waits until its limit stands.</summary>
    public static Refusal? Start(FileTree files, int microseconds)
    {
        string file = Prefix + microseconds.ToString(CultureInfo.InvariantCulture);
        Refusal Refuse(Errno errno, string detail) => new(errno, "hold the limit", CpuLatencyLimits.Device) { Capability = "root", Detail = detail };
        if (CpuLatencyLimits.Read(files).Errno is not Errno.None and Errno errno)
        {
            return Refuse(errno, "Without this device, limit the CPUs with -Cpu.");
        }

        if (DetachedProcess.Find("tail") is not string tail)
        {
            return Refuse(Errno.ENOENT, "The program tail, which would hold the device open, is not installed.");
        }

        byte[] value = BitConverter.GetBytes(microseconds);
        if (files.Replace(file, value) is not Errno.None and Errno unwritten)
        {
            return Refuse(unwritten, $"The file {file} cannot be written.");
        }

        string[] arguments = ["-c", "+1", "-f", file];
        if (files.Exists(Systemd) && DetachedProcess.Find("systemd-run") is string systemd)
        {
            (int code, string said) = DetachedProcess.Run(
                systemd,
                [
                    "--quiet", "--collect", $"--unit={UnitPrefix}{microseconds.ToString(CultureInfo.InvariantCulture)}",
                    "--description=Limit of CPU wake-up latency (Start-CpuLatencyLimit)",
                    $"--property=StandardOutput=file:{CpuLatencyLimits.Device}", "--property=Restart=on-failure", tail, .. arguments,
                ]);
            if (code != 0)
            {
                return Refuse(Errno.EIO, $"systemd-run ended with {code}: {said}");
            }
        }
        else if (DetachedProcess.Start(tail, arguments, CpuLatencyLimits.Device).Refusal is Refusal refusal)
        {
            return refusal;
        }

        return WaitUntil(() => Find(files).Any(holder => holder.Microseconds == microseconds) && CpuLatencyLimits.Read(files).Microseconds <= microseconds)
            ? null
            : Refuse(Errno.ETIMEDOUT, "The process that should hold it did not come up.");
    }

    /// <summary>Ends a holder and waits until it is gone.</summary>
    public static Refusal? End(FileTree files, CpuLatencyHolder holder)
    {
        Refusal Refuse(Errno errno, string? detail) =>
            new(errno, "end the holder of the limit", string.Create(CultureInfo.InvariantCulture, $"process {holder.ProcessId}")) { Capability = "root", Detail = detail };
        if (holder.Unit is string unit && DetachedProcess.Find("systemctl") is string systemctl)
        {
            (int code, string said) = DetachedProcess.Run(systemctl, "stop", unit);
            if (code != 0)
            {
                return Refuse(Errno.EIO, $"systemctl stop {unit} ended with {code}: {said}");
            }
        }
        else if (DetachedProcess.End(holder.ProcessId) is not Errno.None and Errno errno)
        {
            return Refuse(errno, null);
        }

        if (!WaitUntil(() => Find(files).All(other => other.ProcessId != holder.ProcessId)))
        {
            return Refuse(Errno.ETIMEDOUT, "It does not end.");
        }

        if (Find(files).All(other => other.Microseconds != holder.Microseconds))
        {
            _ = files.Remove(Prefix + holder.Microseconds.ToString(CultureInfo.InvariantCulture));
        }

        return null;
    }

    // 0::/system.slice/zeptadmin-cpu-latency-20.service
    private static string? UnitOf(FileTree files, int id) =>
        files.ReadLines($"/proc/{id}/cgroup")
            .Select(line => line[(line.LastIndexOf('/') + 1)..])
            .FirstOrDefault(name => name.StartsWith(UnitPrefix, StringComparison.Ordinal) && name.EndsWith(".service", StringComparison.Ordinal));

    private static bool WaitUntil(Func<bool> holds)
    {
        for (int waited = 0; waited < LongestWaitMilliseconds; waited += StepMilliseconds)
        {
            if (holds())
            {
                return true;
            }

            Thread.Sleep(StepMilliseconds);
        }

        return holds();
    }
}
