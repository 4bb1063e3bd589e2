using System.Diagnostics;
using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that read a machine: opens it, finds targets, reports refusals, stops on Ctrl+C.</summary>
public abstract class SensorCmdlet : PSCmdlet, IDisposable
{
    private const int StepMilliseconds = 200;

    private readonly CancellationTokenSource _stopping = new();
    private Sensor? _machine;

    /// <summary>Snapshot to read instead of this machine: a file of Save-NsmSnapshot, an archive or a folder with proc and sys in it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Snapshot { get; set; }

    /// <summary>The machine that <see cref="Snapshot"/> names. A snapshot that cannot be read ends the command.</summary>
    private protected Sensor Machine
    {
        get
        {
            try
            {
                return _machine ??= Sensor.Open(Snapshot is null ? null : GetUnresolvedProviderPathFromPSPath(Snapshot), StopToken);
            }
            catch (KernelFormatException e)
            {
                ThrowTerminatingError(e.ToErrorRecord());
                throw;
            }
            catch (OperationCanceledException)
            {
                throw new PipelineStoppedException();
            }
        }
    }

    /// <summary>Cancelled when the user presses Ctrl+C.</summary>
    private protected CancellationToken StopToken => _stopping.Token;

    /// <summary>Logs that were named, of this machine also where a snapshot is read.</summary>
    private protected LogFile[] NamedLogs(string[] paths) => Array.ConvertAll(paths, path => new LogFile(GetUnresolvedProviderPathFromPSPath(path)));

    /// <summary>Files that a path or a pattern means; <c>-</c> means itself. A named one that is not there is a non-terminating error.</summary>
    private protected string[] FilesOf(string pattern, string operation)
    {
        if (pattern == "-")
        {
            return [pattern];
        }

        try
        {
            return ExpandFiles(pattern);
        }
        catch (SessionStateException)
        {
            WriteError(new Refusal(Errno.ENOENT, operation, pattern).ToErrorRecord());
            return [];
        }
    }

    // Captures and rotated logs have times in their names (stats.14:00:00-15:00:00.log.gz), which look like drives, and brackets, which look like
    // wildcards. A name that is there means itself, as one that comes through the pipeline does.
    private string[] ExpandFiles(string pattern)
    {
        try
        {
            bool isThere = InvokeProvider.Item.Exists(pattern, force: true, literalPath: true);
            string[] found = isThere
                ? [SessionState.Path.GetUnresolvedProviderPathFromPSPath(pattern, out ProviderInfo provider, out PSDriveInfo _)]
                : [.. GetResolvedProviderPathFromPSPath(pattern, out provider).Order(StringComparer.Ordinal)];
            return provider.Name == "FileSystem" ? found : throw new ItemNotFoundException();
        }
        catch (System.Management.Automation.DriveNotFoundException) when (!pattern.StartsWith("./", StringComparison.Ordinal))
        {
            return ExpandFiles($"./{pattern}");
        }
    }

    /// <summary>Waits while something is measured, and shows how far it is.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="what">What is measured.</param>
    /// <returns>False when the user has stopped it: nothing is said of half a measurement.</returns>
    private protected bool WaitForMeasurement(double seconds, string what)
    {
        ProgressRecord progress = new(0, MyInvocation.MyCommand.Name, what);
        long started = Stopwatch.GetTimestamp();
        double left;
        while ((left = seconds - Stopwatch.GetElapsedTime(started).TotalSeconds) > 0)
        {
            progress.PercentComplete = (int)(100 * (seconds - left) / seconds);
            progress.SecondsRemaining = (int)Math.Ceiling(left);
            WriteProgress(progress);
            if (StopToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Min(StepMilliseconds, (left * 1000) + 1))))
            {
                return false;
            }
        }

        progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(progress);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the machine.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _machine?.Dispose();
            _stopping.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Writes what the machine answered: each value, or a non-terminating error.</summary>
    private protected void Write<T>(Answer<T> answer)
        where T : notnull
    {
        if (answer.Refusal is Refusal refusal)
        {
            WriteError(refusal.ToErrorRecord());
        }
        else
        {
            WriteObject(answer.Value, enumerateCollection: true);
        }
    }

    /// <summary>
    /// Writes the answer for each interface that the patterns mean. A named interface that lacks the thing is an error,
    /// one that a wildcard caught is a verbose line.
    /// </summary>
    private protected void WriteForEachInterface<T>(string[] patterns, Func<Sensor, string, Answer<T>> read)
        where T : notnull =>
        ForEachInterface(patterns, (name, isWildcard) =>
        {
            Answer<T> answer = read(Machine, name);
            if (answer.Refusal is Refusal refusal)
            {
                Report(refusal, isWildcard);
            }
            else
            {
                Write(answer);
            }
        });

    /// <summary>Tells a refusal: a non-terminating error, or a verbose line where a wildcard caught something that lacks the setting.</summary>
    private protected void Report(Refusal refusal, bool isWildcard)
    {
        if (isWildcard && (refusal.Errno.MeansUnsupported() || refusal.Errno is Errno.ENODATA or Errno.ENODEV))
        {
            WriteVerbose(refusal.Reason);
        }
        else
        {
            WriteError(refusal.ToErrorRecord());
        }
    }

    /// <summary>Runs a step for each interface that the patterns mean; what the kernel refuses is a non-terminating error.</summary>
    private protected void ForEachInterface(string[] patterns, Action<string, bool> step)
    {
        foreach (string pattern in patterns)
        {
            // The kernel allows a name such as 'e[0]': a name that is there means itself, as one that comes through the pipeline does.
            bool isWildcard = WildcardPattern.ContainsWildcardCharacters(pattern) && !Machine.InterfaceNames.Contains(pattern);
            foreach (string name in isWildcard ? Match(pattern) : [pattern])
            {
                if (StopToken.IsCancellationRequested)
                {
                    return;
                }

                try
                {
                    step(name, isWildcard);
                }
                catch (KernelException e)
                {
                    WriteError(e.ToErrorRecord());
                }
                catch (KernelFormatException e)
                {
                    WriteError(e.ToErrorRecord());
                }
            }
        }
    }

    /// <summary>Interfaces that the patterns mean; a named one that is not there is a non-terminating error.</summary>
    private protected IEnumerable<string> ExpandInterfaces(string[] patterns)
    {
        List<string> names = [];
        ForEachInterface(patterns, (name, isWildcard) =>
        {
            if (isWildcard || Machine.InterfaceNames.Contains(name))
            {
                names.Add(name);
            }
            else
            {
                WriteError(new Refusal(Errno.ENODEV, "find the capture port", name).ToErrorRecord());
            }
        });
        return names.Distinct();
    }

    private IEnumerable<string> Match(string pattern) =>
        Machine.InterfaceNames.Where(WildcardPattern.Get(pattern, WildcardOptions.None).IsMatch);
}
