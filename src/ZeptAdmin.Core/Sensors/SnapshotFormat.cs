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
        AddValues(path, root, ArchiveLimits.Default);
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
            MemoryFolder whole = new();
            Copy(root, "", new ArchiveTree(path, ArchiveLimits.Default, whole));
            AddValues(path, whole, ArchiveLimits.Default);
            root = whole;
        }

        return new SnapshotSensor(path, root, written);
    }

    private static void AddValues(string path, MemoryFolder root, ArchiveLimits limits)
    {
        AddValues(root.Child(Values), $"{path}: {Values}", root, limits);
        if (root.Child(Later) is MemoryFolder later)
        {
            AddValues(later.Child(Values), $"{path}: {Later}/{Values}", later, limits);
        }
    }

    private static void AddValues(CapturedNode? file, string source, MemoryFolder root, ArchiveLimits limits)
    {
        if (file?.Read() is { IsKnown: true } answer)
        {
            SnapshotValues.Read(Encoding.UTF8.GetString(answer.Bytes.Span), source, new ArchiveTree(source, limits, root));
        }
    }

    private static void Copy(CapturedNode folder, string prefix, ArchiveTree tree)
    {
        foreach (string name in folder.Names)
        {
            if (folder.Child(name) is not CapturedNode node)
            {
                continue;
            }

            if (tree.Accept(prefix + name) is not string path)
            {
                // No reader asks for the folder, but one may ask for a file in it: a suricata.yaml is anywhere.
                if (node.IsFolder)
                {
                    Copy(node, $"{prefix}{name}/", tree);
                }

                continue;
            }

            if (node.LinkTarget is string target)
            {
                tree.AddLink(path, target);
            }
            else if (node.IsFolder)
            {
                tree.AddFolder(path);
                Copy(node, path + "/", tree);
            }
            else
            {
                tree.AddFile(path, node);
            }
        }
    }
}
