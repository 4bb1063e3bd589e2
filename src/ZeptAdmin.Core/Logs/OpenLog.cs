using System.Globalization;
using System.Runtime.CompilerServices;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Logs;

/// <summary>A log that is being read.</summary>
/// <typeparam name="T">A row.</typeparam>
internal sealed class OpenLog<T> : IDisposable
{
    // Bad lines that are told one by one; after them they are counted.
    private const int MostProblems = 100;

    // So many bad lines and no good one: this is some other file.
    private const int MostBadAtStart = 20;

    private const int MostHeader = 64 << 10;

    private readonly ILogKind<T> _kind;
    private readonly List<string> _problems = [];
    private CaptureFile _content;
    private LogText _text;
    private ILogParser<T> _parser;
    private long _good;
    private long _bad;
    private long _told;
    private bool _isReplaced;

    /// <summary>Starts to read an open file.</summary>
    public OpenLog(LogFile file, CaptureFile content, ILogKind<T> kind)
    {
        File = file;
        _content = content;
        _kind = kind;
        _text = new LogText(content.Content);
        _parser = kind.Read(file);
    }

    /// <summary>Where it is.</summary>
    public LogFile File { get; }

    /// <summary>True for a plain file on a disk.</summary>
    public bool CanFollow => _content.Content is FileStream { CanSeek: true };

    /// <summary>Part of it that was read, 0 to 100; null when its length is not known.</summary>
    public int? Percent => _content.Length > 0 ? (int)Math.Min(100, _content.Position * 100 / _content.Length) : null;

    /// <summary>Starts near the end of a plain file instead of at its start; its header is read none the less.</summary>
    /// <returns>False when the file is no longer than that, or is no plain one: it is read from its start.</returns>
    public bool StartNearEnd(long bytes)
    {
        if (_content.Content is not FileStream { CanSeek: true } file || file.Length <= bytes)
        {
            return false;
        }

        byte[] header = new byte[MostHeader];
        int length = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> rest = header.AsSpan(0, length);
        List<T> none = [];
        for (int end; rest is [(byte)'#', ..] && (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            _ = _parser.Parse(rest[..end].TrimEnd((byte)'\r'), none);
        }

        // The line that the window starts in is not read, unless the window starts with a line.
        long start = file.Length - bytes - 1;
        file.Position = start;
        _text = new LogText(file, start);
        ReadOnlySpan<byte> line;
        while (!_text.TryReadLine(out line, out _) && _text.Fill())
        {
        }

        return true;
    }

    /// <summary>Reads some rows.</summary>
    /// <returns>False at the end.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read(List<T> rows, long mostBytes, int mostRows)
    {
        long limit = _text.Position + mostBytes;
        int most = rows.Count + mostRows;
        while (true)
        {
            while (_text.TryReadLine(out ReadOnlySpan<byte> line, out bool isTooLong))
            {
                Take(line, isTooLong, rows);
                if (rows.Count >= most)
                {
                    return true;
                }
            }

            if (_text.Position >= limit)
            {
                return true;
            }

            try
            {
                if (!_text.Fill())
                {
                    return false;
                }
            }
            catch (Exception e) when (CaptureFile.IsDamage(e))
            {
                Tell(string.Create(CultureInfo.InvariantCulture, $"'{File.Path}' is damaged: it cannot be read on behind byte {_text.Position}: {e.Message}"));
                _ = _text.TryReadRest(out _, out _);
                return false;
            }
        }
    }

    /// <summary>Reads what stands behind the last end of a line; there will be no more.</summary>
    public void Finish(List<T> rows)
    {
        if (_text.TryReadRest(out ReadOnlySpan<byte> line, out bool isTooLong) && (line.Length > 0 || isTooLong))
        {
            Take(line, isTooLong, rows);
        }

        _parser.Flush(rows);
    }

    /// <summary>Reads what was written since, and goes on with the next file where this one was moved away.</summary>
    /// <returns>True when there may be more at once.</returns>
    public bool Follow(List<T> rows, long mostBytes, int mostRows)
    {
        if (Read(rows, mostBytes, mostRows))
        {
            return true;
        }

        if (_isReplaced)
        {
            Finish(rows);
            return Reopen();
        }

        FileStream file = (FileStream)_content.Content;
        if (FileIdentity.Of(file.SafeFileHandle) is not FileIdentity held)
        {
            return false;
        }

        if (held.Length < _text.Position)
        {
            // Emptied in place (copytruncate of logrotate).
            Finish(rows);
            file.Position = 0;
            _text = new LogText(file);
            return held.Length > 0;
        }

        // A new file that is still empty may have been made before the program was told: it writes to the old one until then.
        if (FileIdentity.Of(File.Path) is FileIdentity now && !now.IsSameFile(held) && now.Length > 0)
        {
            // What was written between the read and this look at it is still to come.
            _isReplaced = true;
            return true;
        }

        if (!_text.HasRest)
        {
            _parser.Flush(rows);
        }

        return false;
    }

    /// <summary>Moves the sentences about bad lines.</summary>
    public void GiveProblems(List<string> warnings)
    {
        warnings.AddRange(_problems);
        _problems.Clear();
    }

    /// <summary>Adds the sentence about the bad lines that were not told one by one.</summary>
    public void GiveSums(List<string> warnings)
    {
        if (_bad > _told)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"'{File.Path}': {_bad - _told} more lines are no rows of {_kind.Name} and were left out."));
            _told = _bad;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();

    private bool Reopen()
    {
        try
        {
            CaptureFile content = File.Open();
            _content.Dispose();
            _content = content;
            _text = new LogText(content.Content);
            _parser = _kind.Read(File);
            _isReplaced = false;
            return true;
        }
        catch (KernelException)
        {
            // Gone again; it is looked for the next time.
            return false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(ReadOnlySpan<byte> line, bool isTooLong, List<T> rows)
    {
        if (line.Length == 0 && !isTooLong)
        {
            return;
        }

        if (!isTooLong && _parser.Parse(line, rows) != LineKind.Bad)
        {
            _good++;
            return;
        }

        _bad++;
        if (_good == 0 && _bad >= MostBadAtStart)
        {
            _problems.Clear();
            throw new KernelFormatException(File.Path, $"this is not {_kind.Name}: none of its first {_bad} lines is a row of it");
        }

        if (_told < MostProblems)
        {
            _told++;
            string problem = isTooLong ? $"is longer than {LogText.MostLine >> 20} MiB" : $"is no row of {_kind.Name}";
            Tell(string.Create(CultureInfo.InvariantCulture, $"'{File.Path}': the line at byte {_text.LineOffset} {problem} and was left out."));
        }
    }

    private void Tell(string problem) => _problems.Add(problem);
}
