using System.Runtime.ExceptionServices;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs;

/// <summary>What a <see cref="LogReader{T}"/> has still to give.</summary>
public enum LogState
{
    /// <summary>There is more: read again.</summary>
    More,

    /// <summary>Nothing at the moment; a followed log may be written to.</summary>
    Waiting,

    /// <summary>Nothing more.</summary>
    Ended,
}

/// <summary>Reads the rows of logs, file after file, in bounded memory; follows them where that was asked for.</summary>
/// <typeparam name="T">A row.</typeparam>
public sealed class LogReader<T> : IDisposable
    where T : class
{
    // What one call reads before the caller may look at Ctrl+C.
    private const int MostBytes = 16 << 20;
    private const int MostRows = 1024;

    private const int FirstWindow = 256 << 10;

    private readonly IReadOnlyList<LogFile> _files;
    private readonly LogQuery _query;
    private readonly Func<ILogKind<T>> _kind;
    private readonly List<OpenLog<T>> _followed = [];
    private readonly List<string> _warnings = [];
    private readonly Queue<ExceptionDispatchInfo> _refused = [];
    private ILogKind<T> _current;
    private OpenLog<T>? _open;
    private int _next;
    private bool _isTailGiven;

    internal LogReader(IReadOnlyList<LogFile> files, LogQuery query, Func<ILogKind<T>> kind)
    {
        _files = files;
        _query = query;
        _kind = kind;
        _current = kind();
    }

    /// <summary>The file that is being read; null between files.</summary>
    public string? Path => _open?.File.Path;

    /// <summary>Part of the file that was read, 0 to 100; null when its length is not known.</summary>
    public int? Percent => _open?.Percent;

    /// <summary>Reads some rows.</summary>
    /// <param name="rows">Where they are added: some thousand at most.</param>
    /// <param name="stop">Ends a long search.</param>
    /// <returns>Whether there is more.</returns>
    /// <exception cref="KernelException">The next file cannot be opened; reading again goes on with the one behind it.</exception>
    /// <exception cref="KernelFormatException">The next file is no such log; reading again goes on with the one behind it.</exception>
    public LogState Read(List<T> rows, CancellationToken stop = default)
    {
        if (_query.Tail is int tail && !_isTailGiven)
        {
            _isTailGiven = true;
            _next = _files.Count;
            ReadTail(tail, rows, stop);
            return LogState.More;
        }

        if (_refused.TryDequeue(out ExceptionDispatchInfo? refusal))
        {
            refusal.Throw();
        }

        if (_open is null && _next < _files.Count)
        {
            _open = Open(_files[_next++], _current);
        }

        if (_open is not null)
        {
            ReadOpen(_open, rows);
            return LogState.More;
        }

        return _followed.Count == 0 ? LogState.Ended : ReadFollowed(rows);
    }

    /// <summary>Sentences for the user since the last call: which lines were left out and why, where reading ended early.</summary>
    public string[] TakeWarnings()
    {
        string[] warnings = [.. _warnings];
        _warnings.Clear();
        return warnings;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _open?.Dispose();
        foreach (OpenLog<T> log in _followed)
        {
            log.Dispose();
        }
    }

    private static OpenLog<T> Open(LogFile file, ILogKind<T> kind) => new(file, file.Open(), kind);

    private void ReadOpen(OpenLog<T> log, List<T> rows)
    {
        bool isAtEnd = true;
        try
        {
            isAtEnd = !log.Read(rows, MostBytes, MostRows);
            if (isAtEnd && !(_query.Follow && log.CanFollow))
            {
                log.Finish(rows);
            }
        }
        catch (KernelFormatException)
        {
            log.Dispose();
            _open = null;
            throw;
        }

        log.GiveProblems(_warnings);
        if (isAtEnd)
        {
            _open = null;
            Keep(log);
        }
    }

    private void Keep(OpenLog<T> log)
    {
        if (_query.Follow && log.CanFollow)
        {
            _followed.Add(log);
        }
        else
        {
            log.GiveSums(_warnings);
            log.Dispose();
        }
    }

    private LogState ReadFollowed(List<T> rows)
    {
        int before = rows.Count;
        bool hasMore = false;
        foreach (OpenLog<T> log in _followed)
        {
            hasMore |= log.Follow(rows, MostBytes, MostRows);
            log.GiveProblems(_warnings);
        }

        return hasMore || rows.Count > before ? LogState.More : LogState.Waiting;
    }

    // The last rows of all files together, from the last file backwards.
    private void ReadTail(int wanted, List<T> rows, CancellationToken stop)
    {
        List<T> tail = [];
        bool IsWanted(int file) => tail.Count < wanted || (_query.Follow && file == _files.Count - 1);
        for (int i = _files.Count - 1; i >= 0 && IsWanted(i) && !stop.IsCancellationRequested; i--)
        {
            try
            {
                tail.InsertRange(0, ReadTailOf(_files[i], wanted - tail.Count, i == _files.Count - 1, stop));
            }
            catch (Exception e) when (e is KernelException or KernelFormatException)
            {
                _refused.Enqueue(ExceptionDispatchInfo.Capture(e));
            }
        }

        rows.AddRange(tail);
    }

    private List<T> ReadTailOf(LogFile file, int wanted, bool isLast, CancellationToken stop)
    {
        for (long window = FirstWindow; ; window *= 8)
        {
            ILogKind<T> kind = _kind();
            OpenLog<T> log = Open(file, kind);
            List<T> rows = [];
            bool isKept = false;
            try
            {
                bool isWhole = !log.StartNearEnd(window);
                while (log.Read(rows, MostBytes, MostRows) && !stop.IsCancellationRequested)
                {
                    // Some more than wanted, since the first may lack what the row before them would tell.
                    if (rows.Count > wanted * 2L + MostRows)
                    {
                        rows.RemoveRange(0, rows.Count - wanted);
                        isWhole = true;
                    }
                }

                isKept = _query.Follow && isLast && log.CanFollow;
                if (!isKept)
                {
                    log.Finish(rows);
                }

                // An eve.json of a day has gigabytes of other events before the first row that is wanted.
                bool isEnough = isWhole || ((rows.Count >= wanted || kind.HasEarlier) && rows.Skip(rows.Count - wanted).All(kind.IsWhole));
                if (!isEnough && !stop.IsCancellationRequested)
                {
                    isKept = false;
                    continue;
                }

                log.GiveProblems(_warnings);
                if (isKept)
                {
                    _current = kind;
                    _followed.Add(log);
                }
                else
                {
                    log.GiveSums(_warnings);
                }

                rows.RemoveRange(0, Math.Max(0, rows.Count - wanted));
                return rows;
            }
            finally
            {
                if (!isKept)
                {
                    log.Dispose();
                }
            }
        }
    }
}
