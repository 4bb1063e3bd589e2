using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Workers;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Tests.Planning;

/// <summary>Rows that are written together: the kernel's arguments by the boot loader's files, Zeek's by its own.</summary>
public sealed class PlanWholeTests
{
    private const string Entry = "/boot/loader/entries/a.conf";
    private const string NodeCfg = "/opt/zeek/etc/node.cfg";
    private const string Sample = "# Example of a standalone node\n[zeek]\ntype=standalone\nhost=localhost\ninterface=eth0\n";

    // A cluster with a comment, a key that the plan knows nothing of, and pins of somebody's own.
    private const string Cluster = """
        # ours
        [manager]
        type=manager
        host=localhost
        pin_cpus=0
        [logger]
        type=logger
        host=localhost
        [proxy]
        type=proxy
        host=localhost
        pin_cpus=3
        [w]
        type=worker
        host=localhost
        interface=af_packet::ens1f0
        lb_method=custom
        lb_procs=9
        # pins
        pin_cpus=1,2
        env_vars=TZ=UTC
        af_packet.fanout_id=77

        """;

    private static readonly NsmPlan Plan = NsmPlanner.Make(
        MadeUpMachines.Make(nodes: 1, cores: 8, threads: 1, coresOfL3: 8), new MachineFacts(), [MadeUpMachines.Port("ens1f0", 0)], new PlanWish()).Value;

    private static string Isolated => MadeUpMachines.Value(Plan, PlanRowKind.KernelArgument, "isolcpus");

    [Theory]
    [InlineData("quiet", "quiet", PlanRowState.Drifted, "not given")]
    [InlineData("quiet", "quiet isolcpus={0}", PlanRowState.NextBoot, "not given")]
    [InlineData("isolcpus={0}", "isolcpus={0}", PlanRowState.InPlace, "{0}")]
    [InlineData("isolcpus=managed_irq,domain,{0}", "isolcpus=managed_irq,domain,{0}", PlanRowState.InPlace, "{0}")]
    [InlineData("isolcpus={0}", "quiet", PlanRowState.Drifted, "{0} until the next boot")]
    [InlineData("isolcpus={0}", null, PlanRowState.InPlace, "{0}")]
    [InlineData("isolcpus=7", "isolcpus=7", PlanRowState.Drifted, "7")]
    public void An_argument_is_held_against_the_running_and_the_next_command_line(string running, string? next, PlanRowState state, string actual)
    {
        PlanDrift drift = Drift(Machine(running, next), "isolcpus");

        Assert.Equal((state, string.Format(null, actual, Isolated)), (drift.State, drift.Actual));
        Assert.Equal(state == PlanRowState.Drifted, drift.Changes.Length > 0);
    }

    [Fact]
    public void Both_arguments_are_one_edit_of_each_file()
    {
        PlannedChange change = Assert.Single(PlanExecution.Changes(Machine("quiet", "quiet"), Plan, PlanRowKind.KernelArgument).Value);

        Assert.Equal($"Edit '{Entry}'\n- options quiet\n+ options quiet isolcpus={Isolated} rcu_nocbs={Isolated}", change.ToString());
        Assert.Empty(PlanExecution.Changes(Machine("quiet", $"quiet isolcpus={Isolated} rcu_nocbs={Isolated}"), Plan, PlanRowKind.KernelArgument).Value);
    }

    [Fact]
    public void An_argument_of_cpus_that_are_not_there_is_refused_as_Set_KernelArgument_refuses_it()
    {
        SmallMachine machine = Machine("quiet", "quiet").With("/sys/devices/system/cpu/present", "0-1\n");

        Assert.Equal(Errno.EINVAL, PlanExecution.Changes(machine, Plan, PlanRowKind.KernelArgument).Refusal?.Errno);
        PlanDrift drift = Drift(machine, "isolcpus");
        Assert.Equal(PlanRowState.NotPossible, drift.State);
        Assert.StartsWith("not given. ", drift.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_boot_loader_it_is_unsupported_and_no_failure() =>
        Assert.True(PlanExecution.Changes(Machine("quiet", null), Plan, PlanRowKind.KernelArgument).Refusal!.Errno.MeansUnsupported());

    [Fact]
    public void Without_zeek_nothing_is_written_and_nothing_held_against()
    {
        SmallMachine machine = Machine("quiet", null);

        Assert.Empty(PlanExecution.Changes(machine, Plan, PlanRowKind.Zeek).Value);
        Assert.Equal(PlanRowState.NotChecked, Drift(machine, "ens1f0/lb_procs").State);
    }

    [Theory]
    [InlineData(Sample)]
    [InlineData(null)]
    public void The_sample_of_a_package_is_written_anew(string? before)
    {
        SmallMachine machine = Machine("quiet", null).With("/opt/zeek/etc/networks.cfg", "\n");
        machine = before is null ? machine : machine.With(NodeCfg, before);

        ZeekNodeConfig config = After(machine);

        Assert.Equal(ZeekNodeConfigs.Make(PlanZeek.Wish([Plan])).Value[0].Text, config.Text);
        Assert.All(Rows(config.Text), drift => Assert.Equal(PlanRowState.InPlace, drift.State));
    }

    [Fact]
    public void A_cluster_keeps_its_comments_its_order_and_what_the_plan_does_not_say()
    {
        SmallMachine machine = Machine("quiet", null).With(NodeCfg, Cluster);
        PlanDrift[] before = Rows(Cluster);
        ZeekNodeConfig config = After(machine);

        Assert.Equal(("9", "1,2", "77"), (Actual(before, "ens1f0/lb_procs"), Actual(before, "ens1f0/pin_cpus"), Actual(before, "ens1f0/af_packet_fanout_id")));
        Assert.Contains(before, drift => drift is { Target: "manager/pin_cpus", State: PlanRowState.InPlace });
        Assert.Contains(before, drift => drift is { Target: "logger/pin_cpus", State: PlanRowState.Drifted, Actual: "not pinned" });
        Assert.StartsWith("# ours\n[manager]\ntype=manager\nhost=localhost\npin_cpus=0\n[logger]\ntype=logger\nhost=localhost\npin_cpus=0\n[proxy]\n", config.Text, StringComparison.Ordinal);
        Assert.Contains("# pins\n", config.Text, StringComparison.Ordinal);
        Assert.Contains("env_vars=TZ=UTC\n", config.Text, StringComparison.Ordinal);
        Assert.Contains("af_packet.fanout_id=101\n", config.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("af_packet_fanout_id", config.Text, StringComparison.Ordinal);
        Assert.Equal(Plan.Ports[0].WorkerCpus, config.Workers.Select(worker => worker.Cpu!.Value));
        Assert.All(Rows(config.Text), drift => Assert.Equal(PlanRowState.InPlace, drift.State));
    }

    [Fact]
    public void A_zeek_conf_keeps_its_other_arguments()
    {
        const string path = "/etc/zeek/zeek.conf";
        const string text = "[zeek]\nmanager = 1\nloggers = 1\nproxies = 1\n\n[interface a]\ninterface = af_packet::ens1f0\nworkers = 2\nworker_args = Site::x=1 AF_Packet::fanout_id=7\n";
        SmallMachine machine = Machine("quiet", null).With(path, text);

        PlannedChange change = Assert.Single(PlanExecution.Changes(machine, Plan, PlanRowKind.Zeek).Value);
        string after = (string)change.After["Text"]!;

        Assert.Contains("worker_args = Site::x=1 AF_Packet::fanout_id=101 AF_Packet::fanout_mode=AF_Packet::FANOUT_QM AF_Packet::buffer_size=134217728\n", after, StringComparison.Ordinal);
        Assert.Contains("manager_cpu_set=0\n", after, StringComparison.Ordinal);
        machine.Replace(path, System.Text.Encoding.UTF8.GetBytes(after));
        Assert.All(Plan.Rows.Where(row => row.Kind == PlanRowKind.Zeek), row => Assert.Equal(PlanRowState.InPlace, PlanComparison.Compare(machine, Plan, row).State));
    }

    [Fact]
    public void A_file_of_several_hosts_is_left_to_the_command_that_makes_it()
    {
        SmallMachine machine = Machine("quiet", null).With(NodeCfg, "[manager]\ntype=manager\nhost=10.0.0.1\n[w]\ntype=worker\nhost=10.0.0.2\ninterface=af_packet::eth9\n");

        Assert.Equal(Errno.EINVAL, PlanExecution.Changes(machine, Plan, PlanRowKind.Zeek).Refusal?.Errno);
        Assert.Equal(PlanRowState.NotPossible, Drift(machine, "ens1f0/lb_procs").State);
    }

    [Fact]
    public void In_a_cluster_of_several_hosts_only_this_ones_workers_are_edited()
    {
        const string other = "[w1]\ntype=worker\nhost=10.0.0.2\ninterface=af_packet::ens1f0\nlb_method=custom\nlb_procs=3\npin_cpus=1,2,3\n";
        SmallMachine machine = Machine("quiet", null).With(NodeCfg, $"[m]\ntype=manager\nhost=10.0.0.1\n{other}[w2]\ntype=worker\nhost=small\ninterface=af_packet::ens1f0\nlb_method=custom\nlb_procs=9\n");

        ZeekNodeConfig config = After(machine);

        Assert.Contains(other, config.Text, StringComparison.Ordinal);
        Assert.Equal(Plan.Ports[0].WorkerCpus, config.Nodes.Single(node => node.Host == "small").PinCpus);
        Assert.Equal((PlanRowState.InPlace, "on another host"), Drift(machine, "manager/pin_cpus") is var drift ? (drift.State, drift.Actual) : default);
    }

    [Fact]
    public void Two_plans_are_held_against_each_other_row_by_row()
    {
        NsmPlan other = Plan with { Rows = [.. Plan.Rows.Where(row => row.Kind != PlanRowKind.Pause).Select(row => row.Kind == PlanRowKind.RxRing ? row with { Value = "1024" } : row)] };

        PlanDrift[] drifts = [.. PlanComparison.Compare(other, Plan).Where(drift => drift.State != PlanRowState.InPlace)];
        PlanDrift[] back = [.. PlanComparison.Compare(Plan, other).Where(drift => drift.State != PlanRowState.InPlace)];

        Assert.Equal([(PlanRowKind.RxRing, "512", "1024"), (PlanRowKind.Pause, "off", "not in the plan")], drifts.Select(drift => (drift.Kind, drift.Expected, drift.Actual)));
        Assert.Equal([(PlanRowKind.RxRing, "1024", "512"), (PlanRowKind.Pause, "not in the plan", "off")], back.Select(drift => (drift.Kind, drift.Expected, drift.Actual)));
        Assert.Equal(Plan.Rows.Length, PlanComparison.Compare(Plan, Plan).Count(drift => drift.State == PlanRowState.InPlace));
    }

    [Theory]
    [InlineData("AWS", "ena", "The driver refuses another key.")]
    [InlineData("GCE", "gve", "The driver shows no hash settings.")]
    public void A_plan_in_a_cloud_spreads_by_the_kernel_and_says_what_the_mirror_does(string cloud, string driver, string reason)
    {
        NsmPlan plan = NsmPlanner.Make(
            MadeUpMachines.Make(nodes: 1, cores: 8, threads: 2, coresOfL3: 8),
            new MachineFacts { Cloud = cloud },
            [MadeUpMachines.Port("ens5", null, mostQueues: 8) with { Driver = driver, AsymmetryReason = reason, HasRss = driver == "ena", HasFields = false, HasPause = false, Flags = [] }],
            new PlanWish()).Value;

        Assert.Equal("AF_Packet::FANOUT_HASH", MadeUpMachines.Value(plan, PlanRowKind.Zeek, "ens5/af_packet_fanout_mode"));
        Assert.Equal("", MadeUpMachines.Value(plan, PlanRowKind.SymmetricHash, "ens5"));
        Assert.Contains(plan.Findings, finding => finding.Target == "machine" && finding.Text.StartsWith($"It is in {cloud}:", StringComparison.Ordinal) && finding.Text.Contains("udp::0.0.0.0:6081:geneve", StringComparison.Ordinal));
        Assert.Contains(plan.Findings, finding => finding.Target == "ens5" && finding.Text.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void The_mistakes_of_a_node_cfg_are_named_with_their_lines()
    {
        NsmPlan plan = NsmPlanner.Make(
            MadeUpMachines.Make(nodes: 1, cores: 8, threads: 1, coresOfL3: 8),
            new MachineFacts { Zeek = [new ConfigCheck { Id = "J8.PinCount", Severity = CheckSeverity.Warn, Line = 27, Path = NodeCfg, Actual = "7 CPUs for 6 workers", Expected = "as many CPUs as workers", Why = "Why.", Reference = "field.md J1, J8" }, new ConfigCheck { Id = "J10.CaptureLoss", Severity = CheckSeverity.Warn }] },
            [MadeUpMachines.Port("ens1f0", 0)],
            new PlanWish()).Value;

        PlanFinding finding = Assert.Single(plan.Findings, finding => finding.Target.StartsWith(NodeCfg, StringComparison.Ordinal));
        Assert.Equal(($"{NodeCfg}, line 27", "7 CPUs for 6 workers; expected: as many CPUs as workers. Why.", "field.md J1, J8"), (finding.Target, finding.Text, finding.Source));
    }

    private static SmallMachine Machine(string running, string? next)
    {
        SmallMachine machine = new SmallMachine().With("/proc/cmdline", string.Format(null, running, Isolated) + "\n");
        return next is null ? machine : machine.With(Entry, $"options {string.Format(null, next, Isolated)}\n");
    }

    private static PlanDrift Drift(SmallMachine machine, string target) => PlanComparison.Compare(machine, Plan, Plan.Rows.Single(row => row.Target == target));

    private static ZeekNodeConfig After(SmallMachine machine) =>
        ZeekNodeConfigs.Parse((string)Assert.Single(PlanExecution.Changes(machine, Plan, PlanRowKind.Zeek).Value).After["Text"]!, ZeekConfigFormat.NodeCfg);

    private static PlanDrift[] Rows(string text)
    {
        SmallMachine changed = Machine("quiet", null).With(NodeCfg, text);
        return [.. Plan.Rows.Where(row => row.Kind == PlanRowKind.Zeek).Select(row => PlanComparison.Compare(changed, Plan, row))];
    }

    private static string Actual(PlanDrift[] drifts, string target) => drifts.Single(drift => drift.Target == target).Actual;
}
