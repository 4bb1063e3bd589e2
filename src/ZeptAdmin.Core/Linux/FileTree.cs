using System.Globalization;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>What a read of a file gave: its bytes, or the error number.</summary>
/// <param name="Bytes">The whole content; empty when it was refused.</param>
/// <param name="Errno">None, or why there is no content.</param>
public readonly record struct FileAnswer(ReadOnlyMemory<byte> Bytes, Errno Errno)
{
    /// <summary>True when the file was read.</summary>
    public bool IsKnown => Errno == Errno.None;
}

/// <summary>A tree with /proc, /sys, /etc and /boot in it: of the running kernel, or captured.</summary>
/// <remarks>
/// Paths start at the root of the tree, with or without a leading slash. Links stay inside the tree.
/// Nothing here throws for what a machine lacks; the absence of a file is an answer.
/// </remarks>
public abstract class FileTree
{
    /// <summary>Reads a whole file.</summary>
    public abstract FileAnswer Read(string path);

    /// <summary>Reads the start of a file, at most so many bytes of it.</summary>
    /// <remarks>A live kernel then makes no more than that: the whole of /proc/cpuinfo takes milliseconds on a large machine.</remarks>
    public virtual FileAnswer ReadStart(string path, int count)
    {
        FileAnswer whole = Read(path);
        return whole.Bytes.Length > count ? whole with { Bytes = whole.Bytes[..count] } : whole;
    }

    /// <summary>Names in a folder, in ordinal order; empty when there is no such folder.</summary>
    public abstract IReadOnlyList<string> List(string path);

    /// <summary>True when a file or folder is there (links followed).</summary>
    public abstract bool Exists(string path);

    /// <summary>True when a folder is there (links followed).</summary>
    public virtual bool IsFolder(string path) => Read(path).Errno == Errno.EISDIR;

    /// <summary>Text of a symbolic link, null when the path is none.</summary>
    public abstract string? ReadLink(string path);

    /// <summary>The path with all links resolved, starting with a slash and inside the tree; null when nothing is there.</summary>
    public abstract string? Resolve(string path);

    /// <summary>Writes a file that is there already, in one call, as the files of /proc and /sys want it; EROFS for a captured tree.</summary>
    public virtual Errno Write(string path, ReadOnlySpan<byte> content) => Errno.EROFS;

    /// <summary>
    /// Puts a file of a disk in the place of another, or where none was, so that a crash leaves the old one or the new one and nothing between;
    /// mode and owner stay (0644 for a new one), a link stays a link. EROFS for a captured tree.
    /// </summary>
    public Errno Replace(string path, ReadOnlySpan<byte> content) => Replace(path, content, mode: null, owner: null);

    /// <summary>The same, with mode and owner of its own; null leaves that of the file before.</summary>
    public virtual Errno Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode, FileOwner? owner) => Errno.EROFS;

    /// <summary>The same, with a mode of its own, and in a folder that is made where it is not there.</summary>
    public Errno Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode) =>
        MakeFolderOf(path) is not Errno.None and Errno refused ? refused : Replace(path, content, mode, owner: null);

    /// <summary>Makes the folder that a file of a disk is to be in, with those above it; EROFS for a captured tree.</summary>
    public virtual Errno MakeFolderOf(string path) => Errno.EROFS;

    /// <summary>Removes a folder of a disk that nothing is in; one with something in it stays.</summary>
    public virtual void RemoveEmptyFolder(string path)
    {
    }

    /// <summary>Removes a file of a disk; EROFS for a captured tree.</summary>
    public virtual Errno Remove(string path) => Errno.EROFS;

    /// <summary>Permission bits of a file; null when nothing is there, or when the tree is a capture, whose bits are not the machine's.</summary>
    public virtual UnixFileMode? Mode(string path) => null;

    /// <summary>User and group of a file; null when nothing is there, or when the tree is a capture.</summary>
    public virtual FileOwner? Owner(string path) => null;

    /// <summary>Text of a file without the white space at its end; null when it is absent or unreadable.</summary>
    public string? ReadText(string path)
    {
        FileAnswer answer = Read(path);
        return answer.IsKnown ? Encoding.UTF8.GetString(answer.Bytes.Span).TrimEnd('\n', ' ', '\t', '\0', '\r') : null;
    }

    /// <summary>Lines of a file; empty when it is absent or unreadable.</summary>
    public string[] ReadLines(string path) => ReadText(path)?.Split('\n') ?? [];

    /// <summary>A decimal number that is the whole file; null when it is absent or something else.</summary>
    public long? ReadInt64(string path) =>
        long.TryParse(ReadText(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>A small decimal number that is the whole file; null when it is absent or something else.</summary>
    public int? ReadInt32(string path) => ReadInt64(path) is long number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    /// <summary>A CPU list (<c>0-3,8</c>) that is the whole file; null when it is absent or something else.</summary>
    public CpuList? ReadCpuList(string path) => CpuList.TryParse(ReadText(path), out CpuList? list) ? list : null;

    /// <summary>Last part of the target of a link: the driver's name behind <c>…/device/driver</c>.</summary>
    public string? ReadLinkName(string path)
    {
        string? link = ReadLink(path);
        return link is null ? null : link.TrimEnd('/')[(link.TrimEnd('/').LastIndexOf('/') + 1)..];
    }
}
