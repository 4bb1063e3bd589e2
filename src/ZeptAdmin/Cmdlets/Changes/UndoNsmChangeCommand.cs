using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Changes;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Undo-NsmChange: takes changes back, the youngest first.</summary>
/// <remarks>A younger change of the same setting is taken back with an older one: the older value could not come back otherwise.</remarks>
[Cmdlet(VerbsCommon.Undo, "NsmChange", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "Id")]
[OutputType(typeof(NsmChange))]
public sealed class UndoNsmChangeCommand : ChangeCmdlet
{
    private readonly List<long> _ids = [];

    /// <summary>Numbers of changes to take back; from the pipeline, the changes that Get-NsmChange shows.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Id", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ChangeCompleter))]
    public long[] Id { get; set; } = [];

    /// <summary>Name of the run to take back: all changes of one command or one plan.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Run")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ChangeCompleter))]
    public string Run { get; set; } = "";

    /// <summary>A plan, or the name of one: takes back all changes that Invoke-NsmPlan made for it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Plan")]
    [PlanNameTransformation]
    [ValidateNotNullOrEmpty]
    public string Plan { get; set; } = "";

    /// <summary>Takes back all changes made after this time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "After")]
    public DateTime After { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(Id);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            JournalEntry[] entries = Journal.Read(Machine);
            NsmChange[] changes = ChangeHistory.Changes(entries, KnownSettings.All, ChangeRun.BootId(Machine));
            foreach (long id in _ids.Where(id => !Array.Exists(changes, change => change.Id == id)))
            {
                WriteError(new Refusal(Errno.ENOENT, "undo the change", $"{id}") { Detail = "Get-NsmChange lists the changes." }.ToErrorRecord());
            }

            foreach (NsmChange change in ChangeUndo.Select(changes, IsWanted))
            {
                if (ShouldProcess($"Undo change {change.Id}: {change.Description}", $"Undo change {change.Id}: {change.Description}?", "Undo on this sensor"))
                {
                    Undo(change, entries);
                }
            }
        }
        catch (KernelException e)
        {
            WriteError(e.ToErrorRecord());
        }
    }

    private bool IsWanted(NsmChange change) => ParameterSetName switch
    {
        "Run" => string.Equals(change.Run, Run, StringComparison.Ordinal),
        "Plan" => PlanExecution.IsRunOf(change.Run, Plan),
        "After" => change.Time > After.ToUniversalTime(),
        _ => _ids.Contains(change.Id),
    };

    private void Undo(NsmChange change, JournalEntry[] entries)
    {
        if (!Machine.IsLive)
        {
            WriteError(new Refusal(Errno.EROFS, "undo the change", $"{change.Id}") { IsOfSnapshot = true, Detail = "It is in a snapshot." }.ToErrorRecord());
            return;
        }

        Answer<NsmChange> undone = ChangeUndo.Undo(Machine, OpenJournal(), entries, KnownSettings.All, change);
        if (undone.Refusal is Refusal refusal)
        {
            WriteError(refusal.ToErrorRecord());
        }
        else if (PassThru)
        {
            WriteObject(undone.Value);
        }
    }
}
