using System.Management.Automation;
using ZeptAdmin.Changes;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that change a machine: asks, journals, writes, verifies, and says what it did.</summary>
public abstract class ChangeCmdlet : SensorCmdlet
{
    private Journal? _journal;
    private bool _isWithoutJournal;

    /// <summary>Emits the settings that the kernel reports afterwards; under -WhatIf the present ones.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Name under which the journal keeps the changes of this command.</summary>
    private protected string RunName { get; set; } = ChangeRun.NewName();

    /// <summary>Makes the changes that are not in force yet, one question each.</summary>
    /// <returns>False when one of them was refused.</returns>
    private protected bool Make(params IEnumerable<Answer<PlannedChange>> changes) => Make(isWildcard: false, changes);

    /// <summary>Makes the changes that are not in force yet, one question each.</summary>
    /// <param name="isWildcard">True when a wildcard caught the target: what it does not support is then a verbose line.</param>
    /// <param name="changes">The changes.</param>
    /// <returns>False when one of them was refused.</returns>
    private protected bool Make(bool isWildcard, params IEnumerable<Answer<PlannedChange>> changes)
    {
        bool wasMade = true;
        foreach (Answer<PlannedChange> change in changes)
        {
            if (_isWithoutJournal)
            {
                return false;
            }

            if (change.Refusal is Refusal refusal)
            {
                Report(refusal, isWildcard);
                wasMade = false;
            }
            else if (IsToBeMade(change.Value))
            {
                wasMade &= Apply([change.Value]);
            }
        }

        return wasMade;
    }

    /// <summary>Makes changes that mean something only together, one question each: when one is refused, none of them stays.</summary>
    /// <returns>False when one of them was refused.</returns>
    private protected bool MakeTogether(bool isWildcard, params IEnumerable<Answer<PlannedChange>> changes)
    {
        List<PlannedChange> wanted = [];
        foreach (Answer<PlannedChange> change in changes)
        {
            if (change.Refusal is Refusal refusal)
            {
                Report(refusal, isWildcard);
                if (!isWildcard)
                {
                    return false;
                }
            }
            else if (IsToBeMade(change.Value))
            {
                wanted.Add(change.Value);
            }
        }

        return wanted.Count == 0 || (!_isWithoutJournal && Apply(wanted));
    }

    /// <summary>Makes changes that mean something only together, and one that is thought out when they are made: when one is refused, none of them stays.</summary>
    /// <returns>False when nothing was made.</returns>
    private protected bool MakeInTurn(PlannedChange[] changes, Func<Answer<PlannedChange>?> last)
    {
        if (changes.Length == 0)
        {
            WriteVerbose("Nothing to do: it is so already.");
            return false;
        }

        string all = string.Join('\n', changes.Select(change => change.ToString()));
        return ShouldProcess(all, all + "?", "Change this sensor") && !_isWithoutJournal && Apply(InTurn());

        IEnumerable<Answer<PlannedChange>> InTurn()
        {
            foreach (PlannedChange change in changes)
            {
                yield return change;
            }

            if (last() is Answer<PlannedChange> followUp && !(followUp.IsKnown && followUp.Value.IsIdle))
            {
                yield return followUp;
            }
        }
    }

    /// <summary>Says a sentence, if there is one: as a warning, or as a verbose line.</summary>
    private protected void Tell(string? sentence, bool isWarning)
    {
        if (sentence is not null && isWarning)
        {
            WriteWarning(sentence);
        }
        else if (sentence is not null)
        {
            WriteVerbose(sentence);
        }
    }

    /// <summary>The journal of this machine, held until the command ends.</summary>
    /// <exception cref="KernelException">It cannot be written; nothing may be changed then.</exception>
    private protected Journal OpenJournal() => _journal ??= Journal.Open(Journal.DefaultFolder);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _journal?.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsToBeMade(PlannedChange change)
    {
        if (change.IsIdle)
        {
            WriteVerbose($"Nothing to do: {change.Setting.Kind} of '{change.Target}' is so already.");
            return false;
        }

        return ShouldProcess(change.ToString(), change + "?", "Change this sensor");
    }

    private bool Apply(IEnumerable<PlannedChange> changes) => Apply(changes.Select(change => (Answer<PlannedChange>)change));

    private bool Apply(IEnumerable<Answer<PlannedChange>> changes)
    {
        if (!Machine.IsLive)
        {
            PlannedChange first = changes.First().Value;
            WriteError(new Refusal(Errno.EROFS, $"change the {first.Setting.Kind}", first.Target) { IsOfSnapshot = true, Detail = "It is in a snapshot." }.ToErrorRecord());
            return false;
        }

        try
        {
            Answer<NsmChange[]> made = new ChangeRun(Machine, OpenJournal(), KnownSettings.All, RunName).ApplyInTurn(changes);
            if (made.Refusal is Refusal refusal)
            {
                WriteError(refusal.ToErrorRecord());
                return false;
            }

            Array.ForEach(made.Value, Report);
            return true;
        }
        catch (KernelException e)
        {
            // Without a journal every further change would be the same error again.
            _isWithoutJournal = e is JournalException;
            WriteError(e.ToErrorRecord());
            return false;
        }
    }

    private void Report(NsmChange change)
    {
        WriteVerbose($"Change {change.Id}: {change.Description}.");
        foreach (string neighbour in change.PutBack)
        {
            WriteVerbose($"Change {change.Id} disturbed the {neighbour}; it was put back.");
        }

        if (change.Problem is not null)
        {
            WriteWarning(change.Problem);
        }
    }
}
