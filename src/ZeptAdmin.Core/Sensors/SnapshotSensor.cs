using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>A machine that was captured: by Save-NsmSnapshot, or as a plain tree with proc and sys in it, or as an sos report.</summary>
public sealed class SnapshotSensor : Sensor
{
    private readonly Lazy<SnapshotSensor>? _later;

    internal SnapshotSensor(string path, CapturedNode root, DateTimeOffset written)
    {
        Files = new CapturedFileTree(root);
        Manifest = root.Child(SnapshotFormat.Manifest)?.Read() is { IsKnown: true } manifest
            ? SnapshotManifest.Parse(manifest.Bytes.Span, $"{path}: {SnapshotFormat.Manifest}")
            : null;
        Name = Manifest?.HostName ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        Time = Manifest?.Time ?? written;
        string ethtool = Text(root, SnapshotFormat.Ethtool);
        if (SosEthtool.InterfaceNames(Files) is { Length: > 0 } names)
        {
            Files = new CapturedFileTree(new OverlayFolder(InterfaceFolders(names.Where(IsMissing)), root));
            Ethtool = new SosEthtool(Files);
        }
        else
        {
            Ethtool = new RecordedEthtool(ethtool, $"{path}: {SnapshotFormat.Ethtool}");
        }

        Netlink = new RecordedNetlink(Text(root, SnapshotFormat.Netlink), $"{path}: {SnapshotFormat.Netlink}");
        Msr = new RecordedMsr(Text(root, SnapshotFormat.Msr), $"{path}: {SnapshotFormat.Msr}");
        if (Manifest?.LaterTime is DateTimeOffset laterTime && root.Child(SnapshotFormat.Later) is { IsFolder: true } later)
        {
            RecordedEthtool laterEthtool = new($"{ethtool}\n{Text(later, SnapshotFormat.Ethtool)}", $"{path}: {SnapshotFormat.Later}/{SnapshotFormat.Ethtool}");
            _later = new Lazy<SnapshotSensor>(() => new SnapshotSensor(this, new OverlayFolder(later, root), laterEthtool, laterTime));
        }
    }

    private SnapshotSensor(SnapshotSensor first, CapturedNode root, RecordedEthtool ethtool, DateTimeOffset time)
    {
        Files = new CapturedFileTree(root);
        Manifest = first.Manifest;
        Name = first.Name;
        Time = time;
        Ethtool = ethtool;
        Netlink = first.Netlink;
        Msr = first.Msr;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool IsLive => false;

    /// <inheritdoc/>
    public override FileTree Files { get; }

    /// <inheritdoc/>
    public override IEthtoolChannel Ethtool { get; }

    /// <inheritdoc/>
    public override INetlinkChannel Netlink { get; }

    /// <inheritdoc/>
    public override IMsrChannel Msr { get; }

    /// <inheritdoc/>
    public override DateTimeOffset Time { get; }

    /// <inheritdoc/>
    public override Sensor? Later => _later?.Value;

    /// <summary>What a snapshot of Save-NsmSnapshot says about itself; null for other captures.</summary>
    internal SnapshotManifest? Manifest { get; }

    /// <summary>Opens a capture: a folder, or a zip or tar (plain, gzip, bzip2, xz), told by its content.</summary>
    /// <param name="snapshot">Path of it.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="KernelFormatException">It cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static new SnapshotSensor Open(string snapshot, CancellationToken stop = default) =>
        SnapshotCache.Get(Path.GetFullPath(snapshot), stop);

    private bool IsMissing(string name) => Files.ReadLink($"/sys/class/net/{name}") is null && !Files.Exists($"/sys/class/net/{name}/ifindex");

    // sos leaves out most of /sys/class/net; that an interface is there is known from what it asked of it.
    private static MemoryFolder InterfaceFolders(IEnumerable<string> names)
    {
        MemoryFolder folder = new();
        foreach (string name in names)
        {
            _ = folder.TryAdd($"sys/class/net/{name}/ifindex", new MemoryFile(Errno.ENODATA));
        }

        return folder;
    }

    private static string Text(CapturedNode folder, string name) =>
        folder.Child(name)?.Read() is { IsKnown: true } answer ? Encoding.UTF8.GetString(answer.Bytes.Span) : "";
}
