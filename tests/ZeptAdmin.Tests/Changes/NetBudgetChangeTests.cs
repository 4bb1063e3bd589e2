using ZeptAdmin.Changes;
using ZeptAdmin.Irqs;

namespace ZeptAdmin.Tests.Changes;

/// <summary>One setting of this very machine, changed and taken back through the real kernel and a journal of its own.</summary>
[Collection("journal")]
public sealed class NetBudgetChangeTests : IDisposable
{
    private const string File = "/proc/sys/net/core/netdev_budget";

    private readonly TemporaryFolder _state = new();
    private readonly Engine _engine = new();
    private readonly ThisMachine _machine;

    public NetBudgetChangeTests()
    {
        ExternalTool.NeedRoot();
        _machine = new ThisMachine();
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", _state.Path);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", null);
        _engine.Dispose();
        _state.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void Is_set_read_back_and_taken_back()
    {
        string before = System.IO.File.ReadAllText(File);
        int wanted = int.Parse(before, System.Globalization.CultureInfo.InvariantCulture) + 300;

        EngineResult set = _engine.Run("Set-NetBudget -Packets $args[0] -PassThru", wanted);
        Assert.Empty(set.Errors);
        Assert.Equal(wanted, Assert.IsType<NetBudget>(set.Single).Packets);
        Assert.Equal($"{wanted}\n", System.IO.File.ReadAllText(File));
        Assert.Equal(ChangeState.Done, Assert.IsType<NsmChange>(_engine.Run("Get-NsmChange").Single).State);

        EngineResult undo = _engine.Run("Get-NsmChange | Undo-NsmChange -PassThru -Confirm:$false");
        Assert.Empty(undo.Errors);
        Assert.Equal(ChangeState.Undone, Assert.IsType<NsmChange>(undo.Single).State);
        Assert.Equal(before, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void A_snapshot_tells_what_was_changed_on_its_machine_and_takes_nothing_back()
    {
        _ = _engine.Run("Set-NetBudget -Packets $args[0]", int.Parse(System.IO.File.ReadAllText(File), System.Globalization.CultureInfo.InvariantCulture) + 300);
        string changed = System.IO.File.ReadAllText(File);
        using TemporaryFolder snapshot = new();
        foreach ((string from, string to) in new[]
        {
            ("/proc/sys/kernel/random/boot_id", "proc/sys/kernel/random/boot_id"),
            ("/proc/cpuinfo", "proc/cpuinfo"),
            ("/sys/devices/system/cpu/online", "sys/devices/system/cpu/online"),
            (Path.Combine(_state.Path, "journal", "journal.jsonl"), "var/lib/zeptadmin/journal/journal.jsonl"),
        })
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(snapshot.Path, to))!);
            System.IO.File.WriteAllText(Path.Combine(snapshot.Path, to), System.IO.File.ReadAllText(from));
        }

        NsmChange change = Assert.IsType<NsmChange>(_engine.Run("Get-NsmChange -Snapshot $args[0]", snapshot.Path).Single);
        Assert.Equal((ChangeState.Done, true), (change.State, change.IsInForce));
        EngineResult undo = _engine.Run("Undo-NsmChange 1 -Snapshot $args[0] -Confirm:$false -PassThru", snapshot.Path);
        Assert.Empty(undo.Output);
        _ = Assert.Single(undo.ErrorIds);
        Assert.Equal(changed, System.IO.File.ReadAllText(File));

        _ = _engine.Run("Undo-NsmChange 1 -Confirm:$false");
        Assert.NotEqual(changed, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Changes_nothing_the_second_time_and_says_so()
    {
        EngineResult result = _engine.Run("Set-NetBudget -Packets (Get-NetBudget).Packets -Verbose");

        Assert.Empty(result.Errors);
        Assert.Contains(result.Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));
        Assert.Empty(_engine.Run("Get-NsmChange").Output);
    }

    [Fact]
    public void Writes_nothing_under_WhatIf()
    {
        string before = System.IO.File.ReadAllText(File);

        EngineResult result = _engine.Run("Set-NetBudget -Packets 12345 -PassThru -WhatIf");

        Assert.Empty(result.Errors);
        Assert.NotEqual(12345, Assert.IsType<NetBudget>(result.Single).Packets);
        Assert.Equal(before, System.IO.File.ReadAllText(File));
        Assert.Empty(Directory.GetFileSystemEntries(_state.Path));
    }

    [Fact]
    public void A_snapshot_is_never_written()
    {
        _ = _state.Write("snapshot/proc/sys/net/core/netdev_budget", "300\n");

        EngineResult result = _engine.Run("Set-NetBudget -Packets 600 -Snapshot $args[0]", Path.Combine(_state.Path, "snapshot"));

        Assert.Equal(["SnapshotIsReadOnly"], result.ErrorIds);
    }
}
