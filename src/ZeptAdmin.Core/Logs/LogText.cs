using System.Runtime.CompilerServices;

namespace ZeptAdmin.Logs;

/// <summary>Lines of a stream, in bounded memory and without an allocation a line.</summary>
internal sealed class LogText
{
    /// <summary>Longest line that is read; a statistics event of Suricata with 256 threads has some 4 MB.</summary>
    public const int MostLine = 16 << 20;

    // What one read asks for: small enough to stay in the second cache, since every byte of the log passes through it.
    private const int FirstBuffer = 128 << 10;

    private readonly Stream _content;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _searched;
    private int _end;
    private long _startOffset;
    private long _skippedFrom = -1;

    /// <summary>Reads a stream.</summary>
    /// <param name="content">The stream.</param>
    /// <param name="offset">Place in it where it stands now.</param>
    public LogText(Stream content, long offset = 0)
    {
        _content = content;
        _startOffset = offset;
    }

    /// <summary>Bytes of the content before the line that was read last.</summary>
    public long LineOffset { get; private set; }

    /// <summary>Bytes of the content that were taken from the stream.</summary>
    public long Position => _startOffset + _end - _start;

    /// <summary>True when there is a line whose end was not read yet.</summary>
    public bool HasRest => _end > _start || _skippedFrom >= 0;

    /// <summary>The next line of what was read, without its end.</summary>
    /// <param name="line">The line, good until the next call; empty for one that is longer than <see cref="MostLine"/>.</param>
    /// <param name="isTooLong">True for such a line.</param>
    /// <returns>False when its end was not read yet.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryReadLine(out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        int found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        isTooLong = false;
        line = default;
        if (found < 0)
        {
            _searched = _end;
            return false;
        }

        int end = _searched + found;
        if (_skippedFrom >= 0)
        {
            isTooLong = true;
            LineOffset = _skippedFrom;
            _skippedFrom = -1;
        }
        else
        {
            line = _buffer.AsSpan(_start, end - _start);
            if (line.Length > 0 && line[^1] == '\r')
            {
                line = line[..^1];
            }

            LineOffset = _startOffset;
        }

        _startOffset += end + 1 - _start;
        _start = _searched = end + 1;
        return true;
    }

    /// <summary>What follows the last line's end; a log that is written to, or was cut off, has something there.</summary>
    public bool TryReadRest(out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        isTooLong = _skippedFrom >= 0;
        line = isTooLong ? default : _buffer.AsSpan(_start, _end - _start);
        LineOffset = isTooLong ? _skippedFrom : _startOffset;
        bool hasRest = HasRest;
        _startOffset += _end - _start;
        _start = _searched = _end;
        _skippedFrom = -1;
        return hasRest;
    }

    /// <summary>Reads on; false when there is nothing more, for now.</summary>
    public bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _searched -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length < MostLine)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
            else
            {
                // What was read of it is forgotten; the rest of it is passed over when its end comes.
                _skippedFrom = _skippedFrom >= 0 ? _skippedFrom : _startOffset;
                _startOffset += _end;
                _searched = _end = 0;
            }
        }

        int read = _content.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
