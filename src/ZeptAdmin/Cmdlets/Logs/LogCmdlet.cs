using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that read logs: finds them, reads them in the order of time, tells bad lines, stops on Ctrl+C.</summary>
public abstract class LogCmdlet : SensorCmdlet
{
    private static readonly TimeSpan WaitTime = TimeSpan.FromMilliseconds(250);

    private readonly List<LogFile> _files = [];
    private bool _isGiven;

    /// <summary>Logs, plain, gzip or Zstandard; wildcards are allowed, <c>-</c> is the standard input. With -Snapshot: paths in the snapshot.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Only rows of this time or later.</summary>
    [Parameter]
    public DateTime? After { get; set; }

    /// <summary>Only rows before this time.</summary>
    [Parameter]
    public DateTime? Before { get; set; }

    /// <summary>The logs that were found so far.</summary>
    private protected IReadOnlyList<LogFile> Found => _files;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _isGiven |= Path.Length > 0;
        _files.AddRange(Find(Path));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!_isGiven)
        {
            string[] usual = Usual(Machine.Files);
            if (usual.Length == 0)
            {
                WriteError(new Refusal(Errno.ENOENT, "find the log", Name) { Detail = "It is at none of the usual places; name it with -Path." }.ToErrorRecord());
            }

            _files.AddRange(usual.Select(Make));
        }

        ReadAll();
    }

    /// <summary>What the log is called, for messages.</summary>
    private protected abstract string Name { get; }

    /// <summary>Where the log usually is.</summary>
    private protected abstract string[] Usual(FileTree tree);

    /// <summary>Reads the logs that were found.</summary>
    private protected abstract void ReadAll();

    /// <summary>Which rows are wanted.</summary>
    private protected LogQuery Query(string[] workers, int? tail, bool follow)
    {
        WildcardPattern[] patterns = [.. workers.Select(worker => WildcardPattern.Get(worker, WildcardOptions.None))];
        return new LogQuery
        {
            After = After?.ToUniversalTime(),
            Before = Before?.ToUniversalTime(),
            IncludesWorker = workers.Length == 0 ? null : name => Array.Exists(patterns, pattern => pattern.IsMatch(name)),
            Tail = tail,
            Follow = follow,
        };
    }

    /// <summary>Logs that patterns mean; one that is not there is a non-terminating error.</summary>
    private protected IEnumerable<LogFile> Find(string[] patterns) => patterns.SelectMany(Resolve).Select(Make).ToArray();

    /// <summary>Gives each row to a step, or writes it, and tells what could not be read.</summary>
    private protected void ForEachRow<T>(LogReader<T> reader, Action<T>? step = null)
        where T : class
    {
        ProgressRecord progress = new(0, MyInvocation.MyCommand.Name, Name);
        List<T> rows = [];
        long count = 0;
        LogState state = LogState.More;
        while (state != LogState.Ended && !StopToken.IsCancellationRequested)
        {
            rows.Clear();
            try
            {
                state = reader.Read(rows, StopToken);
            }
            catch (KernelException e)
            {
                WriteError(e.ToErrorRecord());
            }
            catch (KernelFormatException e)
            {
                WriteError(e.ToErrorRecord());
            }

            if (step is null)
            {
                WriteObject(rows, enumerateCollection: true);
            }
            else
            {
                rows.ForEach(step);
            }

            count += rows.Count;
            Warn(reader.TakeWarnings());
            if (state == LogState.Waiting)
            {
                _ = StopToken.WaitHandle.WaitOne(WaitTime);
            }
            else if (reader.Path is string path)
            {
                progress.PercentComplete = reader.Percent ?? -1;
                progress.StatusDescription = $"{path}: {count} rows";
                WriteProgress(progress);
            }
        }

        progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(progress);
    }

    /// <summary>Writes warnings.</summary>
    private protected void Warn(string[] warnings)
    {
        foreach (string warning in warnings)
        {
            WriteWarning(warning);
        }
    }

    private LogFile Make(string path) => Snapshot is null ? new LogFile(path) : new LogFile(Machine.Files, path);

    private IEnumerable<string> Resolve(string pattern)
    {
        if (Snapshot is not null)
        {
            string[] found = LogFiles.Match(Machine.Files, pattern, WildcardPattern.ContainsWildcardCharacters, (part, name) => WildcardPattern.Get(part, WildcardOptions.None).IsMatch(name));
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(pattern))
            {
                WriteError(new Refusal(Errno.ENOENT, "read the rows", pattern).ToErrorRecord());
            }

            return found;
        }

        return FilesOf(pattern, "read the rows");
    }
}
