using ZeptAdmin.Audit;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class HousekeepingCheckTests
{
    private const string Work = "/sys/devices/virtual/workqueue/cpumask";
    private const string Writeback = "/sys/devices/virtual/workqueue/writeback/cpumask";

    [Fact]
    public void Work_of_the_kernel_on_isolated_cpus_is_told_with_what_moves_it()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("cpus-tenants"));
        CheckResult result = Assert.Single(Check("D9.Housekeeping").Run(new AuditSubject(sensor, [])));

        // Threads that nobody pinned do not come to isolated CPUs, whatever they may.
        Assert.Equal((Warn, "unbound work of the kernel, writeback, the watchdogs, new interrupts on CPU 2-3", "Set-CpuHousekeeping 0-1"), (result.Severity, result.Actual, result.Remedy));
    }

    [Theory]
    [InlineData("", "", "f", "f", NotApplicable)]
    [InlineData("2-3", "", "3", "3", Pass)]
    [InlineData("2-3", "", "3", "f", Pass)]
    [InlineData("2-3", "", "3", "c", Pass)]
    [InlineData("2-3", "", "7", "3", Warn)]
    [InlineData("", "3", "f", "3", Warn)]
    [InlineData("0-3", "", "f", "f", Warn)]
    public void Its_own_work_stays_off_guarded_cpus(string isolated, string nohzFull, string work, string writeback, CheckSeverity expected) =>
        Assert.Equal(expected, Weighing.Blank(Machine(isolated, nohzFull).With(Work, work + "\n").With(Writeback, writeback + "\n")).Verdict("D9.Housekeeping"));

    [Fact]
    public void A_machine_that_tells_nothing_is_not_judged() => Assert.Equal(Unknown, Weighing.Blank(Machine("2-3", "")).Verdict("D9.Housekeeping"));

    [Fact]
    public void Threads_that_came_to_a_workers_cpu_are_told()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("cpus-tenants"));
        CheckResult result = Assert.Single(Check("D10.StrayTasks").Run(new AuditSubject(sensor, [])));

        Assert.Equal((Warn, "3 threads on CPU 3: rcu_preempt, kworker/u8:1-events_unbound, lldpd"), (result.Severity, result.Actual));
        Assert.StartsWith("Get-CpuTenant 2-3", result.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("isolcpus", result.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "0-3", 3, NotApplicable)]
    [InlineData("2-3", "0-3", 3, Warn)]
    [InlineData("2-3", "2-3", 3, Pass)]
    [InlineData("2-3", "0-3", 1, Pass)]
    public void A_thread_is_a_stray_where_it_ran_last(string isolated, string allowed, int cpu, CheckSeverity expected) => Assert.Equal(
        expected,
        Weighing.Blank(Machine(isolated, "")
            .With("/proc/1/stat", Stat(1, "init", 0)).With("/proc/1/status", "Cpus_allowed_list:\t0-3\n")
            .With("/proc/50/stat", Stat(50, "cron", cpu)).With("/proc/50/status", $"Cpus_allowed_list:\t{allowed}\n")).Verdict("D10.StrayTasks"));

    [Fact]
    public void A_capture_without_the_others_processes_is_not_judged() => Assert.Equal(
        Unknown, Weighing.Blank(Machine("2-3", "").With("/proc/28/stat", Stat(28, "rcuop/2", 3)).With("/proc/28/status", "Cpus_allowed_list:\t0-3\n")).Verdict("D10.StrayTasks"));

    [Theory]
    [InlineData("/proc/50/comm", "avahi-daemon\n", "avahi-daemon: sends and takes frames on capture ports", "systemctl disable --now avahi-daemon")]
    [InlineData("/sys/fs/cgroup/system.slice/cups.service/cgroup.procs", "77\n", "cups: belongs on a desk", "systemctl disable --now cups")]
    [InlineData("/sys/fs/cgroup/systemd/system.slice/cups.service/cgroup.procs", "77\n", "cups: belongs on a desk", "systemctl disable --now cups")]
    [InlineData("/etc/systemd/system/multi-user.target.wants/mariadb.service", "[Unit]\n", "mariadb (at boot): work of another kind", "systemctl disable --now mariadb")]
    public void A_daemon_that_does_not_belong_on_a_sensor_is_told(string path, string content, string actual, string remedy)
    {
        CheckResult result = Weighing.Blank(new SmallMachine().With("/proc/1/comm", "systemd\n").With(path, content)).Weigh("F6.Services");

        Assert.Equal((Warn, actual, remedy), (result.Severity, result.Actual, result.Remedy));
    }

    [Fact]
    public void Daemons_that_belong_there_are_not_told() =>
        Assert.Equal(NotApplicable, Weighing.Blank(new SmallMachine().With("/proc/1/comm", "systemd\n").With("/proc/9/comm", "suricata\n").With("/sys/fs/cgroup/system.slice/cups.service/cgroup.procs", "")).Verdict("F6.Services"));

    [Fact]
    public void A_capture_without_processes_tells_of_no_daemon() => Assert.Equal(NotApplicable, Weighing.Blank().Verdict("F6.Services"));

    private static Check Check(string id) => Checks.All.Single(check => check.Id == id);

    private static SmallMachine Machine(string isolated, string nohzFull)
    {
        SmallMachine machine = new SmallMachine()
            .With("/sys/devices/system/cpu/online", "0-3\n")
            .With("/sys/devices/system/cpu/isolated", isolated + "\n").With("/sys/devices/system/cpu/nohz_full", nohzFull + "\n");
        for (int cpu = 0; cpu < 4; cpu++)
        {
            _ = machine.With($"/sys/devices/system/cpu/cpu{cpu}/topology/core_id", $"{cpu}\n");
        }

        return machine;
    }

    private static string Stat(int id, string name, int cpu) =>
        $"{id} ({name}) S 1 1 1 0 -1 4194560 0 0 0 0 1 1 0 0 20 0 1 0 100 0 18 184 0 0 0 0 0 0 0 0 0 0 0 0 0 {cpu} 0 0 0 0 0\n";
}
