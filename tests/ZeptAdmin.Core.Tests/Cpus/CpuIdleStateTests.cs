using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuIdleStateTests : IDisposable
{
    private readonly CpuMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Reads_each_state_of_each_cpu()
    {
        CpuIdleState[] states = CpuIdleStates.Get(_machine.Machine).Value;

        Assert.Equal(16, states.Length);
        CpuIdleState deepest = states[^1];
        Assert.Equal((3, 3, "C6", 133L, 600L, true, true), (deepest.Cpu, deepest.State, deepest.Name, deepest.LatencyMicroseconds, deepest.TargetResidencyMicroseconds, deepest.IsEnabled, deepest.IsEnabledByDefault));
        Assert.Equal((4003L, 12_000_000L, "intel_idle", "menu"), (deepest.Usage, deepest.TimeMicroseconds, deepest.Driver, deepest.Governor));
        Assert.Equal((1, "C1E"), states.Where(state => state.IsEnabled == false).Select(state => (state.Cpu, state.Name)).Single());
    }

    [Fact]
    public void A_machine_without_is_a_refusal_that_says_why()
    {
        Refusal refusal = CpuIdleStates.Get(new SmallMachine().With("/sys/devices/system/cpu/cpu0/topology/core_id", "0\n")).Refusal!;

        Assert.Equal(Errno.EOPNOTSUPP, refusal.Errno);
        Assert.Contains("idle=poll", refusal.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("machines-hwloc/40intel64-4n10c+pci-conflicts.tar.bz2", 40, "C0 NHM-C1 NHM-C3 NHM-C6")]
    [InlineData("machines-lscpu/x86_64-64cpu-linux6.2.tar.gz", 8, "POLL C1_ACPI C2_ACPI C3_ACPI")]
    public void Reads_real_machines(string capture, int cpus, string names)
    {
        using Sensor sensor = Sensor.Open(Repository.Captured(capture));

        CpuIdleState[] states = CpuIdleStates.Get(sensor).Value;

        Assert.True(states.Select(state => state.Cpu).Distinct().Count() >= cpus);
        Assert.All(states.GroupBy(state => state.Cpu), cpu =>
        {
            Assert.Equal(names.Split(' '), cpu.Select(state => state.Name));
            Assert.Equal(cpu.OrderBy(state => state.LatencyMicroseconds).Select(state => state.State), cpu.Select(state => state.State));
        });
    }

    [Theory]
    [InlineData(133, "C1E+1", "")]
    [InlineData(50, "C1E+1 C6-0-3", "")]
    [InlineData(2, "C1E-0,2-3 C6-0-3", "")]
    [InlineData(0, "C1-0-3 C1E-0,2-3 C6-0-3", "0-3")]
    public void A_limit_turns_off_what_is_deeper_and_on_what_is_not(int limit, string expected, string polling)
    {
        CpuIdleState[] states = CpuIdleStates.Get(_machine.Machine).Value;

        (CpuIdleState State, bool IsOn)[] wanted = [.. CpuIdleStates.ForLatency(states, limit)];

        string actual = string.Join(' ', from wish in wanted
                                         where wish.State.IsEnabled != wish.IsOn
                                         group wish.State.Cpu by $"{wish.State.Name}{(wish.IsOn ? '+' : '-')}" into state
                                         orderby state.Key
                                         select $"{state.Key}{CpuList.Of(state)}");
        Assert.Equal(expected, actual);
        Assert.Equal(polling, CpuIdleStates.Polling(states, wanted).ToString());
    }

    [Fact]
    public void What_the_driver_left_off_is_not_turned_on()
    {
        _ = _machine.Machine.With("/sys/devices/system/cpu/cpu1/cpuidle/state2/default_status", "disabled\n");

        Assert.DoesNotContain(CpuIdleStates.ForLatency(CpuIdleStates.Get(_machine.Machine).Value, 1000), wish => wish.State is { Cpu: 1, Name: "C1E" });
    }

    [Fact]
    public void Is_changed_for_all_cpus_in_one_step_and_taken_back_to_the_byte()
    {
        string before = _machine.State();
        CpuIdleState[] states = CpuIdleStates.Get(_machine.Machine).Value;

        string[] made = _machine.Make(CpuIdleStates.Plan(_machine.Machine, CpuIdleStates.ForLatency(states, 50)));

        Assert.Equal(["Set the idle state 'C1E' of CPU 1 from off to on", "Set the idle state 'C6' of CPU 0-3 from on to off"], made);
        Assert.Equal("1", _machine["cpu2/cpuidle/state3/disable"]);
        Assert.Equal("0", _machine["cpu1/cpuidle/state2/disable"]);
        Assert.Empty(_machine.Make(CpuIdleStates.Plan(_machine.Machine, CpuIdleStates.ForLatency(CpuIdleStates.Get(_machine.Machine).Value, 50))));

        _machine.Undo();
        Assert.Equal(before, _machine.State());
    }

    [Fact]
    public void A_write_that_is_refused_half_way_leaves_nothing_behind()
    {
        string before = _machine.State();
        _machine.Machine.Refuse = (path, text) => path.Contains("cpu2/", StringComparison.Ordinal) && text == "1\n" ? Errno.EPERM : Errno.None;

        _ = Assert.Throws<KernelException>(() => _machine.Make(CpuIdleStates.Plan(_machine.Machine, CpuIdleStates.ForLatency(CpuIdleStates.Get(_machine.Machine).Value, 133 - 1))));

        _machine.Machine.Refuse = (_, _) => Errno.None;
        _machine.Undo();
        Assert.Equal(before, _machine.State());
    }

    [Fact]
    public void On_hybrid_machines_a_state_is_known_by_name_not_by_number()
    {
        _ = _machine.Machine.With("/sys/devices/system/cpu/cpu3/cpuidle/state2/name", "C6\n").With("/sys/devices/system/cpu/cpu3/cpuidle/state3/name", "C10\n");
        CpuIdleState[] c6 = [.. CpuIdleStates.Get(_machine.Machine).Value.Where(state => state.Name == "C6")];

        _ = _machine.Make(CpuIdleStates.Plan(_machine.Machine, c6.Select(state => (state, false))));

        Assert.Equal(("1", "1", "0"), (_machine["cpu2/cpuidle/state3/disable"], _machine["cpu3/cpuidle/state2/disable"], _machine["cpu3/cpuidle/state3/disable"]));
    }
}
