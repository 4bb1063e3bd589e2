using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>What a capture is made of, and how each kind of it becomes a <see cref="SnapshotSensor"/>.</summary>
internal static class SnapshotFormat
{
    /// <summary>What a snapshot says about itself (<see cref="SnapshotManifest"/>).</summary>
    public const string Manifest = "manifest.json";

    /// <summary>Small files, links and refusals (<see cref="SnapshotValues"/>).</summary>
    public const string Values = "values.txt";

    /// <summary>Answers of drivers (<see cref="RecordedEthtool"/>).</summary>
    public const string Ethtool = "ethtool.txt";

    /// <summary>Answers of generic netlink families (<see cref="RecordedNetlink"/>).</summary>
    public const string Netlink = "netlink.txt";

    /// <summary>Registers of processors (<see cref="RecordedMsr"/>).</summary>
    public const string Msr = "msr.txt";

    /// <summary>Folder with the counters as they were a moment later: the same layout again.</summary>
    public const string Later = "later";

    /// <summary>Opens a capture that is a file.</summary>
    public static SnapshotSensor OpenArchive(string path, CancellationToken stop)
    {
        MemoryFolder root = SnapshotArchive.Read(path, ArchiveLimits.Default, stop);
        AddValues(path, root, root);
        return new SnapshotSensor(path, root, new DateTimeOffset(File.GetLastWriteTimeUtc(path)));
    }

    /// <summary>Opens a capture that is a folder.</summary>
    public static SnapshotSensor OpenFolder(string path)
    {
        DateTimeOffset written = new(Directory.GetLastWriteTimeUtc(path));
        CapturedNode root = ArchiveTree.FindRoot<CapturedNode>(new DiskFolder(path))
            ?? throw new KernelFormatException(path, "there is neither proc nor sys in it, at the top or in one folder");
        if (root.Child(Values) is not null)
        {
            // An unpacked snapshot: its lines and its files are one tree.
            MemoryFolder lines = new();
            AddValues(path, root, lines);
            root = new OverlayFolder(lines, root);
        }

        return new SnapshotSensor(path, root, written);
    }

    // The lines of a folder go below the same folder of the target, which may be that tree itself.
    private static void AddValues(string path, CapturedNode root, MemoryFolder target)
    {
        AddValues(root.Child(Values), $"{path}: {Values}", target);
        if (root.Child(Later) is { IsFolder: true } later)
        {
            if (target.Child(Later) is not MemoryFolder laterTarget)
            {
                laterTarget = new MemoryFolder();
                _ = target.TryAdd(Later, laterTarget);
            }

            AddValues(later.Child(Values), $"{path}: {Later}/{Values}", laterTarget);
        }
    }

    private static void AddValues(CapturedNode? file, string source, MemoryFolder target)
    {
        if (file?.Read() is { IsKnown: true } answer)
        {
            SnapshotValues.Read(Encoding.UTF8.GetString(answer.Bytes.Span), source, new ArchiveTree(source, ArchiveLimits.Default, target, isSnapshot: true));
        }
    }
}
