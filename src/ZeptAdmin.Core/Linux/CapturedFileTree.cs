using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>A captured tree: nodes from a folder or an archive. Links are resolved here and cannot leave it.</summary>
public sealed class CapturedFileTree : FileTree
{
    // As MAXSYMLINKS of the kernel (include/linux/namei.h).
    private const int MostLinks = 40;

    private readonly CapturedNode _root;

    /// <summary>Makes a tree of a root folder.</summary>
    public CapturedFileTree(CapturedNode root) => _root = root;

    /// <inheritdoc/>
    public override FileAnswer Read(string path)
    {
        CapturedNode? node = Find(path, followLast: true, out _);
        return node switch
        {
            null => new FileAnswer(default, Errno.ENOENT),
            { IsFolder: true } => new FileAnswer(default, Errno.EISDIR),
            _ => node.Read(),
        };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> List(string path) => Find(path, followLast: true, out _)?.Names ?? [];

    /// <inheritdoc/>
    public override bool Exists(string path) => Find(path, followLast: true, out _) is not null;

    /// <inheritdoc/>
    public override bool IsFolder(string path) => Find(path, followLast: true, out _) is { IsFolder: true };

    /// <inheritdoc/>
    public override string? ReadLink(string path) => Find(path, followLast: false, out _)?.LinkTarget;

    /// <inheritdoc/>
    public override string? Resolve(string path) => Find(path, followLast: true, out string resolved) is null ? null : resolved;

    private CapturedNode? Find(string path, bool followLast, out string resolved)
    {
        // A walk with an explicit stack of what is still to be looked up, as the kernel's link_path_walk.
        List<(string Name, CapturedNode Node)> trail = [];
        Stack<string> pending = new();
        Push(pending, path);
        int links = 0;
        while (pending.TryPop(out string? part))
        {
            if (part == "..")
            {
                if (trail.Count > 0)
                {
                    trail.RemoveAt(trail.Count - 1);
                }

                continue;
            }

            CapturedNode folder = trail.Count == 0 ? _root : trail[^1].Node;
            CapturedNode? next = folder.Child(part);
            if (next is null)
            {
                resolved = "";
                return null;
            }

            if (next.LinkTarget is string target && (followLast || pending.Count > 0))
            {
                if (++links > MostLinks)
                {
                    resolved = "";
                    return null;
                }

                if (target.StartsWith('/'))
                {
                    trail.Clear();
                }

                Push(pending, target);
                continue;
            }

            trail.Add((part, next));
        }

        StringBuilder text = new();
        foreach ((string name, _) in trail)
        {
            _ = text.Append('/').Append(name);
        }

        resolved = text.Length == 0 ? "/" : text.ToString();
        return trail.Count == 0 ? _root : trail[^1].Node;
    }

    private static void Push(Stack<string> pending, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i] != ".")
            {
                pending.Push(parts[i]);
            }
        }
    }
}

/// <summary>One file, folder or link of a <see cref="CapturedFileTree"/>.</summary>
public abstract class CapturedNode
{
    /// <summary>True for a folder.</summary>
    public virtual bool IsFolder => false;

    /// <summary>Text of a link; null for files and folders.</summary>
    public virtual string? LinkTarget => null;

    /// <summary>Names in a folder, in ordinal order.</summary>
    public virtual IReadOnlyList<string> Names => [];

    /// <summary>An entry of a folder; null when it has none of that name.</summary>
    public virtual CapturedNode? Child(string name) => null;

    /// <summary>Content of a file.</summary>
    public virtual FileAnswer Read() => new(default, Errno.EISDIR);
}
