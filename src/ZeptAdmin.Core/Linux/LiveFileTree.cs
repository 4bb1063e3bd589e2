using System.Runtime.InteropServices;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>The files of the running kernel.</summary>
/// <remarks>
/// Plain open, read and close into a buffer of the thread: a sysfs attribute costs about a third of what
/// <see cref="File.ReadAllText(string)"/> takes, and Get-NsmTopology reads thousands.
/// </remarks>
public sealed partial class LiveFileTree : FileTree
{
    private const int O_RDONLY = 0;
    private const int O_WRONLY = 1;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;

    [ThreadStatic]
    private static byte[]? _buffer;

    /// <inheritdoc/>
    public override FileAnswer Read(string path) => Read(path, int.MaxValue);

    /// <inheritdoc/>
    public override FileAnswer ReadStart(string path, int count) => Read(path, count);

    /// <summary>Reads a file of this machine, at most so many bytes.</summary>
    internal static FileAnswer Read(string path, int most)
    {
        int descriptor = OpenToRead(Rooted(path));
        if (descriptor < 0)
        {
            return new FileAnswer(default, LastErrno());
        }

        byte[] buffer = _buffer ??= new byte[16384];
        try
        {
            int length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 4);
                }

                int wanted = Math.Min(buffer.Length, most) - length;
                nint count;
                unsafe
                {
                    fixed (byte* target = &buffer[length])
                    {
                        count = ReadFile(descriptor, target, (nuint)wanted);
                    }
                }

                if (count == 0)
                {
                    return new FileAnswer(buffer.AsSpan(0, length).ToArray(), Errno.None);
                }

                if (count < 0)
                {
                    Errno errno = LastErrno();
                    if (errno != Errno.EINTR)
                    {
                        return new FileAnswer(default, errno);
                    }
                }
                else
                {
                    length += (int)count;
                }
            }
        }
        finally
        {
            _ = CloseFile(descriptor);
        }
    }

    /// <inheritdoc/>
    public override unsafe Errno Write(string path, ReadOnlySpan<byte> content)
    {
        int descriptor = OpenFile(Rooted(path), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        if (descriptor < 0)
        {
            return LastErrno();
        }

        try
        {
            fixed (byte* source = content)
            {
                // The kernel parses one write as one value, so a short write is a refusal.
                nint count = WriteFile(descriptor, source, (nuint)content.Length);
                return count == content.Length ? Errno.None : count < 0 ? LastErrno() : Errno.EIO;
            }
        }
        finally
        {
            _ = CloseFile(descriptor);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> List(string path)
    {
        try
        {
            string[] names = [.. new DirectoryInfo(Rooted(path)).EnumerateFileSystemInfos().Select(entry => entry.Name)];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public override bool Exists(string path) => Path.Exists(Rooted(path));

    /// <inheritdoc/>
    public override bool IsFolder(string path) => Directory.Exists(Rooted(path));

    /// <inheritdoc/>
    public override string? ReadLink(string path)
    {
        try
        {
            return new FileInfo(Rooted(path)).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override UnixFileMode? Mode(string path)
    {
        try
        {
            // -1 stands for a file that is not there.
            UnixFileMode mode = new FileInfo(Rooted(path)).UnixFileMode;
            return (int)mode == -1 ? null : mode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override string? Resolve(string path)
    {
        unsafe
        {
            byte* resolved = RealPath(Rooted(path), null);
            if (resolved is null)
            {
                return null;
            }

            string text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(resolved));
            NativeMemory.Free(resolved);
            return text;
        }
    }

    /// <summary>Opens a file, or a pipe without waiting for who writes to it; below 0 with the reason as last error where it cannot be.</summary>
    internal static int OpenToRead(string path) => OpenFile(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;

    private static Errno LastErrno() => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadFile(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteFile(int descriptor, byte* content, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFile(int descriptor);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* RealPath(string path, byte* resolved);
}
