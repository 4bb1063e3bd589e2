using System.Globalization;
using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Changes;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Invoke-NsmPlan: makes a plan real, row by row in the order in which cards do not forget, through the journal.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "NsmPlan", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(PlanDrift))]
public sealed class InvokeNsmPlanCommand : ChangeCmdlet
{
    private bool IsRehearsal => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>The plan, or the path of its file.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [NsmPlanTransformation]
    [ValidateNotNull]
    public NsmPlan Plan { get; set; } = new();

    /// <summary>Kinds of rows to make; all when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public PlanRowKind[] Kind { get; set; } = Enum.GetValues<PlanRowKind>();

    /// <summary>Takes everything back after this time, unless Confirm-NsmPlan comes.</summary>
    [Parameter]
    [ValidateSpan]
    public TimeSpan? ConfirmWithin { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Plan = PlanExecution.Only(Plan, Kind);
        RunName = PlanExecution.NewRun(Plan);
        PlanRow[] rows = PlanExecution.Rows(Plan);
        if (!IsRehearsal && ConfirmWithin is TimeSpan within && !StartClock(within))
        {
            return;
        }

        bool wasStopped = false;
        List<PlanRow> made = [];
        for (int i = 0; i < rows.Length && !wasStopped; i++)
        {
            WriteProgress(new ProgressRecord(1, $"Invoke-NsmPlan {Plan.Name}", $"{rows[i].Kind} of {rows[i].Target}") { PercentComplete = 100 * i / rows.Length });
            if (MakeRow(rows[i]))
            {
                made.Add(rows[i]);
            }

            wasStopped = MustStop(i + 1, rows.Length);
        }

        // A later row may have reset what an earlier one had set; what is in force still is not written again.
        foreach (PlanRow row in made.Where(_ => !wasStopped && !IsRehearsal))
        {
            _ = MakeRow(row);
        }

        foreach (PlanRowKind kind in wasStopped ? [] : PlanExecution.Wholes(Plan))
        {
            MakeWhole(kind);
            wasStopped = MustStop(rows.Length, rows.Length);
        }

        WriteVerbose($"Changes of this run: Get-NsmChange -Run '{RunName}'.");
        if (PassThru)
        {
            WriteObject(PlanComparison.Compare(Machine, Plan), enumerateCollection: true);
        }
    }

    private bool MakeRow(PlanRow row)
    {
        try
        {
            if (IsRehearsal && PlanExecution.Awaited(Machine, Plan, row) is string later)
            {
                return ShouldProcess(later, later + "?", "Change this sensor");
            }

            return MakeTogether(isWildcard: false, PlanExecution.Changes(Machine, Plan, row));
        }
        catch (KernelFormatException e)
        {
            WriteError(e.ToErrorRecord());
            return false;
        }
    }

    private bool MustStop(int done, int all)
    {
        bool isTooLate = ConfirmWithin is not null && !IsRehearsal && !PlanDeadlines.IsPending(RunName);
        if (isTooLate)
        {
            WriteWarning($"The deadline came after {done} of {all} rows; what was made is being taken back.");
        }

        return isTooLate || StopToken.IsCancellationRequested;
    }

    private bool StartClock(TimeSpan within)
    {
        if (!Machine.IsLive)
        {
            WriteError(new Refusal(Errno.EROFS, "make the plan", Plan.Name) { IsOfSnapshot = true, Detail = "It is in a snapshot." }.ToErrorRecord());
            return false;
        }

        if (CommandHost.Find(MyInvocation.MyCommand.Module.ModuleBase) is not string[] host)
        {
            WriteError(new Refusal(Errno.ENOENT, "start the clock of the plan", Plan.Name) { Detail = "Neither zept nor pwsh was found to take the plan back; nothing was changed." }.ToErrorRecord());
            return false;
        }

        Answer<PendingPlan> started = PlanDeadlines.Start(Machine.Files, host, Plan.Name, RunName, within);
        if (started.Refusal is Refusal refusal)
        {
            WriteError(refusal.ToErrorRecord());
            return false;
        }

        WriteWarning(string.Create(CultureInfo.InvariantCulture, $"Everything is taken back at {started.Value.Deadline:HH:mm:ss} UTC unless 'Confirm-NsmPlan {Plan.Name}' comes before."));
        return true;
    }

    // A machine that keeps no such file is told of, and the plan made none the less.
    private void MakeWhole(PlanRowKind kind)
    {
        try
        {
            Answer<PlannedChange[]> changes = PlanExecution.Changes(Machine, Plan, kind);
            if (changes.Refusal is Refusal refusal && refusal.Errno.MeansUnsupported())
            {
                WriteWarning($"Not set: {string.Join(' ', PlanExecution.RowsOf(Plan, kind).Select(row => $"{row.Target}={row.Value}"))}. {refusal.Detail}");
            }
            else if (changes.Refusal is Refusal refused)
            {
                WriteError(refused.ToErrorRecord());
            }
            else if (changes.Value.Length == 0 || MakeInTurn(changes.Value, () => PlanExecution.Last(Machine, Plan, kind)))
            {
                Tell(PlanExecution.After(Machine, kind, changes.Value.Length > 0), isWarning: true);
            }
        }
        catch (KernelFormatException e)
        {
            WriteError(e.ToErrorRecord());
        }
    }
}
