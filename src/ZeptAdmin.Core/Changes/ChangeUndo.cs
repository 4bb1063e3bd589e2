using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Changes;

/// <summary>Takes changes back, the youngest first.</summary>
public static class ChangeUndo
{
    /// <summary>The changes that would be taken back, in that order.</summary>
    /// <param name="changes">The journal's changes.</param>
    /// <param name="wanted">Which of them are meant.</param>
    /// <remarks>
    /// Only what may still be in force: done, interrupted, or failed with something that could not be put back.
    /// A younger change of the same setting has to go first, or its undoing would bring the older value back; so it is included.
    /// </remarks>
    public static NsmChange[] Select(NsmChange[] changes, Func<NsmChange, bool> wanted)
    {
        HashSet<(string Kind, string Target)> settings = [];
        List<NsmChange> selected = [];
        foreach (NsmChange change in changes.Where(change => change.IsInForce).OrderBy(change => change.Id))
        {
            if (wanted(change) || settings.Contains((change.Kind, change.Target)))
            {
                _ = settings.Add((change.Kind, change.Target));
                selected.Add(change);
            }
        }

        selected.Reverse();
        return [.. selected];
    }

    /// <summary>Takes one change back.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="journal">Its journal, open to write.</param>
    /// <param name="entries">Lines of the journal, read before the first change is taken back.</param>
    /// <param name="kinds">All kinds of settings.</param>
    /// <param name="change">The change.</param>
    /// <returns>The change as it stands now, or why it still stands.</returns>
    public static Answer<NsmChange> Undo(Sensor sensor, Journal journal, JournalEntry[] entries, SettingKinds kinds, NsmChange change)
    {
        JournalEntry? intent = Array.Find(entries, entry => entry.Id == change.Id && entry.Event == JournalEvent.Intend);
        return intent is null || kinds.Find(change.Kind) is null
            ? new Refusal(Errno.ENOENT, "find the setting in this version of the module", $"{change.Kind} of {change.Target}")
            : new ChangeRun(sensor, journal, kinds, change.Run).TakeBack(intent);
    }
}
