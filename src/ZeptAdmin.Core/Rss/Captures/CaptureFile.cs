using Microsoft.Win32.SafeHandles;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Rss.Captures;

/// <summary>Opens captures and logs: plain, gzip or Zstandard by their first bytes, and the standard input as <c>-</c>.</summary>
internal sealed class CaptureFile : IDisposable
{
    /// <summary>The name of the standard input.</summary>
    public const string StandardInput = "-";

    private readonly Stream _file;

    private CaptureFile(Stream file, Stream content, byte[] start)
    {
        _file = file;
        Content = content;
        Start = start;
    }

    /// <summary>What is in it, decompressed.</summary>
    public Stream Content { get; }

    /// <summary>First bytes of <see cref="Content"/>, which still come out of it.</summary>
    public byte[] Start { get; }

    /// <summary>Bytes of the file; 0 when it does not say (a pipe).</summary>
    public long Length => _file.CanSeek ? _file.Length : 0;

    /// <summary>Bytes of the file that were read; 0 when it does not say.</summary>
    public long Position
    {
        get => _file.CanSeek ? _file.Position : 0;
        set => _file.Position = value;
    }

    /// <summary>The file where its content stands in it as it is, so that it can be read at any place; null otherwise.</summary>
    public SafeFileHandle? Handle => ReferenceEquals(_file, Content) && _file is FileStream { CanSeek: true, Length: > 0 } file ? file.SafeFileHandle : null;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path, or <c>-</c>.</param>
    /// <param name="stop">Ends what waits for more (a pipe, a device, the standard input), as if there were no more.</param>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    /// <exception cref="KernelFormatException">Its compression cannot be read at all.</exception>
    public static CaptureFile Open(string path, CancellationToken stop = default) =>
        Open(path, path == StandardInput ? PipeStream.OfStandardInput(stop) : LiveFileTree.IsDevice(path) ? OpenPipe(path, stop) : OpenFile(path));

    /// <summary>Reads a file that is open already, and closes it.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="file">The file, at its start.</param>
    /// <exception cref="KernelFormatException">Its compression cannot be read at all.</exception>
    public static CaptureFile Open(string path, Stream file)
    {
        try
        {
            (Stream whole, byte[] start) = Peek(file, 4);
            Stream content = start switch
            {
                [0x1F, 0x8B, ..] => new GzipContent(whole),

                // A frame, or one that is to be skipped, with which pzstd begins (RFC 8878, 3.1.2).
                [0x28, 0xB5, 0x2F, 0xFD] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18] => IsolatedDecoder.For(path).DecodeZstandard(whole),
                _ => whole,
            };
            if (ReferenceEquals(content, whole) && file.CanSeek)
            {
                file.Position = 0;
                return new CaptureFile(file, file, start);
            }

            (content, start) = Peek(content, 4);
            return new CaptureFile(file, content, start);
        }
        catch (Exception e) when (IsDamage(e))
        {
            file.Dispose();
            throw new KernelFormatException(path, $"it cannot be decompressed: {e.Message}");
        }
    }

    /// <summary>True for what a damaged or unreadable stream throws.</summary>
    /// <remarks>The decoder of Zstandard has an exception class of its own, in its own load context; it can only be known by its name.</remarks>
    public static bool IsDamage(Exception e) =>
        e is IOException or InvalidDataException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException or OverflowException
        || e.GetType().FullName?.StartsWith("SharpCompress.", StringComparison.Ordinal) == true
        || e.GetType().Name.StartsWith("Zstd", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        _file.Dispose();
    }

    private static PipeStream OpenPipe(string path, CancellationToken stop)
    {
        Errno errno = PipeStream.Open(path, stop, out PipeStream? stream);
        return stream ?? throw new KernelException(new Refusal(errno, "read the content", path));
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan, Share = FileShare.ReadWrite | FileShare.Delete });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KernelException(new Refusal(Errno.ENOENT, "read the content", path));
        }
        catch (UnauthorizedAccessException)
        {
            throw new KernelException(new Refusal(Directory.Exists(path) ? Errno.EISDIR : Errno.EACCES, "read the content", path));
        }
    }

    private static (Stream Whole, byte[] Start) Peek(Stream stream, int length)
    {
        byte[] start = new byte[length];
        int read = stream.ReadAtLeast(start, length, throwOnEndOfStream: false);
        start = start[..read];
        return (new Prefixed(start, stream), start);
    }

    /// <summary>A stream whose first bytes were taken and are given again.</summary>
    private sealed class Prefixed(byte[] start, Stream rest) : OneWayStream
    {
        private int _given;

        public override int Read(Span<byte> buffer)
        {
            if (_given == start.Length || buffer.Length == 0)
            {
                return rest.Read(buffer);
            }

            int count = Math.Min(buffer.Length, start.Length - _given);
            start.AsSpan(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                rest.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
