using ZeptAdmin.Changes;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Tests.Irqs;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuLatencyLimitTests : IDisposable
{
    private readonly CpuMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Reads_the_machines_limit_and_those_of_cpus()
    {
        CpuLatencyLimit[] limits = CpuLatencyLimits.Get(_machine.Machine);

        Assert.Equal([("0-3", true, null), ("3", false, 20)], limits.Select(limit => (limit.Cpu.ToString(), limit.IsOfMachine, limit.MaxLatencyMicroseconds)));
        Assert.Equal((null, 20), (CpuLatencyLimits.Of(limits, 0), CpuLatencyLimits.Of(limits, 3)));
    }

    [Theory]
    [InlineData("\u0014\0\0\0", 20)]
    [InlineData("\0\0\0\0", 0)]
    [InlineData("20\n", null)]
    public void The_device_gives_a_number_of_four_bytes(string content, int? expected) =>
        Assert.Equal(expected, CpuLatencyLimits.Get(new SmallMachine().With("/dev/cpu_dma_latency", content))[0].MaxLatencyMicroseconds);

    [Fact]
    public void What_may_not_be_read_is_told() =>
        Assert.Contains("permission denied", CpuLatencyLimits.Get(new SmallMachine().With("/dev/cpu_dma_latency", Errno.EACCES))[0].Note, StringComparison.Ordinal);

    [Theory]
    [InlineData("0", null)]
    [InlineData("n/a", 0)]
    [InlineData("20", 20)]
    [InlineData("-1", null)]
    [InlineData(null, null)]
    public void A_cpu_has_no_limit_at_0_and_the_strictest_at_na(string? text, int? expected)
    {
        Assert.Equal(expected, CpuResumeLatencySetting.Parse(text));
        if (text is "0" or "n/a" or "20")
        {
            Assert.Equal(text, CpuResumeLatencySetting.Text(expected));
        }
    }

    [Fact]
    public void Limits_of_cpus_are_set_and_taken_back_to_the_byte()
    {
        string before = _machine.State();

        string[] made = _machine.Make(CpuLatencyLimits.Plan(_machine.Machine, new CpuList("0-1,3"), 0));

        Assert.Equal(["Set the limit of wake-up latency of CPU 0-1 from none to 0 us, of CPU 3 from 20 us to 0 us"], made);
        Assert.Equal(("n/a", "0"), (_machine["cpu1/power/pm_qos_resume_latency_us"], _machine["cpu2/power/pm_qos_resume_latency_us"]));
        _machine.Undo();
        Assert.Equal(before, _machine.State());
    }

    [Fact]
    public void A_cpu_that_is_not_there_is_refused_before_anything_is_written()
    {
        Answer<PlannedChange> plan = CpuLatencyLimits.Plan(_machine.Machine, new CpuList("2,7-8"), 5);

        Assert.Equal((Errno.ENOENT, "CPU 7-8"), (plan.Refusal!.Errno, plan.Refusal.Target));
        Assert.Empty(_machine.Machine.Writes);
    }

    [Fact]
    public void Holders_are_known_by_what_they_run_and_what_they_hold()
    {
        SmallMachine machine = new SmallMachine()
            .With("/proc/7/cmdline", "/usr/bin/tail\0-c\0+1\0-f\0/run/zeptadmin-cpu-latency-20\0")
            .With("/proc/7/cgroup", "0::/system.slice/zeptadmin-cpu-latency-20.service\n")
            .WithLink("/proc/7/fd/1", "/dev/cpu_dma_latency")
            .With("/proc/8/cmdline", "/usr/bin/tail\0-c\0+1\0-f\0/run/zeptadmin-cpu-latency-5\0")
            .With("/proc/8/cgroup", "0::/user.slice/session-1.scope\n")
            .WithLink("/proc/8/fd/1", "/dev/cpu_dma_latency")
            // Somebody's imitation, which holds nothing.
            .With("/proc/9/cmdline", "tail\0-c\0+1\0-f\0/run/zeptadmin-cpu-latency-1\0")
            .WithLink("/proc/9/fd/1", "/dev/pts/0")
            .With("/proc/10/cmdline", "tail\0-f\0/var/log/messages\0");

        Assert.Equal(
            [new CpuLatencyHolder(7, 20, "zeptadmin-cpu-latency-20.service"), new CpuLatencyHolder(8, 5, null)],
            CpuLatencyHolders.Find(machine.Files));
        Assert.Equal(5, CpuLatencyLimits.Get(machine)[0].HeldMicroseconds);
        Assert.Equal("Set the limit of wake-up latency that is held for all CPUs from 5 us to none", CpuLatencyLimits.Plan(machine, null).Value.ToString());
    }
}
