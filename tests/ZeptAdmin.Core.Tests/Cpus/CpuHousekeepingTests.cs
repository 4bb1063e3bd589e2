using System.Text;
using ZeptAdmin.Changes;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Tests.Planning;
using static ZeptAdmin.Cpus.CpuHousekeepingPart;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuHousekeepingTests : IDisposable
{
    private const string Work = "/sys/devices/virtual/workqueue/cpumask";
    private readonly TemporaryFolder _folder = new();
    private readonly SmallMachine _machine = new();
    private readonly Journal _journal;

    public CpuHousekeepingTests()
    {
        foreach (string line in File.ReadAllLines(Path.Combine(Repository.Snapshot("cpus-tenants"), "values.txt")).Where(line => line[0] != '#'))
        {
            string[] parts = line.Split("\t=");
            _ = _machine.With(parts[0], parts[1] + "\n");
        }

        _machine.Affinity = new FakeAffinity(_machine);
        _journal = Journal.Open(_folder.Path);
    }

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Tells_where_each_part_of_the_kernels_work_is_done()
    {
        CpuHousekeeping[] parts = CpuHousekeepings.Get(_machine);

        Assert.Equal([UnboundWork, Writeback, Watchdog, NewInterrupts, RcuThreads, KernelThreads], parts.Select(part => part.Part));
        Assert.All(parts, part => Assert.Equal(("0-3", "2-3"), (part.Cpus.ToString(), part.StrayCpus.ToString())));
        Assert.Equal(["rcu_preempt", "rcuog/2", "rcuop/2"], parts[4].Threads);

        // kswapd keeps to its node; a kworker and what is tied to a CPU cannot be moved.
        Assert.Equal(["kthreadd"], parts[5].Threads);
    }

    [Theory]
    [InlineData("irq/24-eth0")]
    [InlineData("napi/eth0-8193")]
    public void Threads_of_interrupts_and_queues_are_left_where_these_are(string name)
    {
        foreach (string file in (string[])["/proc/28/stat", "/proc/28/task/28/stat", "/proc/28/task/28/status"])
        {
            _ = _machine.With(file, Text(file).Replace("rcuop/2", name, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(CpuHousekeepings.Get(_machine), part => part.Threads.Contains(name));
        Assert.DoesNotContain(Make(CpuHousekeepings.Plan(_machine, new CpuList("0-1"), null)), change => change.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_of_a_plan_make_it_so_show_its_drift_and_are_taken_back()
    {
        NsmPlan plan = NsmPlanner.Make(
            MadeUpMachines.Make(nodes: 1, cores: 4, threads: 1, coresOfL3: 4),
            new MachineFacts { Housekeeping = [.. CpuHousekeepings.Get(_machine).Select(part => part.Part)] },
            [MadeUpMachines.Port("ens1f0", 0)],
            new PlanWish()).Value;
        PlanRow[] rows = [.. PlanExecution.Rows(plan).Where(row => row.Kind == PlanRowKind.Housekeeping)];
        PlanDrift[] Drifts() => [.. rows.Select(row => PlanComparison.Compare(_machine, plan, row))];
        string before = State();

        Assert.Equal(["UnboundWork", "Writeback", "Watchdog", "NewInterrupts", "RcuThreads"], rows.Select(row => row.Target));
        Assert.All(rows, row => Assert.Equal(MadeUpMachines.Cpus(plan, CpuRole.Housekeeping), row.Value));
        Assert.All(Drifts(), drift => Assert.Equal((PlanRowState.Drifted, "0-3", 1), (drift.State, drift.Actual, drift.Changes.Length)));

        _ = Make(rows.SelectMany(row => PlanExecution.Changes(_machine, plan, row)));
        Assert.All(Drifts(), drift => Assert.Equal((PlanRowState.InPlace, 0), (drift.State, drift.Changes.Length)));
        _ = _machine.With(Work, "f\n");
        Assert.Equal([(PlanRowState.Drifted, "UnboundWork")], Drifts().Where(drift => drift.State != PlanRowState.InPlace).Select(drift => (drift.State, drift.Target)));
        _ = _machine.With(Work, "1\n");

        Undo();
        Assert.Equal(before, State());
        PlanDrift missing = PlanComparison.Compare(new SmallMachine(), plan, rows[0]);
        Assert.Equal((PlanRowState.NotPossible, 0), (missing.State, missing.Changes.Length));
    }

    [Fact]
    public void A_plan_whose_workers_have_the_kernels_work_is_refused()
    {
        NsmPlan plan = NsmPlanner.Make(
            MadeUpMachines.Make(nodes: 1, cores: 4, threads: 1, coresOfL3: 4), new MachineFacts { Housekeeping = [Watchdog] }, [MadeUpMachines.Port("ens1f0", 0)], new PlanWish()).Value;

        Assert.Null(PlanRules.FirstBroken(plan));
        NsmPlan edited = plan with { Rows = [.. plan.Rows.Select(row => row.Kind == PlanRowKind.Housekeeping ? row with { Value = "0-3" } : row)] };
        Assert.Matches("^Housekeeping of 'Watchdog' has CPU [0-9,-]+, whose role in Cpus is (Irq|Worker)$", PlanRules.FirstBroken(edited)!.Value.Problem);
        NsmPlan odd = plan with { Rows = [.. plan.Rows.Select(row => row.Kind == PlanRowKind.Housekeeping ? row with { Target = "Naps" } : row)] };
        Assert.Contains("'Naps' is no target of Housekeeping", PlanRules.FirstBroken(odd)!.Value.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_machine_lacks_is_left_out() => Assert.Empty(CpuHousekeepings.Get(new SmallMachine()));

    [Fact]
    public void All_of_it_is_moved_and_taken_back_to_the_byte()
    {
        string before = State();

        string[] made = Make(CpuHousekeepings.Plan(_machine, new CpuList("0-1"), null));

        Assert.Equal(
            [
                "Set the CPUs of unbound work of the kernel from 0-3 to 0-1", "Set the CPUs of writeback from 0-3 to 0-1", "Set the CPUs of the watchdogs from 0-3 to 0-1",
                "Set the CPUs of new interrupts from 0-3 to 0-1", "Set the CPUs of rcu_preempt, rcuog/2, rcuop/2 from 0-3 to 0-1", "Set the CPUs of kthreadd from 0-3 to 0-1",
            ],
            made);
        Assert.Equal(("3\n", "0-1\n", "Cpus_allowed_list:\t0-1\n"), (Text(Work), Text("/proc/sys/kernel/watchdog_cpumask"), Text("/proc/28/task/28/status")));
        Assert.All(CpuHousekeepings.Get(_machine), part => Assert.True(part.StrayCpus.IsEmpty));
        Assert.Empty(Make(CpuHousekeepings.Plan(_machine, new CpuList("0-1"), null)));

        Undo();
        Assert.Equal(before, State());
    }

    [Fact]
    public void A_mask_that_the_kernel_writes_in_another_form_is_the_same()
    {
        _ = _machine.With(Work, "00000000,0000000f\n");

        Assert.Empty(Make(CpuHousekeepings.Plan(_machine, new CpuList("0-3"), [UnboundWork])));
    }

    [Fact]
    public void A_part_that_was_named_and_is_not_there_is_a_refusal()
    {
        Answer<PlannedChange> plan = Assert.Single(CpuHousekeepings.Plan(new SmallMachine(), new CpuList("0"), [Watchdog]));

        Assert.Equal(Errno.ENOENT, plan.Refusal!.Errno);
        Assert.Empty(CpuHousekeepings.Plan(new SmallMachine(), new CpuList("0"), null));
    }

    [Fact]
    public void A_thread_that_is_refused_half_way_leaves_nothing_behind()
    {
        string before = State();
        ((FakeAffinity)_machine.Affinity!).Refuse = id => id == 28 ? Errno.EPERM : Errno.None;

        _ = Assert.Throws<KernelException>(() => Make(CpuHousekeepings.Plan(_machine, new CpuList("0-1"), [RcuThreads])));

        ((FakeAffinity)_machine.Affinity!).Refuse = _ => Errno.None;
        Undo();
        Assert.Equal(before, State());
    }

    [Fact]
    public void A_thread_that_has_ended_since_is_no_failure_when_it_is_taken_back()
    {
        _ = Make(CpuHousekeepings.Plan(_machine, new CpuList("0-1"), [RcuThreads]));
        foreach (string file in (string[])["stat", "status", "schedstat", "comm"])
        {
            _machine.Replace($"/proc/27/task/27/{file}", null);
        }

        Undo();
        Assert.Equal("Cpus_allowed_list:\t0-3\n", Text("/proc/28/task/28/status"));
    }

    [Fact]
    public void A_capture_cannot_be_told_anything()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("cpus-tenants"));

        Assert.Equal(Errno.EROFS, sensor.Threads.Move(28, new CpuList("0")));
    }

    private string[] Make(IEnumerable<Answer<PlannedChange>> changes)
    {
        ChangeRun run = new(_machine, _journal, KnownSettings.All, "test");
        return [.. changes.Where(change => !change.Value.IsIdle).Select(change => run.Apply(change.Value).Value.Description)];
    }

    private void Undo()
    {
        JournalEntry[] entries = Journal.Read(_folder.Path);
        foreach (NsmChange change in ChangeUndo.Select(ChangeHistory.Changes(entries, KnownSettings.All, ChangeRun.BootId(_machine)), _ => true))
        {
            Assert.Equal(ChangeState.Undone, ChangeUndo.Undo(_machine, _journal, entries, KnownSettings.All, change).Value.State);
        }
    }

    private string Text(string path) => Encoding.UTF8.GetString(_machine.Files.Read(path).Bytes.Span);

    private string State() => string.Join('\n', _machine.Contents.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}={Encoding.UTF8.GetString(file.Value).TrimEnd()}"));

    private sealed class FakeAffinity(SmallMachine machine) : IThreadAffinity
    {
        public Func<int, Errno> Refuse { get; set; } = _ => Errno.None;

        public Errno Move(int thread, CpuList cpus)
        {
            Errno errno = Refuse(thread);
            if (errno == Errno.None)
            {
                _ = machine.With($"/proc/{thread}/task/{thread}/status", $"Cpus_allowed_list:\t{cpus}\n");
            }

            return errno;
        }
    }
}
