using Newtonsoft.Json;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Changes;

/// <summary>Reads the journal as changes: what was made, and where each stands.</summary>
public static class ChangeHistory
{
    /// <summary>All changes that the journal of a machine, or of the snapshot of one, tells of; oldest first.</summary>
    /// <exception cref="KernelException">The journal may not be read.</exception>
    public static NsmChange[] Changes(Sensor sensor, SettingKinds kinds) => Changes(Journal.Read(sensor), kinds, ChangeRun.BootId(sensor));

    /// <summary>All changes, oldest first.</summary>
    /// <param name="entries">Lines of the journal.</param>
    /// <param name="kinds">Kinds of settings, to put changes in words.</param>
    /// <param name="boot">Identity of the running boot.</param>
    public static NsmChange[] Changes(JournalEntry[] entries, SettingKinds kinds, string boot)
    {
        ILookup<long, JournalEntry> outcomes = entries.Where(entry => entry.Event != JournalEvent.Intend).ToLookup(entry => entry.Id);
        return [.. entries.Where(entry => entry is { Event: JournalEvent.Intend, Kind: not null, Target: not null, Before: not null, After: not null })
            .Select(intent => Describe(intent, [.. outcomes[intent.Id]], kinds, boot))];
    }

    internal static NsmChange Describe(JournalEntry intent, JournalEntry[] outcomes, SettingKinds kinds, string boot)
    {
        Setting? kind = kinds.Find(intent.Kind!);
        JournalEntry? last = outcomes.LastOrDefault();
        ChangeState state = State(intent, last, kind, boot);
        return new NsmChange
        {
            Id = intent.Id,
            Run = intent.Run,
            Time = intent.Time,
            State = state,
            IsInForce = state is ChangeState.Done or ChangeState.Interrupted || (state == ChangeState.Failed && last?.IsAsBefore is not true),
            Kind = intent.Kind!,
            Target = intent.Target!,
            Description = kind?.Describe(intent.Target!, intent.Before!, intent.After!) ?? $"Set {intent.Kind} of '{intent.Target}'",
            Before = intent.Before!.ToString(Formatting.None),
            After = intent.After!.ToString(Formatting.None),
            PutBack = last?.PutBack ?? [],
            Problem = last?.Problem,
        };
    }

    private static ChangeState State(JournalEntry intent, JournalEntry? last, Setting? kind, string boot) => last?.Event switch
    {
        JournalEvent.Undone => ChangeState.Undone,
        JournalEvent.Failed => ChangeState.Failed,
        _ when kind is { IsLostAtReboot: true } && intent.Boot != boot => ChangeState.GoneWithReboot,
        JournalEvent.Done => ChangeState.Done,
        _ => ChangeState.Interrupted,
    };
}
