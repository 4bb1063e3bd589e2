using ZeptAdmin.Changes;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuFrequencyPolicyTests : IDisposable
{
    private const string Cpufreq = "/sys/devices/system/cpu/cpufreq";

    private readonly CpuMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    private CpuFrequencyPolicy[] Policies => CpuFrequencyPolicies.Get(_machine.Machine).Value;

    [Fact]
    public void Reads_policies()
    {
        CpuFrequencyPolicy policy = Policies[1];

        Assert.Equal(4, Policies.Length);
        Assert.Equal(("1", "intel_pstate", "active", "powersave", "balance_performance"), (policy.Cpu.ToString(), policy.Driver, policy.DriverMode, policy.Governor, policy.EnergyPreference));
        Assert.Equal(
            (1_000_000L, 2_300_000L, 3_700_000L, 2_300_000L, 1_000_100L, false),
            (policy.MinimumKilohertz, policy.MaximumKilohertz, policy.HardwareMaximumKilohertz, policy.BaseKilohertz, policy.CurrentKilohertz, policy.IsTurboEnabled));
        Assert.Equal(["performance", "powersave"], policy.AvailableGovernors);
    }

    [Theory]
    [InlineData("machines-hwloc/nvidia-dgx-gb10.tar.bz2", 20)]
    [InlineData("machines-lscpu/x86_64-dell_e4310.tar.gz", 4)]
    [InlineData("machines-hwloc/32em64t-2n8c+dax+nvme+mic+dimms.tar.bz2", 32)]
    public void Reads_real_machines(string capture, int cpus)
    {
        using Sensor sensor = Sensor.Open(Repository.Captured(capture));

        Answer<CpuFrequencyPolicy[]> answer = CpuFrequencyPolicies.Get(sensor);

        // Each CPU is in one policy at most, or the machine says that it has none.
        if (answer.Try(out CpuFrequencyPolicy[]? policies))
        {
            int[] all = [.. policies.SelectMany(policy => policy.Cpu.ToArray())];
            Assert.Equal(all.Distinct().Count(), all.Length);
            Assert.True(all.Length <= cpus);
            Assert.All(policies, policy => Assert.True(policy.Driver is not null || policy.Governor is not null));
        }
        else
        {
            Assert.Equal(Errno.EOPNOTSUPP, answer.Refusal!.Errno);
        }
    }

    [Fact]
    public void Before_Linux_4_3_the_policy_is_under_its_first_cpu()
    {
        SmallMachine machine = new();
        foreach (int cpu in (int[])[0, 1])
        {
            string folder = $"/sys/devices/system/cpu/cpu{cpu}/cpufreq";
            _ = machine.With(folder + "/scaling_driver", "acpi-cpufreq\n").With(folder + "/scaling_governor", "ondemand\n").With(folder + "/related_cpus", "0 1\n");
        }

        CpuFrequencyPolicy policy = Assert.Single(CpuFrequencyPolicies.Get(machine).Value);
        Assert.Equal(("0-1", "ondemand", null), (policy.Cpu.ToString(), policy.Governor, policy.DriverMode));
    }

    [Fact]
    public void The_preference_is_set_where_the_kernel_takes_it_on_the_way_there_and_back()
    {
        // intel_pstate takes no other preference than performance with that governor (store_energy_performance_preference).
        _machine.Machine.Refuse = (path, text) =>
            path.EndsWith("energy_performance_preference", StringComparison.Ordinal) && text != "performance\n"
            && _machine[$"cpufreq/{path.Split('/')[^2]}/scaling_governor"] == "performance" ? Errno.EBUSY : Errno.None;
        string before = _machine.State();

        string[] made = _machine.Make(CpuFrequencyPolicies.Plan(_machine.Machine, Policies, new CpuFrequencyWish { Governor = "performance", EnergyPreference = "performance" }));

        Assert.Equal(
            ["Set the energy preference of policy 0-3 from 'balance_performance' to 'performance'", "Set the frequency governor of policy 0-3 from 'powersave' to 'performance'"], made);
        _ = _machine.Make(CpuFrequencyPolicies.Plan(_machine.Machine, Policies, new CpuFrequencyWish { Governor = "powersave", EnergyPreference = "power" }));
        Assert.Equal(("powersave", "power"), (_machine["cpufreq/policy3/scaling_governor"], _machine["cpufreq/policy3/energy_performance_preference"]));

        _machine.Undo();
        Assert.Equal(before, _machine.State());
    }

    [Theory]
    [InlineData(3_700_000, 3_000_000, "max min")]
    [InlineData(1_500_000, 1_200_000, "min max")]
    public void Limits_never_cross(int most, int least, string order)
    {
        string before = _machine.State();
        CpuFrequencyPolicy[] policies = Policies;
        if (order == "min max")
        {
            _ = _machine.Make(CpuFrequencyPolicies.Plan(_machine.Machine, policies, new CpuFrequencyWish { MinimumKilohertz = 2_000_000 }));
        }

        _machine.Machine.Writes.Clear();
        _ = _machine.Make(CpuFrequencyPolicies.Plan(_machine.Machine, Policies, new CpuFrequencyWish { MaximumKilohertz = most, MinimumKilohertz = least }));

        Assert.Equal(order, string.Join(' ', _machine.Machine.Writes.Select(write => write.Path.Split('_')[^2]).Distinct()));
        _machine.Undo();
        Assert.Equal(before, _machine.State());
    }

    [Theory]
    [InlineData("schedutil", null, null, Errno.EINVAL)]
    [InlineData(null, "fast", null, Errno.EINVAL)]
    [InlineData(null, null, 4_000_000, Errno.EINVAL)]
    [InlineData(null, null, 900_000, Errno.EINVAL)]
    public void What_the_kernel_would_refuse_is_refused_with_what_there_is(string? governor, string? preference, int? most, Errno errno)
    {
        Refusal refusal = Assert.Single(CpuFrequencyPolicies.Plan(
            _machine.Machine, Policies, new CpuFrequencyWish { Governor = governor, EnergyPreference = preference, MaximumKilohertz = most })).Refusal!;

        Assert.Equal(errno, refusal.Errno);
        Assert.NotNull(refusal.Detail);
        Assert.Empty(_machine.Machine.Writes);
    }

    [Theory]
    [InlineData("/sys/devices/system/cpu/intel_pstate/no_turbo", "1", "0")]
    [InlineData("/sys/devices/system/cpu/cpufreq/boost", "0", "1")]
    public void Turbo_has_two_switches_the_other_way_about(string path, string off, string on)
    {
        SmallMachine machine = new SmallMachine().With(path, off + "\n").With(Cpufreq + "/policy0/scaling_driver", "acpi-cpufreq\n");
        CpuFrequencyPolicy[] policies = CpuFrequencyPolicies.Get(machine).Value;
        Assert.False(policies[0].IsTurboEnabled);

        PlannedChange change = Assert.Single(CpuFrequencyPolicies.Plan(machine, policies, new CpuFrequencyWish { IsTurboEnabled = true })).Value;

        Assert.StartsWith("Turn turbo on", change.ToString(), StringComparison.Ordinal);
        Assert.Equal(on, change.After.ToString());
        Assert.True(Assert.Single(CpuFrequencyPolicies.Plan(machine, policies, new CpuFrequencyWish { IsTurboEnabled = false })).Value.IsIdle);
    }

    [Fact]
    public void A_machine_without_a_switch_for_turbo_says_so()
    {
        SmallMachine machine = new SmallMachine().With(Cpufreq + "/policy0/scaling_driver", "cppc_cpufreq\n");

        Assert.Equal(Errno.EOPNOTSUPP, Assert.Single(CpuFrequencyPolicies.Plan(machine, CpuFrequencyPolicies.Get(machine).Value, new CpuFrequencyWish { IsTurboEnabled = true })).Refusal!.Errno);
    }
}
