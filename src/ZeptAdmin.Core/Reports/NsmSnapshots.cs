using System.Reflection;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;

namespace ZeptAdmin.Reports;

/// <summary>Saves snapshots of sensors.</summary>
public static class NsmSnapshots
{
    /// <summary>Reads a machine with all readers and writes what they read: beside the place, then moved into it, so that there is never half a file.</summary>
    /// <param name="sensor">The machine; a snapshot gives itself again.</param>
    /// <param name="path">Where to write.</param>
    /// <param name="interval">Time between the two readings of counters; zero for one reading.</param>
    /// <param name="includeHostName">True to keep the host name.</param>
    /// <param name="replace">True to replace a file that is there.</param>
    /// <param name="progress">Called with what is going on and how far it is, in percent.</param>
    /// <param name="stop">Ends it; nothing is left behind.</param>
    /// <exception cref="KernelException">EEXIST when there is a file and it is not to be replaced; else why it cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static SavedSnapshot Save(Sensor sensor, string path, TimeSpan interval, bool includeHostName, bool replace, Action<string, int> progress, CancellationToken stop)
    {
        if (!replace && Path.Exists(path))
        {
            throw Exists(path);
        }

        int steps = SnapshotContents.Steps(sensor.InterfaceNames.Count);
        int done = 0;
        RecordingSensor first = new(sensor, stop);
        SnapshotContents.Read(first, () => progress("Reading the machine", Math.Min(80, 80 * done++ / steps)));
        progress("Reading the counters again", 80);
        RecordingSensor? later = ReadLater(sensor, first, interval, stop);
        progress("Writing", 90);
        SnapshotManifest? before = (sensor as SnapshotSensor)?.Manifest;
        string? hostName = sensor.IsLive ? sensor.Name : before?.HostName;
        SnapshotManifest manifest = new()
        {
            Module = before?.Module ?? Version(),
            Kernel = first.Files.ReadText("/proc/sys/kernel/osrelease") ?? "",
            Time = first.Time,
            LaterTime = later?.Time,
            HostName = includeHostName ? hostName : null,
            Replaced = includeHostName ? [.. SnapshotSecrets.Kinds.Where(kind => kind != "hostName")] : SnapshotSecrets.Kinds,
        };

        // What a snapshot has replaced it would replace again, by other stand-ins.
        SnapshotSecrets? secrets = before is { Replaced.Length: > 0 } ? null : new SnapshotSecrets(includeHostName ? null : hostName) { Masks = SuricataFiles.Masks(first.Files) };
        SortedDictionary<string, byte[]> entries = SnapshotWriter.Render(first, later, manifest, secrets);
        long bytes = Write(path, entries, replace, stop);
        return new SavedSnapshot
        {
            Path = path,
            Bytes = bytes,
            Files = first.SeenFiles.Values.Count(file => file.Answer is { IsKnown: true }),
            Answers = first.EthtoolAnswers.Count + first.NetlinkAnswers.Count,
            Interfaces = sensor.InterfaceNames.Count,
            Refused = first.SeenFiles.Values.Count(file => file.Answer is { } answer && answer.Errno.MeansForbidden())
                + first.EthtoolAnswers.Values.Count(answer => answer.Errno.MeansForbidden())
                + first.NetlinkAnswers.Values.Count(answer => answer.Errno.MeansForbidden()),
            Time = first.Time,
        };
    }

    private static RecordingSensor? ReadLater(Sensor sensor, RecordingSensor first, TimeSpan interval, CancellationToken stop)
    {
        Sensor? again = sensor.IsLive ? sensor : sensor.Later;
        if (again is null || (sensor.IsLive && interval <= TimeSpan.Zero))
        {
            return null;
        }

        if (sensor.IsLive && stop.WaitHandle.WaitOne(interval))
        {
            throw new OperationCanceledException(stop);
        }

        RecordingSensor later = new(again, stop);
        SnapshotContents.ReadCounters(later, first);
        return later;
    }

    private static long Write(string path, SortedDictionary<string, byte[]> entries, bool replace, CancellationToken stop)
    {
        if (replace && LiveFileTree.IsDevice(path))
        {
            throw new KernelException(new Refusal(Errno.EINVAL, "write the snapshot", path) { Detail = LiveFileTree.NotReplaced });
        }

        string aside = Path.Combine(Path.GetDirectoryName(path) ?? "/", $".{Path.GetFileName(path)}.{Environment.ProcessId}.new");
        try
        {
            long length;
            using (FileStream file = new(aside, FileMode.Create, FileAccess.ReadWrite))
            {
                SnapshotWriter.WriteZip(file, entries, stop);
                file.Flush(flushToDisk: true);
                length = file.Length;
            }

            File.Move(aside, path, replace);
            return length;
        }
        catch (UnauthorizedAccessException)
        {
            throw new KernelException(new Refusal(Errno.EACCES, "write the snapshot", path));
        }
        catch (IOException) when (!replace && Path.Exists(path))
        {
            throw Exists(path);
        }
        catch (IOException e)
        {
            // On Unix the result of an IOException is the error number.
            Errno errno = e is DirectoryNotFoundException ? Errno.ENOENT : Enum.IsDefined((Errno)e.HResult) ? (Errno)e.HResult : Errno.EIO;
            throw new KernelException(new Refusal(errno, "write the snapshot", path));
        }
        finally
        {
            Delete(aside);
        }
    }

    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static KernelException Exists(string path) =>
        new(new Refusal(Errno.EEXIST, "write the snapshot", path) { Detail = "-Force replaces it." });

    private static string Version() => typeof(NsmSnapshots).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
