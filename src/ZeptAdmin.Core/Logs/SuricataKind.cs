namespace ZeptAdmin.Logs;

/// <summary>What the files of Suricata's statistics have in common: names, and each thread's reading before, for changes.</summary>
/// <typeparam name="T">A row.</typeparam>
internal abstract class SuricataKind<T> : ILogKind<T>, ISuricataSink
{
    // A sensor has some hundred threads.
    private const int MostThreads = 4096;

    private const string DeltaSuffix = "_delta";

    private readonly LogQuery _query;
    private readonly Dictionary<string, SuricataReading> _last = new(StringComparer.Ordinal);
    private readonly List<int> _targets = [];
    private List<T> _rows = [];
    private SuricataReading _reading = new();
    private string _path = "";

    private protected SuricataKind(LogQuery query) => _query = query;

    /// <inheritdoc/>
    public string Name => "Suricata's eve.json or stats.log";

    /// <summary>Names of counters.</summary>
    public NamePool Names { get; } = new();

    /// <inheritdoc/>
    public NamePool Threads { get; } = new();

    /// <inheritdoc/>
    public ILogParser<T> Read(LogFile file) => new Parser(this, file.Path);

    /// <inheritdoc/>
    public abstract bool IsWhole(T row);

    /// <inheritdoc/>
    public bool HasEarlier { get; private set; }

    /// <inheritdoc/>
    public abstract bool WantsGroup(ReadOnlySpan<byte> name);

    /// <inheritdoc/>
    public SuricataReading Start(DateTime time, long? uptime, string thread)
    {
        _reading.Clear();
        _reading.Time = time;
        _reading.Uptime = uptime;
        _reading.Thread = thread;
        return _reading;
    }

    /// <inheritdoc/>
    public bool Includes(DateTime time) => _query.Includes(time);

    /// <inheritdoc/>
    public int Find(ReadOnlySpan<byte> name)
    {
        int counter = Names.Find(name);
        while (_targets.Count <= counter)
        {
            _targets.Add(Judge(Names[_targets.Count]));
        }

        return counter < 0 ? ISuricataSink.Unwanted : _targets[counter];
    }

    /// <inheritdoc/>
    public void Add(int target, long value)
    {
        if (target >= 0)
        {
            _reading.Set(target, value);
        }
        else if (target != ISuricataSink.Unwanted)
        {
            _reading.SetDelta(~target, value);
        }
    }

    /// <inheritdoc/>
    public void End()
    {
        SuricataReading reading = _reading;
        if (reading.Counters.Count == 0)
        {
            return;
        }

        _ = _last.TryGetValue(reading.Thread, out SuricataReading? before);
        if (before is not null && before.Time >= reading.Time)
        {
            before = null;
        }

        HasEarlier |= reading.Time < _query.After;
        bool isRestarted = before is not null && reading.Uptime is long now && before.Uptime is long then && now < then;
        if (Includes(reading.Time) && (_query.IncludesWorker?.Invoke(reading.Thread) ?? true))
        {
            Give(_rows, _path, reading, before, isRestarted);
        }

        if (before is not null || _last.Count < MostThreads)
        {
            // The reading before is the next one's memory.
            _reading = _last.TryGetValue(reading.Thread, out SuricataReading? old) ? old : new SuricataReading();
            _last[reading.Thread] = reading;
        }
    }

    /// <summary>True when a counter is wanted, by its name.</summary>
    private protected abstract bool Wants(string counter);

    /// <summary>Makes rows of a reading.</summary>
    private protected abstract void Give(List<T> rows, string path, SuricataReading reading, SuricataReading? before, bool isRestarted);

    /// <summary>Change of a counter; null when it is not known.</summary>
    private protected static long? Change(int counter, SuricataReading reading, SuricataReading? before, bool isRestarted)
    {
        if (reading.Value(counter) is not long value)
        {
            return null;
        }

        return isRestarted ? value
            : before is null ? reading.Delta(counter)
            : before.Value(counter) is long old ? value - old
            : before.LacksZeros ? value
            : reading.Delta(counter);
    }

    // The counter's number; that of another counter, inverted, where it is the change of that one (deltas: yes).
    private int Judge(string name)
    {
        if (name.EndsWith(DeltaSuffix, StringComparison.Ordinal) && Names.Find(System.Text.Encoding.UTF8.GetBytes(name[..^DeltaSuffix.Length])) is int of and >= 0)
        {
            return Wants(Names[of]) ? ~of : ISuricataSink.Unwanted;
        }

        return Wants(name) ? Names.Find(System.Text.Encoding.UTF8.GetBytes(name)) : ISuricataSink.Unwanted;
    }

    private sealed class Parser(SuricataKind<T> kind, string path) : ILogParser<T>
    {
        private readonly EveStatistics _eve = new(kind);
        private readonly StatsLogBlocks _blocks = new(kind);

        public LineKind Parse(ReadOnlySpan<byte> line, List<T> rows)
        {
            Point(rows);
            int before = rows.Count;
            LineKind read = line[0] == '{' ? _eve.Read(line) : _blocks.Read(line);
            return rows.Count > before ? LineKind.Row : read;
        }

        public void Flush(List<T> rows)
        {
            Point(rows);
            _blocks.End();
        }

        private void Point(List<T> rows)
        {
            kind._rows = rows;
            kind._path = path;
        }
    }
}

/// <summary>Where counters go while they are read.</summary>
internal interface ISuricataSink
{
    /// <summary>A counter that is not wanted.</summary>
    const int Unwanted = int.MinValue;

    /// <summary>Names of threads.</summary>
    NamePool Threads { get; }

    /// <summary>True when counters of a group (capture, tcp) are wanted.</summary>
    bool WantsGroup(ReadOnlySpan<byte> name);

    /// <summary>True when rows of a time are wanted.</summary>
    bool Includes(DateTime time);

    /// <summary>Starts a thread's reading.</summary>
    SuricataReading Start(DateTime time, long? uptime, string thread);

    /// <summary>What <see cref="Add"/> takes for a counter.</summary>
    int Find(ReadOnlySpan<byte> name);

    /// <summary>Adds a counter to the reading.</summary>
    void Add(int target, long value);

    /// <summary>Ends it.</summary>
    void End();
}
