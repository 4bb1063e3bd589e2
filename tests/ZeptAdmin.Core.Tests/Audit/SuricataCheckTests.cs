using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Suricata;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Tests.Zeek;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class SuricataCheckTests(TalkMachine talk) : IClassFixture<TalkMachine>
{
    private const string Usual = "/etc/suricata/suricata.yaml";
    private const string Small = "%YAML 1.1\n---\naf-packet:\n  - interface: ens1f0\n    threads: 2\n    cluster-type: cluster_flow\n    cluster-id: 99\n    tpacket-v3: yes\n";

    private static readonly Check[] OfSuricata = [.. Checks.All.Where(check => check.Category == CheckCategory.Suricata)];

    [Fact]
    public void Each_rule_of_the_lint_is_a_check() => Assert.Equal(SuricataLint.Rules.Select(rule => rule.Id), OfSuricata.Select(check => check.Id));

    [Fact]
    public void A_machine_without_suricata_has_nothing_to_check() =>
        Assert.All(OfSuricata.SelectMany(check => check.Run(Weighing.Blank())), result => Assert.Equal(NotApplicable, result.Severity));

    [Fact]
    public void The_settings_of_2016_have_one_line_a_rule()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Fixtures", "suricata", "s1.yaml"));
        AuditSubject subject = new AuditSubject(talk.Sensor).Knows<ConfigReading[]>([new ConfigReading { Path = Usual, Checks = SuricataLint.Test(SuricataConfigs.Parse(text, 7, talk.Sensor), talk.Sensor) }]);

        CheckResult[] results = [.. OfSuricata.SelectMany(check => check.Run(subject))];

        Assert.Equal(OfSuricata.Select(check => check.Id), results.Select(result => result.Id));
        CheckResult mmap = results.Single(result => result.Id == "L1.UseMmap");
        Assert.Equal((Warn, "line 10: it has no effect, and 1 more", "suricata.yaml"), (mmap.Severity, mmap.Actual, mmap.Target));
        Assert.StartsWith("Test-SuricataConfig '/etc/suricata/suricata.yaml' # ", mmap.Remedy, StringComparison.Ordinal);
        Assert.Equal(Pass, results.Single(result => result.Id == "L1.Header").Severity);
    }

    [Theory]
    [InlineData("/etc/suricata/suricata.yaml")]
    [InlineData("/usr/local/etc/suricata/suricata.yaml")]
    public void It_is_found_where_packages_and_builds_put_it(string path)
    {
        CheckResult result = Weighing.Blank(new SmallMachine().With(path, Small)).Weigh("L3.ClusterType");

        Assert.Equal((Pass, "suricata.yaml", "cluster_flow"), (result.Severity, result.Target, result.Actual));
    }

    [Theory]
    [InlineData("Suricata-Main", "/usr/bin/suricata\0-c\0/srv/a.yaml\0--af-packet", null, "a.yaml")]
    [InlineData("Suricata-Main", "/usr/bin/suricata\0-c/srv/a.yaml\0--af-packet", null, "a.yaml")]
    [InlineData("Suricata-Main", "suricata\0-c\0a.yaml", "/srv", "a.yaml")]
    [InlineData("Suricata-Main", "suricata\0--af-packet", null, "suricata.yaml")]
    [InlineData("suricata", "suricata\0-T\0-c\0/srv/a.yaml", null, "suricata.yaml")]
    [InlineData("Suricata-Main", "suricata\0-r\0/srv/x.pcap\0-c\0/srv/a.yaml", null, "suricata.yaml")]
    [InlineData("suricata-update", "python3\0/usr/bin/suricata-update\0-c\0/srv/a.yaml", null, "suricata.yaml")]
    public void The_file_of_a_running_engine_goes_before_the_usual_one(string name, string arguments, string? folder, string expected)
    {
        SmallMachine machine = new SmallMachine().With(Usual, Small).With("/srv/a.yaml", Small).With("/proc/77/comm", name + "\n").With("/proc/77/cmdline", arguments + "\0");
        if (folder is not null)
        {
            _ = machine.WithLink("/proc/77/cwd", folder);
        }

        Assert.Equal(expected, Weighing.Blank(machine).Weigh("L1.Header").Target);
    }

    [Theory]
    [InlineData("net:[4026531840]", "a.yaml")]
    [InlineData("net:[4026532001]", "suricata.yaml")]
    public void An_engine_of_another_network_namespace_watches_other_interfaces(string network, string expected)
    {
        SmallMachine machine = new SmallMachine().With(Usual, Small).With("/srv/a.yaml", Small).With("/proc/77/comm", "Suricata-Main\n").With("/proc/77/cmdline", "suricata\0-c\0/srv/a.yaml\0")
            .WithLink("/proc/self/ns/net", "net:[4026531840]").WithLink("/proc/77/ns/net", network);

        Assert.Equal(expected, Weighing.Blank(machine).Weigh("L1.Header").Target);
    }

    [Fact]
    public void Two_engines_have_a_line_each_with_the_path_where_the_name_is_the_same()
    {
        SmallMachine machine = new SmallMachine()
            .With("/srv/a/s.yaml", Small).With("/proc/77/comm", "Suricata-Main\n").With("/proc/77/cmdline", "suricata\0-c\0/srv/a/s.yaml\0")
            .With("/srv/b/s.yaml", Small.Replace("cluster_flow", "cluster_rnd", StringComparison.Ordinal)).With("/proc/78/comm", "Suricata-Main\n").With("/proc/78/cmdline", "suricata\0-c\0/srv/b/s.yaml\0");

        CheckResult[] results = [.. OfSuricata.Single(check => check.Id == "L3.ClusterType").Run(Weighing.Blank(machine))];

        Assert.Equal([("/srv/a/s.yaml", Pass), ("/srv/b/s.yaml", Fail)], results.Select(result => (result.Target, result.Severity)));
    }

    [Fact]
    public void A_line_of_an_included_file_is_told_with_its_name()
    {
        SmallMachine machine = new SmallMachine().With(Usual, "%YAML 1.1\n---\ninclude: zept.yaml\n").With("/etc/suricata/zept.yaml", Small.Replace("cluster_flow", "cluster_rnd", StringComparison.Ordinal));

        CheckResult result = Weighing.Blank(machine).Weigh("L3.ClusterType");

        Assert.Equal((Fail, "suricata.yaml", "zept.yaml line 6: cluster_rnd"), (result.Severity, result.Target, result.Actual));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%YAML 1.1\n---\n")]
    [InlineData("%YAML 1.1\n---\naf-packet:\n  - interface: eth0\n")]
    [InlineData("%YAML 1.1\n---\naf-packet:\n  - interface: eth0\nthreading:\n  set-cpu-affinity: yes\n")]
    public void Whatever_a_file_lacks_each_rule_has_its_line(string text)
    {
        AuditSubject subject = Weighing.Blank(new SmallMachine().With(Usual, text));

        Assert.All(OfSuricata, check => Assert.Equal(check.Id, Assert.Single(check.Run(subject)).Id));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told_once()
    {
        AuditSubject[] subjects =
        [
            Weighing.Blank(new SmallMachine().With(Usual, "%YAML 1.1\n---\naf-packet: [\n")),
            Weighing.Blank(new SmallMachine().With(Usual, Errno.EACCES)),
            Weighing.Blank(new SmallMachine().With("/proc/77/comm", "Suricata-Main\n").With("/proc/77/cmdline", "suricata\0-c\0/in/a/container.yaml\0")),
        ];

        Assert.All(subjects, subject => Assert.Equal(
            ("L1.Header", Unknown),
            Assert.Single(OfSuricata.SelectMany(check => check.Run(subject)).Where(result => result.Severity != NotApplicable).Select(result => (result.Id, result.Severity)))));
    }
}
