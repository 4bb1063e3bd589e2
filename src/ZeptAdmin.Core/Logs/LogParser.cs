namespace ZeptAdmin.Logs;

/// <summary>What a line of a log was.</summary>
internal enum LineKind
{
    /// <summary>No line of such a log.</summary>
    Bad,

    /// <summary>A row that is not wanted, a header, or the part of a row.</summary>
    PassedOver,

    /// <summary>The end of a row that is wanted.</summary>
    Row,
}

/// <summary>Makes rows of the lines of one file.</summary>
/// <typeparam name="T">A row.</typeparam>
internal interface ILogParser<T>
{
    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="rows">Where rows go; a line may give several.</param>
    /// <exception cref="Linux.KernelFormatException">The file is another log.</exception>
    LineKind Parse(ReadOnlySpan<byte> line, List<T> rows);

    /// <summary>Gives what waits for a line that does not come: nothing is written at the moment.</summary>
    void Flush(List<T> rows);
}

/// <summary>What the files of one log have in common: what came before, names.</summary>
/// <typeparam name="T">A row.</typeparam>
internal interface ILogKind<T>
{
    /// <summary>What the log is called, for messages.</summary>
    string Name { get; }

    /// <summary>Makes the parser of a file.</summary>
    ILogParser<T> Read(LogFile file);

    /// <summary>False for a row that lacks what only the row before it could have told.</summary>
    bool IsWhole(T row);

    /// <summary>True when a row was read that is before the first wanted instant: what stands before it in the file is, too.</summary>
    bool HasEarlier => false;
}
