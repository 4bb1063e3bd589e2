using ZeptAdmin.Audit;
using ZeptAdmin.Cpus;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Audit;
using ZeptAdmin.Tests.Irqs;

namespace ZeptAdmin.Tests.Cpus;

public sealed class TunedProfilesTests
{
    [Fact]
    public void Without_its_process_there_is_no_profile()
    {
        using SmallMachine machine = new SmallMachine().With("/etc/tuned/active_profile", "capture\n");

        Assert.Null(TunedProfiles.Get(machine));
        Assert.Equal(CheckSeverity.Pass, Weighing.Blank(machine).Verdict("F6.Tuned"));
    }

    [Fact]
    public void Included_profiles_come_first_and_the_later_of_a_name_stays()
    {
        using SmallMachine machine = Running("capture")
            .With("/usr/lib/tuned/base/tuned.conf", "[cpu]\ngovernor=powersave\nforce_latency=99\n[sysctl]\nvm.swappiness=10\n[disk]\nreadahead=1\n")
            .With("/etc/tuned/capture/tuned.conf", """
                # ours
                [main]
                summary=Capture
                include=base
                [variables]
                usecs=84
                [cpu]
                governor = performance
                [ports]
                type=net
                coalesce=adaptive-rx off rx-usecs ${usecs}
                [disk]
                enabled=0
                """);

        TunedProfile profile = TunedProfiles.Get(machine)!;

        Assert.Equal(
            ["cpu.force_latency=99", "sysctl.vm.swappiness=10", "cpu.governor=performance", "ports.coalesce=adaptive-rx off rx-usecs ${usecs}"],
            profile.Settings.Select(setting => $"{setting.Unit}.{setting.Name}={setting.Value}"));
        Assert.Equal("net", profile.Settings[^1].Plugin);
        Assert.Equal(["capture"], profile.Names);
        Assert.Empty(profile.Missing);
    }

    [Fact]
    public void A_section_that_replaces_leaves_nothing_of_the_included_one()
    {
        using SmallMachine machine = Running("b")
            .With("/usr/lib/tuned/a/tuned.conf", "[sysctl]\nx=1\ny=2\n")
            .With("/usr/lib/tuned/profiles/b/tuned.conf", "[main]\ninclude=a\n[sysctl]\nreplace=1\nz=3\n");

        Assert.Equal(["z"], TunedProfiles.Get(machine)!.Settings.Select(setting => setting.Name));
    }

    [Theory]
    [InlineData("ring", "[main]\ninclude=ring\n")]
    [InlineData("../../shadow", "")]
    [InlineData("gone", "")]
    public void What_cannot_be_read_is_told(string name, string text)
    {
        using SmallMachine machine = Running(name);
        _ = text.Length > 0 ? machine.With($"/etc/tuned/{name}/tuned.conf", text) : machine;

        Assert.Equal([name], TunedProfiles.Get(machine)!.Missing);
        Assert.Equal(CheckSeverity.Unknown, Weighing.Blank(machine).Verdict("F6.Tuned"));
    }

    [Theory]
    [InlineData("[cpu]\ngovernor=performance\n[vm]\ntransparent_hugepages=never\n", CheckSeverity.Pass, "leaves it alone")]
    [InlineData("[cpu]\ngovernor=powersave\n", CheckSeverity.Warn, "the frequency governor")]
    [InlineData("[scheduler]\nisolated_cores=2-3\n[bootloader]\ncmdline_x=nohz_full=2-3\n", CheckSeverity.Warn, "isolated CPUs, the kernel command line")]
    [InlineData("[sysctl]\nnet.core.netdev_budget_usecs=8000\n", CheckSeverity.Warn, "the softirq's budget")]
    [InlineData("[capture]\ntype=net\nring=rx 4096\n", CheckSeverity.Warn, "ring depths")]
    public void The_audit_names_what_the_plan_sets_too(string text, CheckSeverity expected, string named)
    {
        using SmallMachine machine = Running("p").With("/etc/tuned/p/tuned.conf", text);
        AuditSubject subject = Weighing.Blank(machine);

        Assert.Equal(expected, subject.Verdict("F6.Tuned"));
        Assert.Contains(named, subject.Weigh("F6.Tuned").Actual, StringComparison.Ordinal);
    }

    private static SmallMachine Running(string profiles) =>
        new SmallMachine().With("/proc/812/comm", "tuned\n").With("/etc/tuned/active_profile", profiles + "\n");
}
