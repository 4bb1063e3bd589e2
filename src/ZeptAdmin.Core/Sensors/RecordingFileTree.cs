using System.Text.RegularExpressions;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Passes a tree through and keeps what was asked of it, so that a replay answers the same questions the same way.</summary>
/// <remarks>A file is read once: all readers of one recording see the same state. Links on the way are kept, so that paths resolve again.</remarks>
/// <param name="inner">The tree that answers.</param>
/// <param name="stop">Ends the recording.</param>
internal sealed partial class RecordingFileTree(FileTree inner, CancellationToken stop) : FileTree
{
    // As MAXSYMLINKS of the kernel (include/linux/namei.h).
    private const int MostLinks = 40;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string?> _links = new(StringComparer.Ordinal);

    /// <summary>What was seen, by its path without links.</summary>
    public SortedDictionary<string, SeenFile> Seen { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override FileAnswer Read(string path)
    {
        stop.ThrowIfCancellationRequested();
        lock (_gate)
        {
            string place = Walk(path, followLast: true);
            if (Seen.TryGetValue(place, out SeenFile? before) && before.Answer is FileAnswer known)
            {
                return known;
            }

            FileAnswer answer = inner.Read(place);
            if (answer.Errno is Errno.EISDIR)
            {
                Note(place, SeenFile.Folder);
            }
            else if (answer.Errno is not (Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP))
            {
                // What a snapshot has not read is no refusal of the machine: it stays unread.
                Seen[place] = answer.Errno == Errno.ENODATA ? SeenFile.Unread : new SeenFile { Answer = answer };
            }

            return answer;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> List(string path)
    {
        stop.ThrowIfCancellationRequested();
        lock (_gate)
        {
            string place = Walk(path, followLast: true);
            IReadOnlyList<string> names = inner.List(place);
            if (names.Count > 0 || inner.IsFolder(place))
            {
                Note(place, SeenFile.Folder);
            }

            foreach (string name in names)
            {
                string child = place == "/" ? $"/{name}" : $"{place}/{name}";
                if (LinkAt(child) is null)
                {
                    Note(child, inner.IsFolder(child) ? SeenFile.Folder : SeenFile.Unread);
                }
            }

            return names;
        }
    }

    /// <inheritdoc/>
    public override bool Exists(string path)
    {
        lock (_gate)
        {
            string place = Walk(path, followLast: true);
            bool exists = inner.Exists(place);
            if (exists)
            {
                Note(place, inner.IsFolder(place) ? SeenFile.Folder : SeenFile.Unread);
            }

            return exists;
        }
    }

    /// <inheritdoc/>
    public override bool IsFolder(string path) => Exists(path) && inner.IsFolder(path);

    /// <inheritdoc/>
    public override string? ReadLink(string path)
    {
        lock (_gate)
        {
            return LinkAt(Walk(path, followLast: false));
        }
    }

    /// <inheritdoc/>
    public override string? Resolve(string path)
    {
        lock (_gate)
        {
            return Exists(path) ? Walk(path, followLast: true) : null;
        }
    }

    private void Note(string place, SeenFile seen)
    {
        if (place != "/")
        {
            _ = Seen.TryAdd(place, seen);
        }
    }

    // The path without links, as a reader inside the tree would reach it; what does not exist is taken as it is written.
    private string Walk(string path, bool followLast)
    {
        List<string> trail = [];
        Stack<string> pending = new(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        int links = 0;
        while (pending.TryPop(out string? part))
        {
            if (part == "..")
            {
                trail.RemoveRange(Math.Max(0, trail.Count - 1), Math.Min(1, trail.Count));
                continue;
            }

            if (part == ".")
            {
                continue;
            }

            trail.Add(part);
            if ((pending.Count == 0 && !followLast) || LinkAt("/" + string.Join('/', trail)) is not string target || ++links > MostLinks)
            {
                continue;
            }

            trail.RemoveAt(trail.Count - 1);
            if (target.StartsWith('/'))
            {
                trail.Clear();
            }

            foreach (string next in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                pending.Push(next);
            }
        }

        return "/" + string.Join('/', trail);
    }

    private string? LinkAt(string place)
    {
        // /proc/net and /proc/self lead to the process that looks; their names are what stays. What a process has open is no way to go.
        if (place.StartsWith("/proc/", StringComparison.Ordinal) && !OpenFile().IsMatch(place))
        {
            return null;
        }

        if (!_links.TryGetValue(place, out string? target))
        {
            target = inner.ReadLink(place);
            _links[place] = target;
            if (target is not null)
            {
                Seen[place] = new SeenFile { Link = target };
            }
        }

        return target;
    }

    [GeneratedRegex("^/proc/[0-9]+/fd/[0-9]+$")]
    private static partial Regex OpenFile();
}

/// <summary>What a recording saw at one path.</summary>
internal sealed record SeenFile
{
    /// <summary>A folder.</summary>
    public static SeenFile Folder { get; } = new() { IsFolder = true };

    /// <summary>A file that nobody read.</summary>
    public static SeenFile Unread { get; } = new();

    /// <summary>True for a folder.</summary>
    public bool IsFolder { get; private init; }

    /// <summary>Target of a link; null when it is none.</summary>
    public string? Link { get; init; }

    /// <summary>What reading gave; null when nobody read.</summary>
    public FileAnswer? Answer { get; init; }
}
