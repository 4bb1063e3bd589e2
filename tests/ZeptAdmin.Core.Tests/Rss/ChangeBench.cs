using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Rss;

/// <summary>A journal to make changes with and take them back.</summary>
internal sealed class ChangeBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _life;

    private string Folder => Path.Combine(_folder.Path, $"journal-{_life}");

    public void Dispose() => _folder.Dispose();

    /// <summary>Starts a new journal.</summary>
    public void Forget() => _life++;

    public Answer<NsmChange> Apply(Sensor sensor, PlannedChange change)
    {
        using Journal journal = Journal.Open(Folder);
        return new ChangeRun(sensor, journal, KnownSettings.All).Apply(change);
    }

    public void Change(Sensor sensor, params IEnumerable<Answer<PlannedChange>> changes)
    {
        foreach (Answer<PlannedChange> change in changes)
        {
            Assert.Equal(ChangeState.Done, Apply(sensor, change.Value).Value.State);
        }
    }

    public void UndoAll(Sensor sensor)
    {
        using Journal journal = Journal.Open(Folder);
        NsmChange[] changes = ChangeHistory.Changes(Journal.Read(Folder), KnownSettings.All, ChangeRun.BootId(sensor));
        foreach (NsmChange change in ChangeUndo.Select(changes, _ => true))
        {
            Assert.Equal(ChangeState.Undone, ChangeUndo.Undo(sensor, journal, Journal.Read(Folder), KnownSettings.All, change).Value.State);
        }
    }
}
