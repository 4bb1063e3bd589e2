using ZeptAdmin.Audit;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Tests.Zeek;
using ZeptAdmin.Zeek;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class ZeekCheckTests(TalkMachine talk) : IClassFixture<TalkMachine>
{
    private static readonly string Talk = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Fixtures", "zeek", "talk-node.cfg"));

    private static readonly Check[] OfZeek = [.. Checks.All.Where(check => check.Category == CheckCategory.Zeek)];

    [Fact]
    public void A_machine_without_zeek_has_nothing_to_check() =>
        Assert.All(OfZeek.SelectMany(check => check.Run(Weighing.Blank())), result => Assert.Equal(NotApplicable, result.Severity));

    [Fact]
    public void The_talks_file_has_one_line_a_rule_and_its_four_faults()
    {
        AuditSubject subject = Talks(Talk);

        CheckResult[] results = [.. OfZeek.SelectMany(check => check.Run(subject))];

        Assert.Equal(OfZeek.Select(check => check.Id), results.Select(result => result.Id));
        Assert.Equal(
            ["J6.Queues Fail", "J8.PinCount Warn", "J8.PinIrq Fail", "J13.SystemCpus Fail"],
            results.Where(result => result.Severity is Warn or Fail).Select(result => $"{result.Id} {result.Severity}"));
        Assert.Equal("line 27: 7 CPUs for 6 workers: 6 is never used", results.Single(result => result.Id == "J8.PinCount").Actual);
    }

    [Fact]
    public void Several_findings_of_a_rule_are_summed()
    {
        string text = Talk.Replace("lb_procs=6", "lb_prosc=6\nlb_procs=6\nnonsense=1", StringComparison.Ordinal);

        CheckResult result = Talks(text).Weigh("J2.Keys");

        Assert.Equal((Warn, "line 21: 'lb_prosc' is ignored, and 1 more"), (result.Severity, result.Actual));
        Assert.StartsWith("Test-ZeekNodeConfig '/opt/zeek/etc/node.cfg' # ", result.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/opt/zeek/etc/node.cfg")]
    [InlineData("/usr/local/zeek/etc/node.cfg")]
    [InlineData("/etc/zeek/node.cfg")]
    public void It_is_found_where_packages_and_builds_put_it(string path) =>
        Assert.Equal(Pass, Weighing.Blank(new SmallMachine().With(path, "[zeek]\ntype=standalone\nhost=localhost\ninterface=eth0\n")).Verdict("J1.Cluster"));

    [Theory]
    [InlineData("[zeek]\ntype=standalone\nhost=localhost\ninterface=eth0\n")]
    [InlineData("[m]\ntype=manager\nhost=localhost\n")]
    [InlineData("")]
    public void Whatever_a_file_lacks_each_rule_has_its_line(string text)
    {
        AuditSubject subject = Weighing.Blank(new SmallMachine().With("/etc/zeek/node.cfg", text));

        Assert.All(OfZeek, check => Assert.Equal(check.Id, Assert.Single(check.Run(subject)).Id));
    }

    [Fact]
    public void A_zeek_conf_goes_before_the_node_cfg_of_the_package()
    {
        SmallMachine machine = new SmallMachine().With("/opt/zeek/etc/node.cfg", "[zeek]\ntype=standalone\nhost=localhost\ninterface=eth0\n")
            .With("/opt/zeek/etc/zeek/zeek.conf", "[zeek]\nmanager = 1\nloggers = 1\n\n[interface a]\ninterface = af_packet::ens1f0\nworkers = 2\n");

        Assert.Equal("zeek.conf", Weighing.Blank(machine).Weigh("J14.ZeekConf").Target);
    }

    [Fact]
    public void A_file_that_is_no_text_is_told_once()
    {
        SmallMachine machine = new();
        machine.Replace("/opt/zeek/etc/node.cfg", [0xff, 0xfe, 0x41]);
        AuditSubject subject = Weighing.Blank(machine);

        CheckResult result = Assert.Single(OfZeek.SelectMany(check => check.Run(subject)), result => result.Severity != NotApplicable);

        Assert.Equal(("J1.Cluster", Unknown), (result.Id, result.Severity));
        Assert.Contains("UTF-8", result.Actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@load misc/stats\n@load misc/capture-loss\n", Pass)]
    [InlineData("@load misc/stats\n# @load misc/capture-loss\n", Warn)]
    public void The_sites_scripts_are_looked_into(string script, CheckSeverity expected) => Assert.Equal(expected, Weighing.Blank(new SmallMachine()
        .With("/opt/zeek/etc/node.cfg", "[zeek]\ntype=standalone\nhost=localhost\ninterface=eth0\n").With("/opt/zeek/share/zeek/site/local.zeek", script)).Verdict("J10.CaptureLoss"));

    [Theory]
    [InlineData("lldpd", "", Warn)]
    [InlineData("lldpd", "4-13", Pass)]
    [InlineData("sshd", "", NotApplicable)]
    public void Daemons_that_wake_up_belong_on_other_cpus(string name, string isolated, CheckSeverity expected) => Assert.Equal(
        expected, Weighing.Blank(new SmallMachine().With("/proc/77/comm", name + "\n").With("/sys/devices/system/cpu/isolated", isolated + "\n")).Verdict("P5.Daemons"));

    [Theory]
    [InlineData("Amazon EC2", "ena", "FANOUT_QM", Fail)]
    [InlineData("Amazon EC2", "ena", "FANOUT_HASH", Pass)]
    [InlineData("Google", "gve", "FANOUT_QM", Fail)]
    [InlineData("Dell Inc.", "ena", "FANOUT_QM", NotApplicable)]
    public void In_a_cloud_workers_do_not_go_by_queues(string vendor, string driver, string mode, CheckSeverity expected)
    {
        SmallMachine machine = new SmallMachine().With("/sys/class/dmi/id/sys_vendor", vendor + "\n").With(
            "/etc/zeek/node.cfg",
            $"[m]\ntype=manager\nhost=localhost\n[p]\ntype=proxy\nhost=localhost\n[w]\ntype=worker\nhost=localhost\ninterface=af_packet::ens1f0\nlb_method=custom\nlb_procs=4\naf_packet_fanout_mode=AF_Packet::{mode}\n");

        Assert.Equal(expected, Weighing.Blank(machine).Answers<ZeptAdmin.Nics.Nic>(new ZeptAdmin.Nics.Nic { InterfaceName = Weighing.Port, Driver = driver }).Refuses<NicRss>().Verdict("Q1.CloudHash"));
    }

    [Fact]
    public void A_gvnic_whose_hash_can_be_set_is_left_to_the_other_check() => Assert.Equal(Pass, Weighing.Blank(new SmallMachine().With("/sys/class/dmi/id/sys_vendor", "Google\n"))
        .Answers<ZeptAdmin.Nics.Nic>(new ZeptAdmin.Nics.Nic { InterfaceName = Weighing.Port, Driver = "gve" }).Answers<NicRss>(new NicRss { TableSize = 128 }).Verdict("Q1.CloudHash"));

    [Theory]
    [InlineData("udp::0.0.0.0:4789:vxlan", Pass)]
    [InlineData("udp::0.0.0.0:6081:geneve", Pass)]
    [InlineData("udp::0.0.0.0:6081:vxlan", Warn)]
    [InlineData("udp::0.0.0.0:4789:geneve", Warn)]
    [InlineData("udp::0.0.0.0:4789:gre", Fail)]
    [InlineData("af_packet::ens5", NotApplicable)]
    public void A_source_takes_the_tunnel_of_its_port(string source, CheckSeverity expected) => Assert.Equal(
        expected, Weighing.Blank(new SmallMachine().With("/etc/zeek/zeek.conf", $"[zeek]\nmanager = 1\n\n[interface a]\ninterface = {source}\nworkers = 2\n")).Verdict("Q2.MirrorSource"));

    private AuditSubject Talks(string text) =>
        new AuditSubject(talk.Sensor).Knows(new ZeekFileReading { Path = "/opt/zeek/etc/node.cfg", Config = ZeekNodeConfigs.Parse(text, ZeekConfigFormat.NodeCfg), Checks = ZeekLint.Test(ZeekNodeConfigs.Parse(text, ZeekConfigFormat.NodeCfg), talk.Sensor) });
}
