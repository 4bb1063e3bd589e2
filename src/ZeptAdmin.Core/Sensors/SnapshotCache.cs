using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>The captures opened last, so that several commands on one snapshot read it once.</summary>
internal static class SnapshotCache
{
    private const int Most = 4;

    private static readonly Lock Gate = new();
    private static readonly List<(string Path, long Length, DateTime Written, SnapshotSensor Sensor)> Opened = [];

    /// <summary>Opens a capture, or gives the one that was opened before if the file is still the same.</summary>
    /// <exception cref="KernelFormatException">It cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SnapshotSensor Get(string path, CancellationToken stop)
    {
        // A folder is read as it is asked for, and can change any moment.
        if (Directory.Exists(path))
        {
            return SnapshotFormat.OpenFolder(path);
        }

        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new KernelFormatException(path, "there is no such snapshot");
        }

        (long length, DateTime written) = (file.Length, file.LastWriteTimeUtc);
        lock (Gate)
        {
            int index = Opened.FindIndex(entry => entry.Path == path && entry.Length == length && entry.Written == written);
            if (index >= 0)
            {
                (string, long, DateTime, SnapshotSensor Sensor) found = Opened[index];
                Opened.RemoveAt(index);
                Opened.Add(found);
                return found.Sensor;
            }
        }

        SnapshotSensor sensor = SnapshotFormat.OpenArchive(path, stop);
        lock (Gate)
        {
            _ = Opened.RemoveAll(entry => entry.Path == path);
            Opened.Add((path, length, written, sensor));
            if (Opened.Count > Most)
            {
                Opened.RemoveAt(0);
            }
        }

        return sensor;
    }
}
