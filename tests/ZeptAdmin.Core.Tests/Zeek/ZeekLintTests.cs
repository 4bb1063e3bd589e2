using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Tests.Zeek;

public sealed class ZeekLintTests(TalkMachine machine) : IClassFixture<TalkMachine>
{
    private static readonly string Talk = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Fixtures", "zeek", "talk-node.cfg"));

    [Fact]
    public void The_talks_own_file_has_the_faults_that_nobody_was_told_of()
    {
        ConfigCheck[] checks = Test(Talk);

        Assert.Equal(
            ["J6.Queues 21 Fail", "J8.PinCount 27 Warn", "J8.PinIrq 27 Fail", "J13.SystemCpus 27 Fail"],
            checks.Where(check => check.Severity is CheckSeverity.Warn or CheckSeverity.Fail).Select(check => $"{check.Id} {check.Line} {check.Severity}"));
        Assert.Contains("7 CPUs for 6 workers: 6 is never used", Of(checks, "J8.PinCount").Actual, StringComparison.Ordinal);
        Assert.Equal("CPUs 0-3 take interrupts, too", Of(checks, "J8.PinIrq").Actual);
        Assert.Contains("nsm2-manager on 0, nsm2-logger on 1, nsm2-proxy1 on 0", Of(checks, "J13.SystemCpus").Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_of_the_field_has_its_check() =>
        Assert.Equal(Enumerable.Range(1, 14), Test(Talk).Select(check => int.Parse(check.Id[1..check.Id.IndexOf('.', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture)).Distinct());

    [Fact]
    public void The_corrected_file_has_none_of_them_and_its_comments()
    {
        ZeekNodeConfig corrected = ZeekCorrection.Correct(ZeekNodeConfigs.Parse(Talk, ZeekConfigFormat.NodeCfg), machine.Sensor);
        ConfigCheck[] checks = ZeekLint.Test(corrected, machine.Sensor);

        // How many queues the card has is not the file's to say.
        Assert.Equal(["J6.Queues"], checks.Where(check => check.Severity is CheckSeverity.Warn or CheckSeverity.Fail).Select(check => check.Id));
        Assert.Equal(Talk.Split('\n').Where(line => !line.StartsWith("pin_cpus", StringComparison.Ordinal)), corrected.Text.Split('\n').Where(line => !line.StartsWith("pin_cpus", StringComparison.Ordinal)));
        Assert.Equal([4, 5, 6, 7, 8, 9], corrected.Workers.Select(worker => worker.Cpu!.Value));
        Assert.Equal(4, corrected.Notes.Length);
    }

    [Theory]
    [InlineData("type=worker", "type=wroker", "J1.Cluster", null, CheckSeverity.Fail)]
    [InlineData("lb_procs=6", "lb_proc=6", "J2.Keys", 21, CheckSeverity.Warn)]
    [InlineData("lb_procs=6", "lb_procs=6\nlb_procs=7", "J2.Keys", 22, CheckSeverity.Fail)]
    [InlineData("lb_procs=6", "lb_procs=6\nenv_vars=A=50%", "J2.Keys", 22, CheckSeverity.Fail)]
    [InlineData("lb_method=custom", "lb_method=af_packet", "J3.LoadBalance", 20, CheckSeverity.Fail)]
    [InlineData("lb_method=custom", "lb_method=magic", "J3.LoadBalance", 22, CheckSeverity.Fail)]
    [InlineData("interface=af_packet::", "interface=", "J3.LoadBalance", 20, CheckSeverity.Warn)]
    [InlineData("buffer_size=134217728", "buffer_size=128M", "J4.Options", 26, CheckSeverity.Fail)]
    [InlineData("AF_Packet::FANOUT_QM", "FANOUT_QM", "J4.Options", 25, CheckSeverity.Fail)]
    [InlineData("lb_procs=6\nlb_method=custom\n", "", "J4.Options", 22, CheckSeverity.Fail)]
    [InlineData("buffer_size=134217728", "buffer_size=4096", "J5.Buffer", 26, CheckSeverity.Fail)]
    [InlineData("buffer_size=134217728", "buffer_size=17179869184", "J5.Buffer", 26, CheckSeverity.Fail)]
    [InlineData("FANOUT_QM", "FANOUT_EBPF", "J7.FanoutMode", 25, CheckSeverity.Fail)]
    [InlineData("pin_cpus=0,1,2,3,4,5,6", "pin_cpus=4,5", "J8.PinCount", 27, CheckSeverity.Fail)]
    [InlineData("pin_cpus=0,1,2,3,4,5,6", "pin_cpus=4,5", "J8.PinShared", 27, CheckSeverity.Fail)]
    [InlineData("pin_cpus=0,1,2,3,4,5,6", "pin_cpus=4,32,5,6,7,8", "J8.PinShared", 27, CheckSeverity.Warn)]
    [InlineData("pin_cpus=0,1,2,3,4,5,6", "pin_cpus=4,5,6,7,8,14", "J8.PinNode", 27, CheckSeverity.Warn)]
    [InlineData("pin_cpus=0,1,2,3,4,5,6", "pin_cpus=4,5,6,7,8,28", "J8.PinIrq", 27, CheckSeverity.Warn)]
    [InlineData("pin_cpus=0,1,2,3,4,5,6", "pin_cpus=4,5,6,7,8,99", "J8.PinOnline", 27, CheckSeverity.Fail)]
    [InlineData("af_packet_buffer_size=134217728", "af_packet_enable_fanout=F", "J12.Fanout", 26, CheckSeverity.Fail)]
    [InlineData("host=localhost\npin_cpus=1", "host=localhost", "J13.SystemCpus", 26, CheckSeverity.Fail)]
    public void A_fault_is_found_on_its_line(string good, string bad, string id, int? line, CheckSeverity severity) =>
        Assert.Contains(Test(Talk.Replace(good, bad, StringComparison.Ordinal)), check => check.Id == id && check.Line == line && check.Severity == severity);

    [Fact]
    public void Two_interfaces_in_one_group_are_found_and_parted()
    {
        string text = Talk + "\n[other]\ntype=worker\nhost=localhost\ninterface=af_packet::enp17s0f0\nlb_procs=2\nlb_method=custom\naf_packet_fanout_id=101\n";

        Assert.Equal(2, Test(text).Count(check => check.Id == "J9.FanoutId" && check.Severity == CheckSeverity.Fail));
        ZeekNodeConfig corrected = ZeekCorrection.Correct(ZeekNodeConfigs.Parse(text, ZeekConfigFormat.NodeCfg), machine.Sensor);
        Assert.DoesNotContain(ZeekLint.Test(corrected, machine.Sensor), check => check.Id == "J9.FanoutId" && check.Severity != CheckSeverity.Pass);
    }

    [Theory]
    [InlineData("lb_procs=6", "lb_prosc=6")]
    [InlineData("lb_method=custom", "lb_method=af_packet")]
    [InlineData("lb_method=custom\n", "")]
    [InlineData("FANOUT_QM", "FANOUT_CBPF")]
    [InlineData("lb_procs=6\nlb_method=custom\n", "")]
    public void What_a_file_can_put_right_is_put_right(string good, string bad)
    {
        ZeekNodeConfig corrected = ZeekCorrection.Correct(ZeekNodeConfigs.Parse(Talk.Replace(good, bad, StringComparison.Ordinal), ZeekConfigFormat.NodeCfg), machine.Sensor);

        Assert.DoesNotContain(ZeekLint.Test(corrected, machine.Sensor), check => check.Severity is CheckSeverity.Warn or CheckSeverity.Fail && check.Id is not ("J6.Queues" or "J5.Buffer"));
    }

    [Theory]
    [InlineData("loggers = 1", "logers = 1", 3, CheckSeverity.Fail)]
    [InlineData("[interface a]", "[interface A]", 6, CheckSeverity.Fail)]
    [InlineData("worker_numa_policy = local", "workers_numa_policy = local", 10, CheckSeverity.Warn)]
    [InlineData("worker_numa_policy = local", "worker_numa_policy = near", 10, CheckSeverity.Fail)]
    [InlineData("workers_cpu_list = 4-5", "workers_cpu_list = 5-4", 9, CheckSeverity.Fail)]
    [InlineData("workers = 2", "workers = two", 8, CheckSeverity.Fail)]
    [InlineData("proxies = 1", "proxies = 1\nproxies = 2", 5, CheckSeverity.Fail)]
    [InlineData("[zeek]\n", "", 1, CheckSeverity.Fail)]
    public void A_zeek_conf_is_read_as_the_generator_reads_it(string good, string bad, int line, CheckSeverity severity)
    {
        const string text = "[zeek]\nmanager = 1\nloggers = 1\nproxies = 1\n\n[interface a]\ninterface = af_packet::enp7s0f1\nworkers = 2\nworkers_cpu_list = 4-5\nworker_numa_policy = local\nworker_args = AF_Packet::fanout_id=7\n";

        Assert.Equal(CheckSeverity.Pass, Of(ZeekLint.Test(ZeekNodeConfigs.Parse(text, ZeekConfigFormat.ZeekConf), machine.Sensor), "J14.ZeekConf").Severity);
        Assert.Contains(ZeekLint.Test(ZeekNodeConfigs.Parse(text.Replace(good, bad, StringComparison.Ordinal), ZeekConfigFormat.ZeekConf), machine.Sensor), check => check.Id == "J14.ZeekConf" && check.Line == line && check.Severity == severity);
    }

    [Fact]
    public void Two_interfaces_in_one_group_of_a_zeek_conf_are_parted_and_other_arguments_stay()
    {
        const string text = "[zeek]\nmanager = 1\n\n[interface a]\ninterface = af_packet::enp7s0f1\nworkers = 2\nworker_args = AF_Packet::fanout_id=101\n\n[interface b]\ninterface = af_packet::enp17s0f0\nworkers = 2\nworker_args = Site::x=1\n  AF_Packet::fanout_id=101 AF_Packet::fanout_mode=AF_Packet::FANOUT_HASH\n";

        ZeekNodeConfig corrected = ZeekCorrection.Correct(ZeekNodeConfigs.Parse(text, ZeekConfigFormat.ZeekConf), machine.Sensor);

        Assert.Contains("worker_args = Site::x=1 AF_Packet::fanout_id=102 AF_Packet::fanout_mode=AF_Packet::FANOUT_HASH\n", corrected.Text, StringComparison.Ordinal);
        Assert.Contains("worker_args = AF_Packet::fanout_id=101\n", corrected.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(ZeekLint.Test(corrected, machine.Sensor), check => check.Id == "J9.FanoutId" && check.Severity != CheckSeverity.Pass);
    }

    private static ConfigCheck Of(ConfigCheck[] checks, string id) => Assert.Single(checks, check => check.Id == id);

    private ConfigCheck[] Test(string text) => ZeekLint.Test(ZeekNodeConfigs.Parse(text, ZeekConfigFormat.NodeCfg), machine.Sensor);
}
