using System.Collections.Concurrent;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Topology;

/// <summary>The captured machines beside the checkout, opened once a run.</summary>
internal static class CapturedMachines
{
    /// <summary>What a theory shows where the captures are not there; such a row skips.</summary>
    public const string Absent = "(none here)";

    private static readonly ConcurrentDictionary<string, Lazy<RememberedFileTree>> Trees = new(StringComparer.Ordinal);
    private static string Fixtures =>
        Environment.GetEnvironmentVariable("ZEPTADMIN_FIXTURES") ?? Path.Combine(Repository.Root, "..", "shared", "fixtures");

    /// <summary>Names of the files of a folder of captures, for theories.</summary>
    public static TheoryData<string> Names(string folder, string extension)
    {
        string path = Path.Combine(Fixtures, folder);
        string[] names = Directory.Exists(path)
            ? [.. Directory.GetFiles(path, "*" + extension).Select(file => Path.GetFileName(file)[..^extension.Length]).Order(StringComparer.Ordinal)]
            : [];
        return new TheoryData<string>(names.Length == 0 ? [Absent] : names);
    }

    /// <summary>The tree of an archive; skips the test where it is not there.</summary>
    public static RememberedFileTree Open(string archive)
    {
        string path = Repository.Captured(archive);
        return Trees.GetOrAdd(path, _ => new Lazy<RememberedFileTree>(() => new RememberedFileTree(Sensor.Open(path).Files))).Value;
    }

    /// <summary>A machine that is nothing but a tree of files.</summary>
    public static Sensor AsSensor(this FileTree files) => new TreeSensor(files);

    private sealed class TreeSensor(FileTree files) : Sensor
    {
        public override string Name => "captured";

        public override bool IsLive => false;

        public override FileTree Files => files;

        public override IEthtoolChannel Ethtool { get; } = new RecordedEthtool("", "none");

        public override INetlinkChannel Netlink { get; } = new RecordedNetlink("", "none");

        public override DateTimeOffset Time => DateTimeOffset.UnixEpoch;
    }
}

/// <summary>Remembers every answer of a tree, and lets one file of it be missing or broken.</summary>
internal sealed class RememberedFileTree(FileTree inner) : FileTree
{
    private readonly ConcurrentDictionary<string, FileAnswer> _reads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _lists = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _exists = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string?> _links = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string?> _resolved = new(StringComparer.Ordinal);

    /// <summary>Files that were read so far and are there, in ordinal order.</summary>
    public string[] FilesRead => [.. _reads.Where(read => read.Value.IsKnown).Select(read => read.Key).Order(StringComparer.Ordinal)];

    public override FileAnswer Read(string path) => _reads.GetOrAdd(path, inner.Read);

    public override IReadOnlyList<string> List(string path) => _lists.GetOrAdd(path, inner.List);

    public override bool Exists(string path) => _exists.GetOrAdd(path, inner.Exists);

    public override string? ReadLink(string path) => _links.GetOrAdd(path, inner.ReadLink);

    public override string? Resolve(string path) => _resolved.GetOrAdd(path, inner.Resolve);

    /// <summary>The same tree with other content for one file; null removes it.</summary>
    public FileTree With(string path, byte[]? content) => new Changed(this, path, content);

    private sealed class Changed(FileTree inner, string changed, byte[]? content) : FileTree
    {
        public override FileAnswer Read(string path) =>
            path != changed ? inner.Read(path) : content is null ? new FileAnswer(default, Errno.ENOENT) : new FileAnswer(content, Errno.None);

        public override IReadOnlyList<string> List(string path) =>
            content is null && changed.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal)
                ? [.. inner.List(path).Where(name => $"{path.TrimEnd('/')}/{name}" != changed)]
                : inner.List(path);

        public override bool Exists(string path) => (path != changed || content is not null) && inner.Exists(path);

        public override string? ReadLink(string path) => inner.ReadLink(path);

        public override string? Resolve(string path) => inner.Resolve(path);
    }
}
