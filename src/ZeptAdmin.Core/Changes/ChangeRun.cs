using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Changes;

/// <summary>Makes changes on a machine, one after the other: journal, write, read back, put right what was disturbed, settle.</summary>
/// <remarks>
/// The order is what makes a kill at any point harmless: the old value is on the disk before the first write, so that
/// <see cref="ChangeUndo"/> can always put it back, whether the write happened or not.
/// </remarks>
public sealed class ChangeRun
{
    private readonly Sensor _sensor;
    private readonly Journal _journal;
    private readonly SettingKinds _kinds;
    private readonly string _run;

    /// <summary>Starts a run.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="journal">Its journal, open to write.</param>
    /// <param name="kinds">All kinds of settings, to look after those that a write disturbs.</param>
    /// <param name="run">Name of the run; made of time and process when left out.</param>
    public ChangeRun(Sensor sensor, Journal journal, SettingKinds kinds, string? run = null)
    {
        _sensor = sensor;
        _journal = journal;
        _kinds = kinds;
        _run = run ?? NewName();
    }

    /// <summary>A name for a run: time (UTC) and process.</summary>
    public static string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd'T'HHmmss'.'fff}-{Environment.ProcessId}");

    /// <summary>Makes one change. What was half done is taken back before the refusal is given.</summary>
    /// <returns>The change as the journal has it, or why it was not made.</returns>
    /// <exception cref="JournalException">The journal cannot be written; then the machine is as it was.</exception>
    public Answer<NsmChange> Apply(PlannedChange change) => Apply(change, out _);

    /// <summary>Makes changes that mean something only together: when one is refused, those before it are taken back, the youngest first.</summary>
    /// <returns>The changes as the journal has them, or why they were not made.</returns>
    /// <exception cref="JournalException">The journal cannot be written; then the machine is as it was.</exception>
    public Answer<NsmChange[]> ApplyTogether(params IEnumerable<PlannedChange> changes) => ApplyInTurn(changes.Select(change => (Answer<PlannedChange>)change));

    /// <summary>Makes changes that mean something only together, each thought out when those before it are made: one that cannot be, or is refused, takes back those before.</summary>
    /// <returns>The changes as the journal has them, or why they were not made.</returns>
    /// <exception cref="JournalException">The journal cannot be written; then the machine is as it was.</exception>
    public Answer<NsmChange[]> ApplyInTurn(IEnumerable<Answer<PlannedChange>> changes)
    {
        List<NsmChange> made = [];
        Stack<JournalEntry> intents = [];
        try
        {
            foreach (Answer<PlannedChange> change in changes)
            {
                JournalEntry? intent = null;
                Answer<NsmChange> answer = change.Refusal is Refusal unplanned ? unplanned : Apply(change.Value, out intent);
                if (answer.Refusal is Refusal refusal)
                {
                    string[] standing = [.. intents.Select(TakeBack).Select(undone => undone.Refusal?.Reason).OfType<string>()];
                    return standing.Length == 0 ? refusal : refusal with { Detail = $"{refusal.Detail} What was done before stands: {string.Join(' ', standing)}".TrimStart() };
                }

                made.Add(answer.Value);
                intents.Push(intent!);
            }
        }
        catch (JournalException)
        {
            foreach (JournalEntry intent in intents)
            {
                try
                {
                    _ = TakeBack(intent);
                }
                catch (JournalException)
                {
                    // The old value is in its place before the journal is told; the journal offers the change still, and undoing it changes nothing.
                }
            }

            throw;
        }

        return made.ToArray();
    }

    private Answer<NsmChange> Apply(PlannedChange change, out JournalEntry intent)
    {
        JournalNeighbour[] neighbours = ReadNeighbours(change.Setting, change.Target);
        intent = new JournalEntry
        {
            Id = _journal.NextId(),
            Event = JournalEvent.Intend,
            Run = _run,
            Time = DateTime.UtcNow,
            Boot = BootId(_sensor),
            Kind = change.Setting.Kind,
            Target = change.Target,
            Before = change.Before,
            After = change.After,
            Neighbours = neighbours.Length == 0 ? null : neighbours,
        };
        _journal.Append(intent);

        Refusal? refusal = WriteAndVerify(change.Setting, change.Target, change.After);

        // A refused write may still have moved something; put the old value back where it is gone.
        bool isAsBefore = refusal is not null && RestoreIfChanged(change.Setting, change.Target, change.Before) is null;
        (string[] putBack, string? disturbed) = PutBack(neighbours);
        string? problem = refusal?.Reason ?? disturbed;
        JournalEntry settled = Settle(intent, problem is null ? JournalEvent.Done : JournalEvent.Failed, putBack, problem) with
        {
            IsAsBefore = isAsBefore && disturbed is null ? true : null,
        };
        try
        {
            _journal.Append(settled);
        }
        catch (JournalException)
        {
            // A change that the journal does not know as made is not to stay: the disk is full or gone, and the command ends with that.
            _ = RestoreIfChanged(change.Setting, change.Target, change.Before);
            _ = PutBack(neighbours);
            throw;
        }

        return refusal is not null ? refusal : ChangeHistory.Describe(intent, [settled], _kinds, BootId(_sensor));
    }

    /// <summary>Takes one change back and puts right what that disturbs.</summary>
    internal Answer<NsmChange> TakeBack(JournalEntry intent)
    {
        Setting setting = _kinds.Find(intent.Kind!)!;
        JournalNeighbour[] neighbours = MergeNeighbours(ReadNeighbours(setting, intent.Target!), intent.Neighbours ?? []);
        Refusal? refusal = RestoreIfChanged(setting, intent.Target!, intent.Before!);
        if (refusal is not null)
        {
            return refusal;
        }

        (string[] putBack, string? problem) = PutBack(neighbours);
        JournalEntry settled = Settle(intent, JournalEvent.Undone, putBack, problem);
        _journal.Append(settled);
        return ChangeHistory.Describe(intent, [settled], _kinds, BootId(_sensor));
    }

    /// <summary>Identity of the running boot.</summary>
    public static string BootId(Sensor sensor) => sensor.Files.ReadText("/proc/sys/kernel/random/boot_id") ?? "";

    private Refusal? WriteAndVerify(Setting setting, string target, JToken value)
    {
        if (setting.Write(_sensor, target, value) is Refusal refused)
        {
            return refused;
        }

        Answer<JToken> readBack = setting.Read(_sensor, target);
        return readBack.Refusal ?? (setting.AreSame(readBack.Value, value)
            ? null
            : new Refusal(Errno.EIO, $"keep the {setting.Kind}", target)
            {
                Detail = $"The kernel took {value.ToString(Formatting.None)} and now says {readBack.Value.ToString(Formatting.None)}.",
            });
    }

    private Refusal? RestoreIfChanged(Setting setting, string target, JToken value)
    {
        Answer<JToken> now = setting.Read(_sensor, target);
        return now.Refusal ?? (setting.AreSame(now.Value, value) ? null : WriteAndVerify(setting, target, value));
    }

    private JournalNeighbour[] ReadNeighbours(Setting setting, string target)
    {
        List<JournalNeighbour> neighbours = [];
        foreach (SettingKey key in setting.Disturbs(_sensor, target))
        {
            if (_kinds.Find(key.Kind)?.Read(_sensor, key.Target) is { IsKnown: true } value)
            {
                neighbours.Add(new JournalNeighbour(key.Kind, key.Target, value.Value));
            }
        }

        return [.. neighbours];
    }

    // What the journal remembers of a neighbour is older than what an interrupted run may have left, so it wins.
    private static JournalNeighbour[] MergeNeighbours(JournalNeighbour[] now, JournalNeighbour[] remembered) =>
        [.. remembered, .. now.Where(neighbour => !Array.Exists(remembered, other => other.Kind == neighbour.Kind && other.Target == neighbour.Target))];

    private (string[] PutBack, string? Problem) PutBack(JournalNeighbour[] neighbours)
    {
        List<string> done = [];
        string? problem = null;
        foreach (JournalNeighbour neighbour in neighbours)
        {
            Setting setting = _kinds.Find(neighbour.Kind)!;
            Answer<JToken> now = setting.Read(_sensor, neighbour.Target);
            if (!now.IsKnown || setting.Fit(neighbour.Value, now.Value) is not JToken wanted || setting.AreSame(now.Value, wanted))
            {
                continue;
            }

            SettingKey key = new(neighbour.Kind, neighbour.Target);
            if (WriteAndVerify(setting, neighbour.Target, wanted) is Refusal refusal)
            {
                problem ??= $"{key} was disturbed and could not be put back: {refusal.Reason}";
            }
            else
            {
                done.Add(key.ToString());
            }
        }

        return ([.. done], problem);
    }

    private JournalEntry Settle(JournalEntry intent, JournalEvent outcome, string[] putBack, string? problem) => new()
    {
        Id = intent.Id,
        Event = outcome,
        Run = intent.Run,
        Time = DateTime.UtcNow,
        Boot = BootId(_sensor),
        PutBack = putBack.Length == 0 ? null : putBack,
        Problem = problem,
    };
}
