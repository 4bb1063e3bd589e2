using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Cpus;
using ZeptAdmin.Tests.Irqs;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class CpuCheckTests
{
    private const string Device = "/sys/class/net/" + Weighing.Port + "/device";
    private const string Cpu0 = "/sys/devices/system/cpu/cpu0";
    private const string Policy0 = "/sys/devices/system/cpu/cpufreq/policy0";

    [Theory]
    [InlineData(true, Pass)]
    [InlineData(false, Pass)]
    [InlineData(null, Unknown)]
    public void Threads_are_told(bool? isActive, CheckSeverity expected) =>
        Assert.Equal(expected, Weighing.Blank().Knows(Weighing.Machine() with { IsSmtActive = isActive }).Verdict("B4.Smt"));

    [Theory]
    [InlineData("identity", Pass)]
    [InlineData("DMA-FQ", Warn)]
    [InlineData("DMA", Warn)]
    [InlineData("blocked", Unknown)]
    public void The_card_is_passed_through_by_the_iommu(string type, CheckSeverity expected)
    {
        SmallMachine machine = new SmallMachine().With(Device + "/vendor", "0x8086\n")
            .WithLink(Device + "/iommu_group", "../../../../kernel/iommu_groups/17").With("/sys/kernel/iommu_groups/17/type", type + "\n");

        Assert.Equal(expected, Weighing.Blank(machine).Verdict("B5.Iommu"));
    }

    [Fact]
    public void Without_an_iommu_nothing_is_translated()
    {
        SmallMachine machine = new SmallMachine().With(Device + "/vendor", "0x8086\n");
        Assert.Equal(Unknown, Weighing.Blank(machine).Verdict("B5.Iommu"));
        Assert.Equal(Pass, Weighing.Blank(machine.With("/sys/kernel/iommu_groups/0/type", "identity\n")).Verdict("B5.Iommu"));
        Assert.Equal(NotApplicable, Weighing.Blank().Verdict("B5.Iommu"));
        Assert.Equal(Unknown, Weighing.Blank(new SmallMachine().With(Device + "/vendor", "0x8086\n").WithLink(Device + "/iommu_group", "../17")).Verdict("B5.Iommu"));
    }

    [Theory]
    [InlineData("0", "0", Pass)]
    [InlineData("0", "1", Warn)]
    [InlineData("1", null, Warn)]
    [InlineData(null, null, Unknown)]
    public void The_link_to_the_card_does_not_sleep(string? l0, string? l1, CheckSeverity expected)
    {
        SmallMachine machine = new();
        foreach ((string name, string? value) in ((string, string?)[])[("l0s_aspm", l0), ("l1_aspm", l1)])
        {
            _ = value is null ? machine : machine.With($"{Device}/link/{name}", value + "\n");
        }

        Assert.Equal(expected, Weighing.Blank(machine).Knows(Weighing.Machine()).Answers<Nic>(new Nic { PciAddress = "0000:17:00.0" }).Verdict("B6.Aspm"));
    }

    [Theory]
    [InlineData("default [performance] powersave", false, Pass)]
    [InlineData("[default] performance powersave", false, Unknown)]
    [InlineData("[default] performance powersave", true, NotApplicable)]
    public void Where_the_link_is_silent_the_policy_tells(string policy, bool isVirtual, CheckSeverity expected) => Assert.Equal(
        expected,
        Weighing.Blank(new SmallMachine().With("/sys/module/pcie_aspm/parameters/policy", policy + "\n"))
            .Knows(Weighing.Machine(isVirtual: isVirtual)).Answers<Nic>(new Nic { PciAddress = "0000:17:00.0" }).Verdict("B6.Aspm"));

    [Theory]
    [InlineData(0x600, Errno.None, Pass)]
    [InlineData(0x7ff, Errno.None, Pass)]
    [InlineData(0x400, Errno.None, Warn)]
    [InlineData(0, Errno.EPERM, Unknown)]
    public void Cards_write_into_the_cache(int mask, Errno errno, CheckSeverity expected)
    {
        using CpuMachine machine = new();
        machine.Registers.Values[(0, 0xc8b)] = (ulong)mask;
        machine.Registers.ReadErrno = errno;

        Assert.Equal(expected, Weighing.Blank(machine.Machine).Knows(Weighing.Machine(packages: 1)).Verdict("B8.Ddio"));
    }

    [Fact]
    public void What_has_no_register_on_record_is_not_judged()
    {
        Assert.Equal(NotApplicable, Weighing.Blank().Knows(Weighing.Machine()).Verdict("B8.Ddio"));
        Assert.Equal(NotApplicable, Weighing.Blank().Verdict("B9.Prefetchers"));
    }

    [Theory]
    [InlineData(0, 0, Pass)]
    [InlineData(15, 15, Pass)]
    [InlineData(0, 2, Warn)]
    public void Prefetchers_are_the_same_on_all_cores(int first, int second, CheckSeverity expected)
    {
        using CpuMachine machine = new();
        (machine.Registers.Values[(0, 0x1a4)], machine.Registers.Values[(1, 0x1a4)]) = ((ulong)first, (ulong)second);

        Assert.Equal(expected, Weighing.Blank(machine.Machine).Verdict("B9.Prefetchers"));
    }

    [Theory]
    [InlineData("Mitigation: PTI", "flags : pcid invpcid", Pass)]
    [InlineData("Mitigation: PTI", "flags : pcid", Warn)]
    [InlineData("Not affected", "flags : fpu", Pass)]
    [InlineData(null, "flags : fpu", NotApplicable)]
    public void Page_tables_apart_are_cheap(string? meltdown, string flags, CheckSeverity expected)
    {
        SmallMachine machine = new SmallMachine().With("/proc/cpuinfo", flags + "\n");
        _ = meltdown is null ? machine : machine.With("/sys/devices/system/cpu/vulnerabilities/meltdown", meltdown + "\n");

        Assert.Equal(expected, Weighing.Blank(machine).Verdict("B12.Mitigations"));
    }

    [Theory]
    [InlineData(40, "0", "0", Pass)]
    [InlineData(51, "0", "0", Warn)]
    [InlineData(133, "1", "0", Pass)]
    [InlineData(133, "0", "50", Pass)]
    [InlineData(133, "0", "n/a", Pass)]
    [InlineData(133, "0", "133", Warn)]
    public void No_cpu_sleeps_too_deeply(int latency, string disable, string limit, CheckSeverity expected)
    {
        SmallMachine machine = new SmallMachine()
            .With(Cpu0 + "/cpuidle/state0/name", "C6\n").With(Cpu0 + "/cpuidle/state0/latency", $"{latency}\n").With(Cpu0 + "/cpuidle/state0/disable", disable + "\n")
            .With(Cpu0 + "/power/pm_qos_resume_latency_us", limit + "\n");

        Assert.Equal(expected, Weighing.Blank(machine).Verdict("E1.IdleStates"));
    }

    [Fact]
    public void A_limit_that_somebody_holds_for_the_machine_counts()
    {
        using CpuMachine machine = new();
        CheckResult before = Weighing.Blank(machine.Machine).Weigh("E1.IdleStates");
        _ = machine.Machine.With("/dev/cpu_dma_latency", "\u0014\0\0\0");

        Assert.Equal((Warn, "Start-CpuLatencyLimit 50"), (before.Severity, before.Remedy));
        Assert.Contains("CPUs 0-2", before.Actual, StringComparison.Ordinal);
        Assert.Equal(Pass, Weighing.Blank(machine.Machine).Verdict("E1.IdleStates"));
    }

    [Fact]
    public void A_machine_without_idle_states_or_frequencies_is_not_judged()
    {
        foreach (string id in (string[])["E1.IdleStates", "E2.Governor", "E3.Turbo"])
        {
            Assert.Equal(NotApplicable, Weighing.Blank().Knows(Weighing.Machine(isVirtual: true)).Verdict(id));
        }
    }

    [Theory]
    [InlineData("performance", Pass)]
    [InlineData("powersave", Warn)]
    [InlineData("schedutil", Warn)]
    [InlineData(null, Unknown)]
    public void Every_cpu_runs_as_fast_as_it_can(string? governor, CheckSeverity expected)
    {
        SmallMachine machine = new SmallMachine().With(Policy0 + "/scaling_driver", "intel_pstate\n").With(Policy0 + "/related_cpus", "0\n");
        _ = governor is null ? machine : machine.With(Policy0 + "/scaling_governor", governor + "\n");

        Assert.Equal(expected, Weighing.Blank(machine).Verdict("E2.Governor"));
    }

    [Theory]
    [InlineData("intel_pstate/no_turbo", "0", Pass)]
    [InlineData("intel_pstate/no_turbo", "1", Warn)]
    [InlineData("cpufreq/boost", "1", Pass)]
    [InlineData("cpufreq/boost", "0", Warn)]
    public void Turbo_is_on(string file, string value, CheckSeverity expected) =>
        Assert.Equal(expected, Weighing.Blank(new SmallMachine().With($"/sys/devices/system/cpu/{file}", value + "\n")).Verdict("E3.Turbo"));
}
