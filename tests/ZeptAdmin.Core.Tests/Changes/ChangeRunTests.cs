using ZeptAdmin.Changes;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Changes;

public sealed class ChangeRunTests : IDisposable
{
    private const string Port = "ens1f0";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeMachine _machine = new();
    private readonly FakeSetting _ring = new("Ring", "Table");
    private readonly FakeSetting _table = new("Table");
    private readonly FakeSetting _flag = new("Flag");
    private readonly SettingKinds _kinds;

    public ChangeRunTests()
    {
        _kinds = new SettingKinds(_ring, _table, _flag);
        _machine.Values[new SettingKey("Ring", Port)] = 512;
        _machine.Values[new SettingKey("Table", Port)] = 7;
        _machine.Values[new SettingKey("Flag", Port)] = 1;
    }

    private string JournalFolder => Path.Combine(_folder.Path, "journal");

    public void Dispose()
    {
        _machine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_change_is_journalled_written_verified_and_what_it_disturbed_is_put_back()
    {
        NsmChange change = Apply(_ring, 4096).Value;

        Assert.Equal((ChangeState.Done, "512", "4096"), (change.State, change.Before, change.After));
        Assert.Equal(["Table of 'ens1f0'"], change.PutBack);
        Assert.Equal((4096, 7), (Value("Ring"), Value("Table")));
        Assert.Equal(change.Id, Assert.Single(History()).Id);
    }

    [Fact]
    public void Undo_brings_everything_back_the_youngest_first()
    {
        _ = Apply(_flag, 0).Value;
        _ = Apply(_ring, 1024).Value;
        _ = Apply(_ring, 4096).Value;

        NsmChange[] undone = Undo(_ => true);

        Assert.Equal([3L, 2L, 1L], undone.Select(change => change.Id));
        Assert.All(undone, change => Assert.Equal(ChangeState.Undone, change.State));
        Assert.Equal((512, 7, 1), (Value("Ring"), Value("Table"), Value("Flag")));
        Assert.Empty(Undo(_ => true));
    }

    [Fact]
    public void Undoing_an_older_change_takes_the_younger_ones_of_the_same_setting_with_it()
    {
        _ = Apply(_ring, 1024).Value;
        _ = Apply(_flag, 0).Value;
        _ = Apply(_ring, 4096).Value;

        NsmChange[] undone = Undo(change => change.Id == 1);

        Assert.Equal([3L, 1L], undone.Select(change => change.Id));
        Assert.Equal((512, 0), (Value("Ring"), Value("Flag")));
    }

    [Fact]
    public void A_refusal_leaves_the_old_state_and_says_why()
    {
        _machine.Refuse = key => key.Kind == "Ring" ? Errno.EBUSY : Errno.None;

        Answer<NsmChange> answer = Apply(_ring, 4096);

        Assert.Equal(Errno.EBUSY, answer.Refusal?.Errno);
        Assert.Equal((512, 7), (Value("Ring"), Value("Table")));
        NsmChange change = Assert.Single(History());
        Assert.Equal((ChangeState.Failed, false), (change.State, change.IsInForce));
        Assert.Empty(Undo(_ => true));
    }

    [Fact]
    public void A_kernel_that_keeps_another_value_than_it_was_given_is_a_failure_that_is_taken_back()
    {
        _machine.Step = step =>
        {
            if (step == "after Ring of 'ens1f0'" && Value("Ring") == 4096)
            {
                _machine.Values[new SettingKey("Ring", Port)] = 4000;
            }
        };

        Answer<NsmChange> answer = Apply(_ring, 4096);

        Assert.Equal(Errno.EIO, answer.Refusal?.Errno);
        Assert.Equal(512, Value("Ring"));
    }

    [Fact]
    public void A_process_that_dies_at_any_step_can_be_taken_back()
    {
        int steps = CountSteps();
        Assert.InRange(steps, 10, 100);
        for (int death = 1; death <= steps; death++)
        {
            using ChangeRunTests life = new();
            int step = 0;
            life._machine.Step = _ => DieAt(death, ref step);
            _ = Assert.Throws<Death>(life.TenChanges);

            life._machine.Step = _ => { };
            _ = life.Undo(_ => true);

            Assert.Equal((512, 7, 1), (life.Value("Ring"), life.Value("Table"), life.Value("Flag")));
            Assert.Empty(life.Undo(_ => true));
        }
    }

    [Fact]
    public void A_process_that_dies_while_undoing_can_be_taken_back()
    {
        for (int death = 1; death <= 8; death++)
        {
            using ChangeRunTests life = new();
            life.TenChanges();
            int step = 0;
            life._machine.Step = _ => DieAt(death, ref step);
            _ = Assert.Throws<Death>(() => life.Undo(_ => true));

            life._machine.Step = _ => { };
            _ = life.Undo(_ => true);

            Assert.Equal((512, 7, 1), (life.Value("Ring"), life.Value("Table"), life.Value("Flag")));
        }
    }

    [Fact]
    public void A_torn_last_line_costs_nothing_but_itself()
    {
        _ = Apply(_ring, 1024).Value;
        string file = Path.Combine(JournalFolder, "journal.jsonl");
        File.AppendAllText(file, "{\"Id\":2,\"Event\":\"Intend\",\"Ru");

        _ = Apply(_flag, 0).Value;

        Assert.Equal([1L, 2L], History().Select(change => change.Id));
        _ = Undo(_ => true);
        Assert.Equal((512, 1), (Value("Ring"), Value("Flag")));
    }

    [Fact]
    public void What_a_reboot_took_back_is_not_undone_again()
    {
        _ = Apply(_ring, 4096).Value;
        _machine.Reboot();

        Assert.Equal(ChangeState.GoneWithReboot, Assert.Single(History()).State);
        Assert.Empty(Undo(_ => true));
    }

    [Fact]
    public void Two_writers_are_kept_apart()
    {
        using Journal first = Journal.Open(JournalFolder);

        Assert.Equal(Errno.EBUSY, Assert.Throws<JournalException>(() => Journal.Open(JournalFolder)).Errno);
    }

    [Fact]
    public void A_journal_that_cannot_be_written_leaves_the_machine_alone()
    {
        ExternalTool.NeedRoot();
        _ = Directory.CreateDirectory(JournalFolder);
        _ = ExternalTool.Run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", JournalFolder);
        try
        {
            File.WriteAllBytes(Path.Combine(JournalFolder, "filler"), new byte[4096]);

            Assert.Equal(Errno.ENOSPC, Assert.Throws<JournalException>(() => Apply(_ring, 4096)).Errno);
            Assert.Equal((512, 0), (Value("Ring"), _machine.Writes));
        }
        finally
        {
            _ = ExternalTool.Run("umount", JournalFolder);
        }
    }

    [Fact]
    public void A_read_only_place_for_the_journal_leaves_the_machine_alone()
    {
        ExternalTool.NeedRoot();
        _ = Directory.CreateDirectory(JournalFolder);
        _ = ExternalTool.Run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", JournalFolder);
        try
        {
            Assert.Equal(Errno.EROFS, Assert.Throws<JournalException>(() => Apply(_ring, 4096)).Errno);
            Assert.Equal(0, _machine.Writes);
        }
        finally
        {
            _ = ExternalTool.Run("umount", JournalFolder);
        }
    }

    [Fact]
    public void A_journal_that_leads_elsewhere_is_not_followed()
    {
        _ = Directory.CreateDirectory(JournalFolder);
        _ = File.CreateSymbolicLink(Path.Combine(JournalFolder, "journal.jsonl"), Path.Combine(_folder.Path, "elsewhere"));

        Assert.Equal(Errno.ELOOP, Assert.Throws<JournalException>(() => Apply(_ring, 4096)).Errno);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "elsewhere")));
    }

    [Fact]
    public void The_journal_is_for_its_owner_alone()
    {
        _ = Apply(_ring, 4096).Value;

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(JournalFolder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(JournalFolder, "journal.jsonl")));
    }

    [Theory]
    [InlineData(Errno.EBUSY)]
    [InlineData(Errno.EIO)]
    [InlineData(Errno.EOPNOTSUPP)]
    public void A_driver_that_fails_half_way_is_put_back_with_all_that_it_disturbed(Errno errno)
    {
        int attempts = 0;
        _machine.RefuseLate = key => key.Kind == "Ring" && attempts++ == 0 ? errno : Errno.None;

        Answer<NsmChange> answer = Apply(_ring, 4096);

        Assert.Equal(errno, answer.Refusal?.Errno);
        Assert.Equal((512, 7), (Value("Ring"), Value("Table")));
        Assert.Equal(ChangeState.Failed, Assert.Single(History()).State);
    }

    [Fact]
    public void Of_changes_that_belong_together_none_stays_when_one_is_refused()
    {
        _machine.Refuse = key => key.Kind == "Flag" ? Errno.EBUSY : Errno.None;

        Answer<NsmChange[]> answer = ApplyTogether(4096);

        Assert.Equal(Errno.EBUSY, answer.Refusal?.Errno);
        Assert.Equal((512, 7, 1), (Value("Ring"), Value("Table"), Value("Flag")));
        Assert.Equal([ChangeState.Undone, ChangeState.Undone, ChangeState.Failed], History().Select(change => change.State));
        Assert.Empty(ChangeUndo.Select(History(), _ => true));

        _machine.Refuse = _ => Errno.None;
        Assert.Equal([4L, 5L, 6L], ApplyTogether(4096).Value.Select(change => change.Id));
        Assert.Equal((4096, 9, 0), (Value("Ring"), Value("Table"), Value("Flag")));
        _ = Undo(_ => true);
        Assert.Equal((512, 7, 1), (Value("Ring"), Value("Table"), Value("Flag")));
    }

    [Fact]
    public void What_cannot_be_taken_back_is_told_and_can_be_undone_later()
    {
        _machine.Step = step =>
        {
            if (step == "before Flag of 'ens1f0'")
            {
                _machine.Refuse = _ => Errno.EIO;
            }
        };

        Refusal refusal = ApplyTogether(4096).Refusal!;

        Assert.Equal(Errno.EIO, refusal.Errno);
        Assert.Contains("What was done before stands: ", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal((4096, 9), (Value("Ring"), Value("Table")));
        (_machine.Step, _machine.Refuse) = (_ => { }, _ => Errno.None);
        Assert.Equal([2L, 1L], Undo(_ => true).Select(change => change.Id));
        Assert.Equal((512, 7, 1), (Value("Ring"), Value("Table"), Value("Flag")));
    }

    [Fact]
    public void A_disk_that_fills_up_between_changes_that_belong_together_takes_all_of_them_back()
    {
        ExternalTool.NeedRoot();
        _ = Directory.CreateDirectory(JournalFolder);
        (int exitCode, _, string errors) = ExternalTool.TryRun("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", JournalFolder);
        Assert.SkipUnless(exitCode == 0, $"no tmpfs can be mounted here: {errors.Trim()}");
        try
        {
            HashSet<int> writesBefore = [];
            for (int room = 100; room < 2600; room += 53)
            {
                (string filler, string file) = Leave(room);
                int writes = _machine.Writes;
                try
                {
                    Assert.True(ApplyTogether(4096).IsKnown);
                    break;
                }
                catch (JournalException e)
                {
                    Assert.Equal(Errno.ENOSPC, e.Errno);
                }

                Assert.Equal((512, 7, 1), (Value("Ring"), Value("Table"), Value("Flag")));
                _ = writesBefore.Add(_machine.Writes - writes);
                File.Delete(filler);
                _ = Undo(_ => true);
                Assert.Equal((512, 7, 1), (Value("Ring"), Value("Table"), Value("Flag")));
                File.Delete(file);
            }

            // It became full before the first write, and after each of them; in the end all three had room.
            Assert.InRange(writesBefore.Count, 4, 10);
            Assert.Equal((4096, 9, 0), (Value("Ring"), Value("Table"), Value("Flag")));
        }
        finally
        {
            _ = ExternalTool.Run("umount", JournalFolder);
        }
    }

    [Fact]
    public void An_interface_that_vanishes_half_way_is_one_refusal_and_the_rest_can_be_taken_back()
    {
        _ = Apply(_flag, 0).Value;
        _machine.Step = step =>
        {
            if (step == "before Ring of 'ens1f0'")
            {
                _ = _machine.Values.Remove(new SettingKey("Ring", Port));
                _ = _machine.Values.Remove(new SettingKey("Table", Port));
                _machine.Refuse = key => key.Kind == "Flag" ? Errno.None : Errno.ENODEV;
            }
        };

        Answer<NsmChange> answer = Apply(_ring, 4096);

        Assert.Equal(Errno.ENODEV, answer.Refusal?.Errno);
        _machine.Step = _ => { };
        using (Journal journal = Journal.Open(JournalFolder))
        {
            Answer<NsmChange>[] undone = [.. ChangeUndo.Select(History(), _ => true).Select(change => ChangeUndo.Undo(_machine, journal, Journal.Read(JournalFolder), _kinds, change))];
            Assert.Equal([Errno.ENODEV, null], undone.Select(each => each.Refusal?.Errno));
        }

        Assert.Equal(1, Value("Flag"));
    }

    [Fact]
    public void A_disk_that_fills_up_at_any_byte_leaves_no_change_that_the_journal_does_not_know()
    {
        ExternalTool.NeedRoot();
        _ = Directory.CreateDirectory(JournalFolder);
        (int exitCode, _, string errors) = ExternalTool.TryRun("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", JournalFolder);
        Assert.SkipUnless(exitCode == 0, $"no tmpfs can be mounted here: {errors.Trim()}");
        try
        {
            int refusedBefore = 0;
            int refusedAfter = 0;
            for (int room = 4000; room > 3000; room -= 53)
            {
                FillUp(room, ref refusedBefore, ref refusedAfter);
            }

            // The disk became full on a line of either kind: before the write, and after it.
            Assert.InRange(refusedBefore, 3, 20);
            Assert.InRange(refusedAfter, 3, 20);
        }
        finally
        {
            _ = ExternalTool.Run("umount", JournalFolder);
        }
    }

    private void FillUp(int room, ref int refusedBefore, ref int refusedAfter)
    {
        (string filler, string file) = Leave(room);
        int made = 512;
        using (Journal journal = Journal.Open(JournalFolder))
        {
            int writes;
            do
            {
                writes = _machine.Writes;
            }
            while (TryApply(journal, made + 1) && made++ > 0);

            Assert.Equal((made, 7), (Value("Ring"), Value("Table")));
            refusedBefore += _machine.Writes == writes ? 1 : 0;
            refusedAfter += _machine.Writes == writes ? 0 : 1;
            File.Delete(filler);
            Assert.True(TryApply(journal, 4096));
        }

        _ = Undo(_ => true);
        Assert.Equal((512, 7), (Value("Ring"), Value("Table")));
        File.Delete(file);
    }

    // Of the two pages of a small disk one is the filler's, one the journal's; a line that no journal wrote takes what is not to be left of it.
    private (string Filler, string Journal) Leave(int room)
    {
        string filler = Path.Combine(JournalFolder, "filler");
        string file = Path.Combine(JournalFolder, "journal.jsonl");
        Assert.True(SpinWait.SpinUntil(() => TryWrite(filler, new byte[4096]) && TryWrite(file, [.. Enumerable.Repeat((byte)'#', 4095 - room), (byte)'\n']), TimeSpan.FromMinutes(1)));
        return (filler, file);
    }

    // A page of a deleted file is there as long as anybody has it open, and a process that another test is just starting has all files of this one
    // until it runs its program.
    private static bool TryWrite(string path, byte[] content)
    {
        try
        {
            File.WriteAllBytes(path, content);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private bool TryApply(Journal journal, int value)
    {
        try
        {
            return new ChangeRun(_machine, journal, _kinds, "run").Apply(new PlannedChange(_ring, Port, _ring.Read(_machine, Port).Value, value)).IsKnown;
        }
        catch (KernelException e) when (e.Errno == Errno.ENOSPC)
        {
            return false;
        }
    }

    private int Value(string kind) => _machine.Values[new SettingKey(kind, Port)];

    private int CountSteps()
    {
        using ChangeRunTests life = new();
        int steps = 0;
        life._machine.Step = _ => steps++;
        life.TenChanges();
        return steps;
    }

    private void TenChanges()
    {
        for (int i = 1; i <= 10; i++)
        {
            _ = (i % 3) switch
            {
                0 => Apply(_flag, i + 10).Value,
                1 => Apply(_ring, 512 + i).Value,
                _ => Apply(_table, 100 + i).Value,
            };
        }
    }

    private Answer<NsmChange> Apply(Setting setting, int value)
    {
        using Journal journal = Journal.Open(JournalFolder);
        return new ChangeRun(_machine, journal, _kinds, "run").Apply(new PlannedChange(setting, Port, setting.Read(_machine, Port).Value, value));
    }

    private Answer<NsmChange[]> ApplyTogether(int ring)
    {
        using Journal journal = Journal.Open(JournalFolder);
        return new ChangeRun(_machine, journal, _kinds, "run").ApplyTogether(
            new PlannedChange(_ring, Port, _ring.Read(_machine, Port).Value, ring),
            new PlannedChange(_table, Port, _table.Read(_machine, Port).Value, 9),
            new PlannedChange(_flag, Port, _flag.Read(_machine, Port).Value, 0));
    }

    private NsmChange[] History() => ChangeHistory.Changes(Journal.Read(JournalFolder), _kinds, ChangeRun.BootId(_machine));

    private NsmChange[] Undo(Func<NsmChange, bool> wanted)
    {
        using Journal journal = Journal.Open(JournalFolder);
        return [.. ChangeUndo.Select(History(), wanted).Select(change => ChangeUndo.Undo(_machine, journal, Journal.Read(JournalFolder), _kinds, change).Value)];
    }

    private static void DieAt(int death, ref int step)
    {
        if (++step == death)
        {
            throw new Death();
        }
    }

    private sealed class Death : Exception;
}
