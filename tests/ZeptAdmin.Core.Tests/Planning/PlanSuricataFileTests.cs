using System.Text;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Tests.Planning;

/// <summary>Rows of Suricata: an include of the module's own beside suricata.yaml, which is only read.</summary>
public sealed class PlanSuricataFileTests
{
    private const string Main = "/etc/suricata/suricata.yaml";
    private const string Include = "/etc/suricata/zeptadmin.yaml";

    // As a package has it: a card that is not here, and no CPUs.
    private const string Sample = "%YAML 1.1\n---\naf-packet:\n  - interface: eth0\n    cluster-id: 99\n    cluster-type: cluster_flow\n  - interface: default\n    threads: 4\nthreading:\n  set-cpu-affinity: no\n";

    private static readonly NsmPlan Plan = NsmPlanner.Make(
        MadeUpMachines.Make(nodes: 1, cores: 8, threads: 1, coresOfL3: 8), new MachineFacts(), [MadeUpMachines.Port("ens1f0", 0)], new PlanWish()).Value;

    private static PlanRow[] Rows => [.. Plan.Rows.Where(row => row.Kind == PlanRowKind.Suricata)];

    [Fact]
    public void Without_suricata_nothing_is_written_and_nothing_held_against()
    {
        SmallMachine machine = new();

        Assert.Empty(PlanExecution.Changes(machine, Plan, PlanRowKind.Suricata).Value);
        Assert.All(States(machine), state => Assert.Equal(PlanRowState.NotChecked, state));
        Assert.Null(PlanExecution.After(machine, PlanRowKind.Suricata, isWritten: false));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void The_include_is_of_the_release_that_reads_it_and_makes_all_rows_true(int version)
    {
        SmallMachine machine = new SmallMachine().With(Main, Sample.Replace("---\n", $"---\nsuricata-version: \"{version}.0\"\n", StringComparison.Ordinal) + "include: zeptadmin.yaml\n");
        Assert.All(States(machine), state => Assert.Equal(PlanRowState.Drifted, state));

        PlannedChange change = Assert.Single(PlanExecution.Changes(machine, Plan, PlanRowKind.Suricata).Value);
        Assert.Equal(Include, change.Target);
        Write(machine, change);

        SuricataConfig config = SuricataConfigs.Import(machine, machine.Files, Main).Value;
        Assert.Equal((version, Plan.Ports[0].WorkerCpus.Length), (config.Version, config.Workers.Length));
        Assert.Equal(Plan.Ports[0].WorkerCpus.Order(), config.Workers.Select(worker => worker.Cpu!.Value));
        Assert.All(States(machine), state => Assert.Equal(PlanRowState.InPlace, state));
        Assert.Empty(PlanExecution.Changes(machine, Plan, PlanRowKind.Suricata).Value);
        Assert.Equal($"Suricata reads {Include} at its next start: suricata -T -c {Main}; systemctl restart suricata.", PlanExecution.After(machine, PlanRowKind.Suricata, isWritten: true));
        Assert.Null(PlanExecution.After(machine, PlanRowKind.Suricata, isWritten: false));
        Assert.Null(PlanSuricataFile.Find(machine, Plan));
    }

    [Theory]
    [InlineData("", "does not include it", "does not include /etc/suricata/zeptadmin.yaml")]
    [InlineData("include: zeptadmin.yaml\naf-packet:\n  - interface: eth0\nthreading:\n  set-cpu-affinity: no\n", "takes 'af-packet' away", "takes away 'af-packet'")]
    public void What_is_written_and_not_read_is_said_and_not_written_again(string end, string actual, string warning)
    {
        SmallMachine machine = new SmallMachine().With(Main, (end.Length > 0 ? "%YAML 1.1\n---\n" : Sample) + end);
        Write(machine, Assert.Single(PlanExecution.Changes(machine, Plan, PlanRowKind.Suricata).Value));

        Assert.Empty(PlanExecution.Changes(machine, Plan, PlanRowKind.Suricata).Value);
        Assert.Contains(warning, PlanExecution.After(machine, PlanRowKind.Suricata, isWritten: false), StringComparison.Ordinal);
        PlanDrift drift = PlanComparison.Compare(machine, Plan, Rows.Single(row => row.Target == "ens1f0/cluster-id"));
        Assert.Equal(PlanRowState.Drifted, drift.State);
        Assert.Contains(actual, drift.Actual, StringComparison.Ordinal);
        Assert.Empty(drift.Changes);
        Assert.Equal(end.Length == 0, PlanSuricataFile.Find(machine, Plan) is { Target: Main });
    }

    [Fact]
    public void What_is_true_already_is_left_whoever_wrote_it()
    {
        string text = SuricataConfigs.Make(SuricataPlacement.Decide(new SmallMachine(), PlanSuricata.Request(Plan, new SuricataRequest { Version = 8, RingSize = 4096 })).Value).Value.Text;
        SmallMachine machine = new SmallMachine().With(Main, text);

        Assert.Empty(PlanExecution.Changes(machine, Plan, PlanRowKind.Suricata).Value);
        Assert.All(States(machine), state => Assert.Equal(PlanRowState.InPlace, state));
        Assert.Null(PlanExecution.After(machine, PlanRowKind.Suricata, isWritten: false));
    }

    [Fact]
    public void A_value_of_default_counts_as_Suricata_takes_it()
    {
        SmallMachine machine = new SmallMachine().With(Main, Sample.Replace("eth0", "ens1f0", StringComparison.Ordinal));

        Assert.Equal("4", Drift(machine, "ens1f0/threads").Actual);
        Assert.Equal("99", Drift(machine, "ens1f0/cluster-id").Actual);
        Assert.Equal("not pinned", Drift(machine, "worker-cpu-set").Actual);
    }

    [Fact]
    public void A_row_edited_by_hand_is_what_is_written_and_one_against_Ports_is_refused()
    {
        SmallMachine machine = new SmallMachine().With(Main, Sample + "include: zeptadmin.yaml\n");
        NsmPlan edited = With(Plan, "ens1f0/cluster-id", "4711");
        Write(machine, Assert.Single(PlanExecution.Changes(machine, edited, PlanRowKind.Suricata).Value));

        Assert.Equal(4711, Assert.Single(SuricataConfigs.Import(machine, machine.Files, Main).Value.Interfaces).ClusterId);
        Refusal? refusal = PlanExecution.Changes(machine, With(Plan, "worker-cpu-set", "0"), PlanRowKind.Suricata).Refusal;
        Assert.Equal((Errno.EINVAL, "worker-cpu-set"), (refusal?.Errno, refusal?.Target));
    }

    [Fact]
    public void No_group_of_Suricata_is_one_of_Zeeks()
    {
        NsmPlan plan = Plan with { Ports = [.. Enumerable.Range(0, 300).Select(i => Plan.Ports[0] with { InterfaceName = $"p{i}", FanoutId = i + 1 }), Plan.Ports[0] with { FanoutId = 65535 }] };

        int[] zeek = [.. plan.Ports.Select(port => port.FanoutId)];
        int[] suricata = [.. plan.Ports.Select(port => PlanSuricata.ClusterId(plan, port))];
        Assert.Equal(zeek.Length * 2, zeek.Concat(suricata).Distinct().Count());
        Assert.All(suricata, id => Assert.InRange(id, 1, 65535));
        Assert.Equal(201, PlanSuricata.ClusterId(Plan, Plan.Ports[0]));
    }

    [Fact]
    public void Mistakes_of_what_it_reads_now_are_named_with_their_lines_and_two_programs_on_the_same_CPUs()
    {
        NsmPlan plan = NsmPlanner.Make(
            MadeUpMachines.Make(nodes: 1, cores: 8, threads: 1, coresOfL3: 8),
            new MachineFacts { HasZeek = true, Suricata = [new ConfigCheck { Id = "L3.ClusterId", Severity = CheckSeverity.Fail, Line = 7, Path = Main, Actual = "98 twice", Expected = "another for each", Why = "Why.", Reference = "field.md J9" }, new ConfigCheck { Id = "L1.Key", Severity = CheckSeverity.Pass, Line = 3 }] },
            [MadeUpMachines.Port("ens1f0", 0)],
            new PlanWish()).Value;

        Assert.Equal("98 twice; expected: another for each. Why.", Assert.Single(plan.Findings, finding => finding.Target == $"{Main}, line 7").Text);
        Assert.Contains(plan.Findings, finding => finding.Target == "machine" && finding.Text.StartsWith("Zeek and Suricata are both here", StringComparison.Ordinal));
        Assert.DoesNotContain(plan.Findings, finding => finding.Target.Contains("line 3", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_YAML_is_named_with_its_line()
    {
        SmallMachine machine = new SmallMachine().With(Main, "%YAML 1.1\n---\na: [\n");

        Assert.Equal(PlanRowState.Unknown, Drift(machine, "worker-cpu-set").State);
        _ = Assert.Throws<KernelFormatException>(() => PlanExecution.Changes(machine, Plan, PlanRowKind.Suricata));
    }

    private static PlanRowState[] States(SmallMachine machine) => [.. Rows.Select(row => PlanComparison.Compare(machine, Plan, row).State)];

    private static PlanDrift Drift(SmallMachine machine, string target) => PlanComparison.Compare(machine, Plan, Rows.Single(row => row.Target == target));

    private static NsmPlan With(NsmPlan plan, string target, string value) => plan with { Rows = [.. plan.Rows.Select(row => row.Kind == PlanRowKind.Suricata && row.Target == target ? row with { Value = value } : row)] };

    private static void Write(SmallMachine machine, PlannedChange change)
    {
        string text = (string)change.After["Text"]!;
        if (machine.Contents.ContainsKey(change.Target))
        {
            machine.Replace(change.Target, Encoding.UTF8.GetBytes(text));
        }
        else
        {
            _ = machine.With(change.Target, text);
        }
    }
}
