using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Tests.Irqs;

namespace ZeptAdmin.Tests.Cpus;

/// <summary>The made-up machine of tests/Fixtures/cpus-skylake (two cores of two threads), with files and registers that can be written, and a journal.</summary>
internal sealed class CpuMachine : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Journal _journal;

    public CpuMachine()
    {
        string root = Repository.Snapshot("cpus-skylake");
        foreach (string line in File.ReadAllLines(Path.Combine(root, "values.txt")).Where(line => line[0] != '#'))
        {
            string[] parts = line.Split("\t=");
            _ = Machine.With(parts[0], parts[1] + "\n");
        }

        _ = Machine.With("/proc/cpuinfo", File.ReadAllText(Path.Combine(root, "proc", "cpuinfo")));
        Machine.Registers = Registers;
        _journal = Journal.Open(_folder.Path);
    }

    public SmallMachine Machine { get; } = new();

    public FakeRegisters Registers { get; } = new();

    public string this[string path] => System.Text.Encoding.UTF8.GetString(Machine.Files.Read("/sys/devices/system/cpu/" + path).Bytes.Span).TrimEnd();

    /// <summary>Makes changes, and says what each does.</summary>
    public string[] Make(params IEnumerable<Answer<PlannedChange>> changes)
    {
        ChangeRun run = new(Machine, _journal, KnownSettings.All, "test");
        List<string> done = [];
        foreach (Answer<PlannedChange> change in changes)
        {
            if (!change.Value.IsIdle)
            {
                done.Add(run.Apply(change.Value).Value.Description);
            }
        }

        return [.. done];
    }

    /// <summary>Takes all back, the youngest first.</summary>
    public void Undo()
    {
        JournalEntry[] entries = Journal.Read(_folder.Path);
        NsmChange[] changes = ChangeHistory.Changes(entries, KnownSettings.All, ChangeRun.BootId(Machine));
        foreach (NsmChange change in ChangeUndo.Select(changes, _ => true))
        {
            Assert.Equal(ChangeState.Undone, ChangeUndo.Undo(Machine, _journal, entries, KnownSettings.All, change).Value.State);
        }
    }

    /// <summary>All files and registers, to be held against each other.</summary>
    public string State() => string.Join(
        '\n',
        Machine.Contents.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}={System.Text.Encoding.UTF8.GetString(file.Value).TrimEnd()}")
            .Concat(Registers.Values.Select(register => $"{register.Key}={register.Value:x}")));

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
    }
}

/// <summary>Registers of two cores with two threads each, which share them.</summary>
internal sealed class FakeRegisters : IMsrChannel
{
    public SortedDictionary<(int Core, uint Register), ulong> Values { get; } = new() { [(0, 0x1a4)] = 0x20, [(1, 0x1a4)] = 0x22, [(0, 0xc8b)] = 0x600 };

    /// <summary>Error number of each write; None takes it.</summary>
    public Errno WriteErrno { get; set; }

    /// <summary>Error number of each read; None gives it.</summary>
    public Errno ReadErrno { get; set; }

    public Answer<ulong> Read(int cpu, uint number) =>
        ReadErrno != Errno.None ? MsrRefusals.Make(ReadErrno, "read", cpu, number) : Values.GetValueOrDefault((cpu % 2, number));

    public Refusal? Write(int cpu, uint number, ulong value)
    {
        if (WriteErrno != Errno.None)
        {
            return MsrRefusals.Make(WriteErrno, "write", cpu, number);
        }

        Values[(cpu % 2, number)] = value;
        return null;
    }
}
