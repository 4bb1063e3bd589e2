using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class KernelArgumentCheckTests
{
    [Theory]
    [InlineData("D1.IsolatedCpus", "quiet", NotApplicable)]
    [InlineData("D1.IsolatedCpus", "isolcpus=1-3", Pass)]
    [InlineData("D1.IsolatedCpus", "isolcpus=1-9", Fail)]
    [InlineData("D2.RcuCallbacks", "isolcpus=1-3 rcu_nocbs=1", Warn)]
    [InlineData("D3.NohzFull", "nohz_full=1-3", Pass)]
    [InlineData("D3.NohzFull", "nohz_full=9", Fail)]
    [InlineData("D4.IommuArgument", "iommu=pt intel_iommu=off", Warn)]
    [InlineData("D5.ArgumentNames", "intel_idle.max_cstates=1", Warn)]
    [InlineData("D5.ArgumentNames", "intel_idle.max_cstate=1", Pass)]
    [InlineData("D6.AspmArgument", "pcie_aspm=off", Pass)]
    [InlineData("D6.AspmArgument", "pcie_aspm=off pcie_aspm.policy=performance", Warn)]
    [InlineData("D8.MemoryErrors", "mce=ignore_ce", Warn)]
    [InlineData("D11.ThreadedIrqs", "idle=poll", Warn)]
    public void Weighs_its_own_row(string id, string line, CheckSeverity expected) =>
        Assert.Equal(expected, Weighing.Blank(new SmallMachine().With("/proc/cmdline", line + "\n").With("/sys/devices/system/cpu/present", "0-7\n")).Verdict(id));

    [Fact]
    public void A_finding_of_the_next_boot_says_so() =>
        Assert.EndsWith(
            "hides errors of memory that were corrected, the first sign of a failing module.",
            Weighing.Blank(new SmallMachine().With("/proc/cmdline", "quiet\n").With("/boot/loader/entries/a.conf", "options mce=ignore_ce\n")).Weigh("D8.MemoryErrors").Actual,
            StringComparison.Ordinal);

    [Fact]
    public void Without_a_command_line_nothing_is_known() => Assert.Equal(Unknown, Weighing.Blank().Verdict("D5.ArgumentNames"));
}
