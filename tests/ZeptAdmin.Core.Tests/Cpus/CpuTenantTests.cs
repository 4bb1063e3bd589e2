using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using static ZeptAdmin.Cpus.CpuTenantKind;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuTenantTests
{
    [Fact]
    public void Tells_who_ran_on_each_cpu_between_two_instants()
    {
        CpuTenant[] tenants = Watch("cpus-tenants");

        Assert.Equal(
            [
                (0, Process, "systemd"), (1, KernelThread, "rcuop/2"), (1, KernelThread, "rcuog/2"),
                (2, Process, "zeek"), (2, KernelThread, "ksoftirqd/2"), (2, Process, "zk.conn/Log"),
                (2, Interrupt, "i40e-ens1f0-TxRx-2"), (2, Softirq, "NET_RX"), (2, Softirq, "TIMER"),
                (3, KernelThread, "rcu_preempt"), (3, Process, "lldpd"), (3, KernelThread, "kworker/u8:1-events_unbound"), (3, Interrupt, "nvme0q3"),
            ],
            tenants.Select(tenant => (tenant.Cpu, tenant.Kind, tenant.Name)));
        CpuTenant zeek = tenants[3];

        // 9 s of 10, by schedstat.
        Assert.Equal((900, 900, 10.0, 90.0, 2700L, "2"), (zeek.ProcessId, zeek.ThreadId, zeek.Seconds, zeek.Percent, zeek.Runs, zeek.AllowedCpus!.ToString()));
    }

    [Fact]
    public void Counts_go_across_the_end_of_32_bits()
    {
        CpuTenant[] tenants = Watch("cpus-tenants");

        Assert.Equal((77, 12000L, null), tenants.Where(tenant => tenant.Name == "i40e-ens1f0-TxRx-2").Select(tenant => (tenant.Irq, tenant.Runs, tenant.Percent)).Single());
        Assert.Equal(12000L, tenants.Single(tenant => tenant.Name == "NET_RX").Runs);
    }

    [Fact]
    public void Marks_what_came_to_an_isolated_cpu_by_itself_and_nothing_else()
    {
        CpuTenant[] tenants = Watch("cpus-tenants");

        Assert.Equal(["rcu_preempt", "lldpd", "kworker/u8:1-events_unbound", "nvme0q3"], tenants.Where(tenant => tenant.IsStray).Select(tenant => tenant.Name));
        Assert.All(tenants, tenant => Assert.Equal(tenant.Cpu >= 2, tenant.IsGuarded));
        Assert.All(tenants, tenant => Assert.Equal(tenant.IsGuarded, tenant.Reason.Length > 0));
        Assert.Contains("taskset -acp 0-1 950", tenants.Single(tenant => tenant.Name == "lldpd").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cpu_that_is_named_as_a_workers_is_guarded_too()
    {
        CpuTenant[] tenants = Watch("cpus-tenants", new CpuList("1"));

        Assert.Equal([(1, true), (1, true)], tenants.Where(tenant => tenant.Name.StartsWith("rcuo", StringComparison.Ordinal)).Select(tenant => (tenant.Cpu, tenant.IsStray)));
        Assert.StartsWith("It is a worker's", tenants.First(tenant => tenant.Cpu == 1).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_that_did_not_run_are_told_on_request_where_they_ran_last()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("cpus-tenants"));
        CpuTenant[] idle = [.. new CpuTenantMeter(sensor).Finish(hasIdle: true).Value.Where(tenant => tenant is { Runs: 0, Kind: Process or KernelThread })];

        Assert.Equal([(0, "kswapd0"), (0, "(odd) name"), (1, "kthreadd"), (2, "migration/2")], idle.Select(tenant => (tenant.Cpu, tenant.Name)));
        Assert.All(idle, tenant => Assert.Equal(0, tenant.Percent));
    }

    [Fact]
    public void Without_schedstat_ticks_are_counted()
    {
        SmallMachine later = Small(ticks: 150, seconds: 2);
        SmallMachine machine = Small(ticks: 50, seconds: 0);
        machine.Second = later;

        CpuTenant tenant = Assert.Single(new CpuTenantMeter(machine).Finish().Value);

        Assert.Equal(("a) b (c", 50.0, null), (tenant.Name, tenant.Percent, tenant.Runs));
    }

    [Fact]
    public void A_capture_of_one_instant_tells_where_threads_ran_last_and_says_that_it_is_no_more()
    {
        CpuTenantMeter meter = new(Small(ticks: 50, seconds: 0));

        CpuTenant tenant = Assert.Single(meter.Finish().Value);

        Assert.Equal((1, null, null), (tenant.Cpu, tenant.Percent, tenant.Runs));
        Assert.Contains("one instant", meter.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_with_nothing_of_it_is_a_refusal()
    {
        CpuTenantMeter meter = new(new SmallMachine());

        Assert.Equal(Errno.ENODATA, meter.Finish().Refusal!.Errno);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12 (cut")]
    [InlineData("12 (short) S 1 2 3")]
    [InlineData(")12(")]
    [InlineData("-1 (x) S 1 12 12 0 -1 4194560 0 0 0 0 1 1 0 0 20 0 1 0 100 0 18 184 0 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0")]
    public void Text_that_is_no_stat_is_passed_over(string text) => Assert.Null(CpuTask.Parse(12, text));

    [Fact]
    public void Lines_of_softirqs_that_are_cut_off_give_what_is_there()
    {
        Dictionary<(string Name, int Cpu), uint> counts = CpuTenantCounts.ParseSoftirqs(["   CPU0  CPU2 ", " TIMER:  1  2", " NET_RX: 3", "RCU: x 7", ""]);

        Assert.Equal([("TIMER", 0, 1u), ("TIMER", 2, 2u), ("NET_RX", 0, 3u), ("RCU", 2, 7u)], counts.Select(count => (count.Key.Name, count.Key.Cpu, count.Value)));
        Assert.Empty(CpuTenantCounts.ParseSoftirqs([]));
    }

    // The real tree of a machine at rest: every thread of the kernel that is tied to a CPU is known as such.
    [Fact]
    public void Threads_of_this_machines_kernel_are_told_apart()
    {
        using LiveSensor sensor = new();
        CpuTask[] tasks = [.. CpuTask.All(sensor.Files)];
        CpuTask[] tied = [.. tasks.Where(task => task.Name.StartsWith("ksoftirqd/", StringComparison.Ordinal))];
        Assert.SkipWhen(tied.Length == 0, "the threads of the kernel are not to be seen here (a container)");

        Assert.All(tied, task =>
        {
            Assert.True(task.IsOfKernel && task.IsFixed);
            Assert.Equal(task.Name["ksoftirqd/".Length..], task.AllowedCpus(sensor.Files)!.ToString());
        });
        CpuTask own = tasks.First(task => task.Process == Environment.ProcessId);
        Assert.False(own.IsOfKernel || own.IsFixed);
    }

    private static CpuTenant[] Watch(string snapshot, CpuList? workers = null)
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot(snapshot));
        CpuTenantMeter meter = new(sensor, workers);
        Assert.Null(meter.Missing);
        return meter.Finish().Value;
    }

    private static SmallMachine Small(int ticks, int seconds) => new SmallMachine { At = DateTimeOffset.UnixEpoch.AddSeconds(seconds) }
        .With("/sys/devices/system/cpu/online", "0-1\n")
        .With("/proc/77/stat", $"77 (a) b (c) S 1 77 77 0 -1 4194560 0 0 0 0 {ticks - 10} 10 0 0 20 0 1 0 500 0 18 184 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 0 0\n")
        .With("/proc/77/status", "Name:\ta\nCpus_allowed_list:\t0-1\n");
}
