using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Reports;

namespace ZeptAdmin.Cmdlets;

/// <summary>Save-NsmSnapshot: writes everything that the readers of this module read into one file, for -Snapshot of the other cmdlets.</summary>
/// <remarks>
/// MAC and IP addresses, serial numbers, asset tags and UUIDs are replaced, the same one by the same stand-in; the host name is left out.
/// RSS hash keys stay, since without them nobody can tell which queue a flow goes to.
/// </remarks>
[Cmdlet(VerbsData.Save, "NsmSnapshot", SupportsShouldProcess = true)]
[OutputType(typeof(SavedSnapshot))]
public sealed class SaveNsmSnapshotCommand : SensorCmdlet
{
    /// <summary>File to write, a zip.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Time between the two readings of the counters, in seconds; 0 reads them once.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public double Interval { get; set; } = 1;

    /// <summary>Keeps the host name in the snapshot.</summary>
    [Parameter]
    public SwitchParameter IncludeHostName { get; set; }

    /// <summary>Replaces a file that is there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string path = GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(path, $"Save a snapshot of {Machine.Name}"))
        {
            return;
        }

        try
        {
            WriteObject(NsmSnapshots.Save(Machine, path, TimeSpan.FromSeconds(Interval), IncludeHostName, Force, Report, StopToken));
        }
        catch (KernelException e) when (e.Errno == Errno.EEXIST)
        {
            ThrowTerminatingError(new ErrorRecord(e, "SnapshotExists", ErrorCategory.ResourceExists, path)
            {
                ErrorDetails = new ErrorDetails(e.Message) { RecommendedAction = "Give another name, or -Force to replace it." },
            });
        }
        catch (KernelException e)
        {
            ThrowTerminatingError(e.ToErrorRecord());
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private void Report(string step, int percent) =>
        WriteProgress(new ProgressRecord(1, "Save-NsmSnapshot", step) { PercentComplete = percent });
}
