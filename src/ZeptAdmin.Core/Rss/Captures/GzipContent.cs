using System.IO.Compression;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Rss.Captures;

/// <summary>The content of a gzip stream, which throws where the stream is cut short.</summary>
/// <remarks>
/// GZipStream takes a file that was cut for one that is whole: it ends quietly (it checks under an AppContext switch of the whole process only).
/// So one more member is put behind the file. It is asked for when all of the file has come out; behind a member that is whole, its text comes
/// out, and anywhere else it is nonsense.
/// </remarks>
internal sealed class GzipContent : OneWayStream
{
    // What is asked for at a time: where the data are damaged, no more than this is lost of what came before.
    private const int Piece = 4096;

    private static readonly byte[] Mark = Encoding.ASCII.GetBytes("all members whole");
    private static readonly byte[] MarkMember = Compress(Mark);

    private readonly Marked _file;
    private readonly GZipStream _content;
    private bool _isAtEnd;

    /// <summary>Reads a stream; it is closed with this one.</summary>
    /// <param name="compressed">The gzip stream, from its start.</param>
    public GzipContent(Stream compressed)
    {
        _file = new Marked(compressed);
        _content = new GZipStream(_file, CompressionMode.Decompress);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The stream is damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_isAtEnd || buffer.Length == 0)
        {
            return 0;
        }

        int read;
        try
        {
            read = _content.Read(buffer[..Math.Min(buffer.Length, Piece)]);
        }
        catch (InvalidDataException) when (!_file.IsAtEnd)
        {
            throw new InvalidDataException("its gzip data are damaged");
        }
        catch (InvalidDataException)
        {
            throw EndsTooEarly();
        }

        if (!_file.IsAtEnd)
        {
            return read;
        }

        _isAtEnd = true;
        byte[] rest = new byte[Mark.Length + 1];
        int length = Math.Min(read, rest.Length);
        buffer[..length].CopyTo(rest);
        return IsMark(rest, length) ? 0 : throw EndsTooEarly();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }

    private static InvalidDataException EndsTooEarly() => new("its gzip data are cut short");

    private static byte[] Compress(byte[] text)
    {
        using MemoryStream member = new();
        using (GZipStream compressor = new(member, CompressionLevel.NoCompression))
        {
            compressor.Write(text);
        }

        return member.ToArray();
    }

    // What came out may be a piece of it, for the reader gave room for so much only.
    private bool IsMark(byte[] rest, int length)
    {
        try
        {
            return rest.AsSpan(0, length + _content.ReadAtLeast(rest.AsSpan(length), rest.Length - length, throwOnEndOfStream: false)).SequenceEqual(Mark);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The file, and the mark behind it.</summary>
    private sealed class Marked(Stream file) : OneWayStream
    {
        private int _given;

        public bool IsAtEnd { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (!IsAtEnd)
            {
                int read = file.Read(buffer);
                if (read > 0 || buffer.Length == 0)
                {
                    return read;
                }

                IsAtEnd = true;
            }

            int count = Math.Min(buffer.Length, MarkMember.Length - _given);
            MarkMember.AsSpan(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                file.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
