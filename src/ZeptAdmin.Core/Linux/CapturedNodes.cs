namespace ZeptAdmin.Linux;

/// <summary>A folder held in memory; what archives are read into.</summary>
public sealed class MemoryFolder : CapturedNode
{
    private readonly Dictionary<string, CapturedNode> _children = new(StringComparer.Ordinal);
    private string[]? _names;

    /// <inheritdoc/>
    public override bool IsFolder => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names
    {
        get
        {
            if (_names is null)
            {
                string[] names = [.. _children.Keys];
                Array.Sort(names, StringComparer.Ordinal);
                _names = names;
            }

            return _names;
        }
    }

    /// <inheritdoc/>
    public override CapturedNode? Child(string name) => _children.GetValueOrDefault(name);

    /// <summary>Puts an entry at a path below this folder and makes the folders between; one that is there already is replaced.</summary>
    /// <returns>False when a file or link stands where the path needs a folder; nothing is added then.</returns>
    public bool TryAdd(string path, CapturedNode node)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        MemoryFolder folder = this;
        for (int i = 0; i < parts.Length - 1; i++)
        {
            CapturedNode? next = folder._children.GetValueOrDefault(parts[i]);
            if (next is null)
            {
                next = new MemoryFolder();
                folder._children[parts[i]] = next;
                folder._names = null;
            }
            else if (next is not MemoryFolder)
            {
                return false;
            }

            folder = (MemoryFolder)next;
        }

        if (parts.Length > 0)
        {
            folder._children[parts[^1]] = node;
            folder._names = null;
        }

        return true;
    }
}

/// <summary>A file held in memory, or the error number that its capture met.</summary>
public sealed class MemoryFile : CapturedNode
{
    private readonly FileAnswer _content;

    /// <summary>A file whose content is here.</summary>
    public MemoryFile(ReadOnlyMemory<byte> content) => _content = new FileAnswer(content, Errno.None);

    /// <summary>A file that could not be read when it was captured.</summary>
    public MemoryFile(Errno errno) => _content = new FileAnswer(default, errno);

    /// <inheritdoc/>
    public override FileAnswer Read() => _content;
}

/// <summary>A symbolic link held in memory.</summary>
/// <param name="target">Text of the link.</param>
public sealed class MemoryLink(string target) : CapturedNode
{
    /// <inheritdoc/>
    public override string? LinkTarget { get; } = target;
}

/// <summary>A folder of this machine's disk that holds a captured tree; entries are looked at when asked for.</summary>
/// <param name="path">Where the folder is.</param>
public sealed class DiskFolder(string path) : CapturedNode
{
    // What an entry is does not change while a capture is read, and every path is walked from the root.
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, CapturedNode?> _children = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool IsFolder => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names
    {
        get
        {
            try
            {
                string[] names = [.. new DirectoryInfo(path).EnumerateFileSystemInfos().Select(entry => entry.Name)];
                Array.Sort(names, StringComparer.Ordinal);
                return names;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }

    /// <inheritdoc/>
    public override CapturedNode? Child(string name) => _children.GetOrAdd(name, Look);

    private CapturedNode? Look(string name)
    {
        string child = Path.Combine(path, name);
        return RegularFile.Type(child) switch
        {
            (Errno.None, RegularFile.S_IFLNK) => Link(child),
            (Errno.None, RegularFile.S_IFDIR) => new DiskFolder(child),
            (Errno.None, _) => new DiskFile(child),
            _ => null,
        };
    }

    private static MemoryLink? Link(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget is string target ? new MemoryLink(target) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A file of a captured tree on this machine's disk.</summary>
/// <param name="path">Where the file is.</param>
public sealed class DiskFile(string path) : CapturedNode
{
    /// <inheritdoc/>
    public override FileAnswer Read() => RegularFile.Read(path);
}

/// <summary>A folder over another: what the upper one lacks comes from the lower one.</summary>
/// <param name="upper">Looked at first.</param>
/// <param name="lower">Looked at where the upper one has nothing.</param>
public sealed class OverlayFolder(CapturedNode upper, CapturedNode lower) : CapturedNode
{
    /// <inheritdoc/>
    public override bool IsFolder => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => [.. upper.Names.Union(lower.Names).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public override CapturedNode? Child(string name) => (upper.Child(name), lower.Child(name)) switch
    {
        ({ IsFolder: true } above, { IsFolder: true } below) => new OverlayFolder(above, below),
        ({ } above, _) => above,
        (null, var below) => below,
    };
}
