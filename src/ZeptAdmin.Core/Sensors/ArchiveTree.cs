using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Gathers the entries of an archive into a tree in memory, and refuses what no capture of a machine has in it.</summary>
/// <remarks>Nothing is ever extracted to the disk, so a name or a link can at worst mislead a reader; it is refused all the same.</remarks>
/// <param name="archive">Archive, for messages.</param>
/// <param name="limits">How much it may ask for.</param>
/// <param name="root">Where the entries go.</param>
/// <param name="isSnapshot">True for a snapshot of Save-NsmSnapshot: it holds only what readers read, so all of it is kept. Of another tool's archive only the folders that readers use are.</param>
internal sealed class ArchiveTree(string archive, ArchiveLimits limits, MemoryFolder root, bool isSnapshot = false)
{
    private static readonly string[] Marks =
        ["proc", "sys", "sos_commands", SnapshotFormat.Manifest, SnapshotFormat.Values, SnapshotFormat.Ethtool, SnapshotFormat.Netlink, SnapshotFormat.Msr];

    // dev and cgroup: where old machines mount their cpusets, which say what CPUs a process may use.
    private static readonly string[] Kept = [.. Marks, "etc", "boot", "dev", "cgroup", "run", "usr", "opt", "lib", "bin", "sbin", "srv", SnapshotFormat.Later];

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private int _entries;
    private long _keptBytes;

    /// <summary>True when an entry was passed over.</summary>
    public bool HasPassedOver { get; private set; }

    /// <summary>Checks the name of an entry; null when no reader would use it.</summary>
    /// <exception cref="KernelFormatException">The name is hostile, or there are too many.</exception>
    public string? Accept(string name)
    {
        if (++_entries > limits.Entries)
        {
            throw Problem($"it has more than {limits.Entries.ToString(CultureInfo.InvariantCulture)} entries");
        }

        if (name.Length > limits.NameLength)
        {
            throw Problem(name, "has a name that is too long");
        }

        if (name.StartsWith('/'))
        {
            throw Problem(name, "has an absolute name");
        }

        string[] parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (Array.Exists(parts, part => part == ".."))
        {
            throw Problem(name, "leads out of the archive");
        }

        if (name.Contains('\0') || Array.Exists(parts, part => Encoding.UTF8.GetByteCount(part) > limits.PartLength) || parts.Length > limits.Depth)
        {
            throw Problem(name, "has a name that no file can have");
        }

        parts = Array.FindAll(parts, part => part != ".");
        // A folder around the machine may have any name but that of one in it that has a lib and a run of its own.
        if (isSnapshot || IsKept(parts.AsSpan()) || (parts.Length > 1 && parts[0] != "var" && IsKept(parts.AsSpan(1))))
        {
            return string.Join('/', parts);
        }

        HasPassedOver = true;
        return null;
    }

    /// <summary>Counts a file in before its content is read.</summary>
    /// <exception cref="KernelFormatException">It is too much.</exception>
    public void Count(string path, long bytes)
    {
        if (bytes > limits.FileBytes)
        {
            throw Problem(path, $"has more than {limits.FileBytes >> 20} MiB");
        }

        _keptBytes += bytes;
        if (_keptBytes > limits.KeptBytes)
        {
            throw Problem($"its files have more than {limits.KeptBytes >> 20} MiB");
        }
    }

    /// <summary>Adds a file.</summary>
    /// <exception cref="KernelFormatException">There is something of that name.</exception>
    public void AddFile(string path, CapturedNode file) => Add(path, file);

    /// <summary>Adds a folder; one may appear twice.</summary>
    /// <exception cref="KernelFormatException">There is a file of that name.</exception>
    public void AddFolder(string path)
    {
        if (Find(path) is not MemoryFolder)
        {
            Add(path, new MemoryFolder());
        }
    }

    /// <summary>Adds a symbolic link; an absolute one starts at the root of the tree, as in a chroot.</summary>
    /// <exception cref="KernelFormatException">It leads out of the archive, or there is something of that name.</exception>
    public void AddLink(string path, string target)
    {
        int depth = target.StartsWith('/') ? 0 : path.Count(letter => letter == '/');
        foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            depth += part switch { "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                throw Problem(path, "is a link that leads out of the archive");
            }
        }

        if (target.Length is 0 || target.Length > limits.NameLength || target.Contains('\0'))
        {
            throw Problem(path, "is a link to nothing that can be");
        }

        Add(path, new MemoryLink(target));
    }

    /// <summary>Adds a second name of a file that came before.</summary>
    /// <exception cref="KernelFormatException">It came not before, or is no file.</exception>
    public void AddHardLink(string path, string target)
    {
        string clean = string.Join('/', target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));
        Add(path, Find(clean) is MemoryFile file ? file : throw Problem(path, "is a hard link to no file before it"));
    }

    /// <summary>The root of the machine: where proc and sys are, at the top or below one folder.</summary>
    /// <exception cref="KernelFormatException">They are nowhere.</exception>
    public MemoryFolder Finish() => FindRoot(root) ?? throw Problem("there is neither proc nor sys in it, at the top or in one folder");

    /// <summary>The folder that has proc or sys, or what a snapshot has instead: this one, or the only one below it; else null.</summary>
    public static T? FindRoot<T>(T top)
        where T : CapturedNode
    {
        if (IsRoot(top))
        {
            return top;
        }

        T[] below = [.. top.Names.Select(top.Child).OfType<T>().Where(child => child.IsFolder && IsRoot(child)).Take(2)];
        return below.Length == 1 ? below[0] : null;
    }

    /// <summary>The error of the archive.</summary>
    public KernelFormatException Problem(string problem) => new(archive, problem);

    /// <summary>The error of one entry.</summary>
    public KernelFormatException Problem(string entry, string problem) => new(archive, $"the entry '{Printable(entry)}' {problem}");

    private static bool IsRoot(CapturedNode node) => Array.Exists(Marks, name => node.Child(name) is not null);

    // Of what sos ran, only the text about networks is read; logs and databases stay out.
    private static bool IsKept(ReadOnlySpan<string> parts) =>
        parts.Length > 0 && Array.IndexOf(Kept, parts[0]) >= 0 && (parts[0] != "sos_commands" || parts.Length == 1 || parts[1] == "networking");

    private static string Printable(string name)
    {
        string shown = name.Length > 100 ? name[..100] + "…" : name;
        return string.Concat(shown.Select(letter => char.IsControl(letter) ? '?' : letter));
    }

    private CapturedNode? Find(string path)
    {
        CapturedNode? node = root;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node?.Child(part);
        }

        return node;
    }

    private void Add(string path, CapturedNode node)
    {
        // A folder that only stands above others has no entry yet; as a file it would hide them.
        if (!_paths.Add(path) || Find(path) is not null || !root.TryAdd(path, node))
        {
            throw Problem(path, "appears twice");
        }
    }
}
