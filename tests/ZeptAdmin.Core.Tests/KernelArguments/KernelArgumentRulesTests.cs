using ZeptAdmin.KernelArguments;
using ZeptAdmin.Tests.Irqs;
using static ZeptAdmin.KernelArguments.KernelArgumentVerdict;

namespace ZeptAdmin.Tests.KernelArguments;

public sealed class KernelArgumentRulesTests
{
    [Theory]
    [InlineData("intel_idle.max_cstates=1", Warn, "intel_idle.max_cstate misspelled")]
    [InlineData("isolcpu=1-3", Warn, "isolcpus misspelled")]
    [InlineData("rcu_ncobs=1-3", Warn, "rcu_nocbs misspelled")]
    [InlineData("isolcpus=1-9", Fail, "no CPU 8-9")]
    [InlineData("isolcpus=one", Fail, "no list of CPUs")]
    [InlineData("isolcpus", Fail, "no list of CPUs")]
    [InlineData("isolcpus=0-N", Fail, "leaves no CPU")]
    [InlineData("isolcpus=managed_irq,domain,0-7", Fail, "leaves no CPU")]
    [InlineData("isolcpus=1-3", Note, "deprecated since 2017")]
    [InlineData("nohz_full=1-3", Note, "nothing for Zeek")]
    [InlineData("intel_idle.max_cstate=1", Note, "full turbo needs C3")]
    [InlineData("pcie_aspm=off", Note, "as the firmware set them")]
    [InlineData("pcie_aspm=off pcie_aspm.policy=performance", Warn, "from applying any policy")]
    [InlineData("mce=ignore_ce", Warn, "hides errors")]
    [InlineData("selinux=0", Note, "does not recommend")]
    [InlineData("threadirqs", Warn, "in threads")]
    [InlineData("idle=poll", Warn, "full power")]
    [InlineData("iommu=pt intel_iommu=off", Warn, "nothing passes through")]
    [InlineData("intel_iommu=pt", Warn, "does not know pt")]
    [InlineData("amd_iommu=on", Warn, "processor of Intel ignores it")]
    [InlineData("isolcpus=1-3 irqaffinity=0,3", Warn, "interrupts to CPU 3")]
    [InlineData("isolcpus=1-3 rcu_nocbs=1-2", Warn, "CPU 3 is isolated")]
    [InlineData("isolcpus=1 isolcpus=2", Warn, "2 times")]
    public void Tells(string line, KernelArgumentVerdict severity, string words) =>
        Assert.Contains(KernelArgumentRules.Test(Machine(), line), finding => finding.Severity == severity && finding.Problem.Contains(words, StringComparison.Ordinal));

    [Theory]
    [InlineData("root=/dev/sda1 ro quiet console=tty0 console=ttyS0 systemd.unit=x crashkernel=auto")]
    [InlineData("rcu_nocbs=1-3 iommu=pt intel_iommu=on pcie_aspm.policy=performance")]
    [InlineData("rcu_nocbs=all")]
    [InlineData("quiet -- isolcpu=1")]
    public void Is_silent(string line) => Assert.Empty(KernelArgumentRules.Test(Machine(), line));

    [Fact]
    public void A_list_that_the_kernel_did_not_take_is_told()
    {
        SmallMachine machine = Machine().With("/proc/cmdline", "isolcpus=1-3\n").With("/sys/devices/system/cpu/isolated", "\n");
        Assert.Contains(KernelArgumentRules.Test(machine).Value, finding => finding.Severity == Fail && finding.Problem.Contains("did not take it", StringComparison.Ordinal));

        machine = Machine().With("/proc/cmdline", "isolcpus=1-3\n").With("/sys/devices/system/cpu/isolated", "1-3\n");
        Assert.DoesNotContain(KernelArgumentRules.Test(machine).Value, finding => finding.Severity == Fail);
    }

    [Fact]
    public void What_comes_next_is_told_once_where_it_differs()
    {
        SmallMachine machine = Machine().With("/proc/cmdline", "threadirqs\n").With("/boot/loader/entries/a.conf", "options threadirqs idle=poll\n");

        Assert.Equal(["Running", "Next"], KernelArgumentRules.Test(machine).Value.Select(finding => finding.CommandLine));
    }

    private static SmallMachine Machine() => new SmallMachine().With("/sys/devices/system/cpu/present", "0-7\n").With("/proc/cpuinfo", "vendor_id\t: GenuineIntel\n");
}
