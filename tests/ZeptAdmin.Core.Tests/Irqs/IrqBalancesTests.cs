using CsCheck;
using ZeptAdmin.Irqs;

namespace ZeptAdmin.Tests.Irqs;

public sealed class IrqBalancesTests : IDisposable
{
    private readonly SmallMachine _machine = new SmallMachine()
        .With("/proc/irq/default_smp_affinity", "f\n")
        .With("/sys/devices/system/cpu/isolated", "2\n")
        .With("/sys/devices/system/cpu/nohz_full", "3\n");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Nothing_of_it_is_not_installed()
    {
        IrqBalance balance = IrqBalances.Get(_machine);

        Assert.Equal((IrqBalanceState.NotInstalled, UnitState.NotFound), (balance.State, balance.UnitState));
        Assert.Equal("0-3", balance.DefaultCpus?.ToString());
        Assert.Null(balance.BannedCpus);
    }

    [Fact]
    public void By_default_it_spares_isolated_and_tickless_CPUs()
    {
        IrqBalance balance = IrqBalances.Get(_machine.With("/etc/default/irqbalance", "# nothing set\n"));

        Assert.Equal((IrqBalanceState.Stopped, "2-3"), (balance.State, balance.BannedCpus?.ToString()));
        Assert.Contains("isolated", balance.BannedCpusSource, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IRQBALANCE_BANNED_CPULIST=4-6\n", "4-6", "IRQBALANCE_BANNED_CPULIST")]
    [InlineData("IRQBALANCE_BANNED_CPULIST=\"4-6\"\n", "4-6", "IRQBALANCE_BANNED_CPULIST")]
    [InlineData("#IRQBALANCE_BANNED_CPULIST=4-6\nIRQBALANCE_BANNED_CPUS=00000001,00000002\n", "1,32", "IRQBALANCE_BANNED_CPUS")]
    [InlineData("IRQBALANCE_BANNED_CPULIST=4\nIRQBALANCE_BANNED_CPUS=2\n", "1", "IRQBALANCE_BANNED_CPUS")]
    [InlineData("IRQBALANCE_BANNED_CPULIST=\n", "2-3", "isolated and nohz_full CPUs")]
    public void Banned_CPUs_are_found_in_the_order_that_irqbalance_takes_them(string settings, string expected, string source)
    {
        IrqBalance balance = IrqBalances.Get(_machine.With("/etc/sysconfig/irqbalance", settings));

        Assert.Equal((expected, source, "/etc/sysconfig/irqbalance"), (balance.BannedCpus?.ToString(), balance.BannedCpusSource, balance.SettingsPath));
    }

    [Fact]
    public void A_setting_that_is_no_CPU_list_is_told()
    {
        IrqBalance balance = IrqBalances.Get(_machine.With("/etc/default/irqbalance", "IRQBALANCE_BANNED_CPULIST=all\n"));

        Assert.Null(balance.BannedCpus);
        Assert.Single(balance.Notes);
    }

    [Theory]
    [InlineData("--banirq=43 -i 44 -i45 --banmod i40e --policyscript=/etc/irq.policy --oneshot")]
    [InlineData("-fji43 --banirq 44 --bani=45 -m i40e -l /etc/irq.policy -o")]
    public void Options_are_read_in_all_their_forms(string options)
    {
        IrqBalance balance = IrqBalances.Get(_machine.With("/etc/default/irqbalance", $"IRQBALANCE_ARGS=\"{options}\"\n"));

        Assert.Equal([43, 44, 45], balance.BannedIrqs);
        Assert.Equal(["i40e"], balance.BannedModules);
        Assert.Equal(("/etc/irq.policy", true), (balance.PolicyScript, balance.IsOneShot));
    }

    [Fact]
    public void A_process_tells_its_own_options()
    {
        IrqBalance balance = IrqBalances.Get(_machine
            .With("/proc/812/comm", "irqbalance\n").With("/proc/812/cmdline", "/usr/sbin/irqbalance\0--foreground\0--banirq=7\0")
            .With("/etc/default/irqbalance", "IRQBALANCE_ARGS=--banirq=9\n"));

        Assert.Equal((IrqBalanceState.Running, 812), (balance.State, balance.ProcessId));
        Assert.Equal(7, Assert.Single(balance.BannedIrqs));
    }

    [Fact]
    public void A_wanted_unit_is_enabled_and_a_link_to_null_masks()
    {
        _ = _machine.With("/usr/lib/systemd/system/irqbalance.service", "[Unit]\n");
        Assert.Equal(UnitState.Disabled, IrqBalances.Get(_machine).UnitState);

        _ = _machine.WithLink("/etc/systemd/system/multi-user.target.wants/irqbalance.service", "/usr/lib/systemd/system/irqbalance.service");
        Assert.Equal(UnitState.Enabled, IrqBalances.Get(_machine).UnitState);

        _ = _machine.WithLink("/etc/systemd/system/irqbalance.service", "/dev/null");
        Assert.Equal(UnitState.Masked, IrqBalances.Get(_machine).UnitState);
    }

    [Fact]
    public void Any_settings_can_be_read() => Gen.String.Sample(text =>
    {
        string[] words = EnvironmentFile.Words(text);
        _ = (EnvironmentFile.Parse(text), IrqBalanceOptions.Parse(words).BannedIrqs, IrqBalanceOptions.Parse(["-" + text, "--" + text, text]));
    });
}
