using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Logs;

/// <summary>A log: a file of this machine, the standard input, or a file of a captured tree; plain, gzip or Zstandard.</summary>
public sealed class LogFile
{
    private readonly FileTree? _tree;

    /// <summary>A log of this machine.</summary>
    /// <param name="path">Its path; <c>-</c> is the standard input.</param>
    public LogFile(string path) => Path = path;

    /// <summary>A log of a captured machine.</summary>
    public LogFile(FileTree tree, string path)
    {
        _tree = tree;
        Path = path;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    /// <exception cref="KernelFormatException">Its compression cannot be read at all.</exception>
    internal CaptureFile Open()
    {
        if (_tree is not null)
        {
            FileAnswer answer = _tree.Read(Path);
            return answer.IsKnown
                ? CaptureFile.Open(Path, new MemoryStream(answer.Bytes.ToArray(), writable: false))
                : throw new KernelException(Refuse(answer.Errno));
        }

        try
        {
            return CaptureFile.Open(Path);
        }
        catch (KernelException e)
        {
            throw new KernelException(Refuse(e.Errno));
        }
    }

    /// <summary>Another log of the same machine; null when there is none at that path.</summary>
    internal LogFile? At(string path) => _tree is null
        ? System.IO.File.Exists(path) ? new LogFile(path) : null
        : _tree.Exists(path) ? new LogFile(_tree, path) : null;

    private Refusal Refuse(Errno errno) => new(errno, "read the rows", Path);
}
