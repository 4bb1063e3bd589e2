using ZeptAdmin.Tests.Planning;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Docs;

/// <summary>The runbooks of examples/, run as their users run them.</summary>
public sealed class RunbookTests
{
    private static string Runbook(string name) => Path.Combine(Repository.Root, "examples", "runbooks", name);

    private static string Virtual => Path.Combine(Repository.Root, "examples", "sensors", "virtual.zip");

    [Theory]
    [InlineData("", 2)]
    [InlineData("H4*,I8*", 1)]
    [InlineData("*", 0)]
    public void The_audit_tells_the_worst_verdict_by_its_exit_code(string accepted, int exitCode)
    {
        string[] given = accepted.Length == 0 ? [] : ["-Accepted", accepted];

        ZeptResult audit = Zept.Run(["-File", Runbook("audit-sensor.ps1"), "-Snapshot", Virtual, "-InterfaceName", "igb", .. given]);

        Assert.Equal((exitCode, ""), (audit.ExitCode, audit.Errors));
        Assert.Equal(exitCode > 1, audit.Output.Contains("H4.SymmetricHash igb: Set-NicRss igb", StringComparison.Ordinal));
        Assert.Equal(exitCode > 0, audit.Output.Contains("F11.NetBudget machine: Set-NetBudget", StringComparison.Ordinal));
    }

    [Fact]
    public void Tuning_is_rehearsed_on_a_snapshot_in_the_order_that_cards_do_not_forget()
    {
        ZeptResult tuning = Zept.Run(
            "-File", Runbook("tune-nic.ps1"), "ens1f1", "-Queues", "6", "-PacketsPerSecond", "1000000", "-WhatIf", "-Snapshot", Repository.Snapshot("sensor-x710"));

        Assert.Equal((0, ""), (tuning.ExitCode, tuning.Errors));
        string[] wanted =
        [
            "combined channels of 'ens1f1' from 24 to 6", "receive ring of 'ens1f1' from 4096 to 128", "'flow-director-atr' of 'ens1f1' off", "'rx-gro' of 'ens1f1' off",
            "receive microseconds of 'ens1f1' from 50 to 84", "sending of pause frames of 'ens1f1'", "hash key of 'ens1f1'",
        ];
        int[] places = [.. wanted.Select(text => tuning.Output.IndexOf(text, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.DoesNotContain("negotiation of pause frames", tuning.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("To take everything back", tuning.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logs/capture_loss.log", "1", 1, "nsm2-af_packet-enp7s0f1-2: 35.03 % lost, 0.00 % at its socket, 35.03 % before it")]
    [InlineData("logs/zeek-json/capture_loss.log", "1", 2, "worker-1-1: 10.60 % lost, 3.20 % at its socket, 7.40 % before it")]
    [InlineData("logs/zeek-json/capture_loss.log", "20", 0, "worker-1-2: 0.10 % lost, 0.00 % at its socket, 0.10 % before it")]
    public void Capture_loss_tells_where_traffic_is_lost_by_its_exit_code(string log, string most, int exitCode, string line)
    {
        ZeptResult loss = Zept.Run("-File", Runbook("capture-loss.ps1"), Repository.Snapshot(log), "-After", "2000-01-01", "-Most", most);

        Assert.Equal((exitCode, ""), (loss.ExitCode, loss.Errors));
        Assert.Contains(line, loss.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Suricatas_part_of_a_plan_is_shown_with_what_is_wrong_with_it()
    {
        string sensors = Path.Combine(Repository.Root, "examples", "sensors");
        ZeptResult shown = Zept.Run("-File", Runbook("suricata-config.ps1"), Path.Combine(sensors, "talk-plan.json"), "-Version", "7", "-Snapshot", Path.Combine(sensors, "talk.zip"));

        // The card has its 24 queues yet, where the plan has 10.
        Assert.Equal((1, ""), (shown.ExitCode, shown.Errors));
        Assert.Contains("10 threads for 24 queues", shown.Output, StringComparison.Ordinal);
        Assert.Contains("Include the file at the end of suricata.yaml", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sensor_is_planned_and_rehearsed_with_the_mistakes_of_its_command_line_named()
    {
        using TemporaryFolder folder = new();
        string plan = Path.Combine(folder.Path, "sensor.json");

        ZeptResult planned = Zept.Run("-File", Runbook("plan-sensor.ps1"), "-Path", plan, "-Snapshot", Path.Combine(Repository.Root, "examples", "sensors", "talk.zip"));

        Assert.Equal(0, planned.ExitCode);
        Assert.True(File.Exists(plan));
        string[] wanted = ["enp7s0f1", "isolcpus=4-21,32-48 does not fit this machine", "is a spelling mistake for 'intel_idle.max_cstate'", "combined channels of 'enp7s0f1' from 24 to 10", "receive ring of 'enp17s0f0' from 4096 to 512"];
        Assert.All(wanted, text => Assert.Contains(text, planned.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void Zeeks_file_is_rehearsed_with_its_mistakes_named()
    {
        using TemporaryFolder folder = new();
        string root = TalkWith.Files(folder.Path, ("opt/zeek/etc/node.cfg", File.ReadAllText(Path.Combine(Repository.Root, "tests", "Fixtures", "zeek", "talk-node.cfg"))));

        ZeptResult run = Zept.Run("-File", Runbook("zeek-config.ps1"), "-Plan", Path.Combine(Repository.Root, "examples", "sensors", "talk-plan.json"), "-Snapshot", root, "-WhatIf");

        Assert.Equal((1, ""), (run.ExitCode, run.Errors));
        Assert.Contains("Warn: J8.PinCount node.cfg line 27: 7 CPUs for 6 workers", run.Output, StringComparison.Ordinal);
        Assert.Contains("What if: Write Zeek's configuration '/opt/zeek/etc/node.cfg'", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Set the", run.Output, StringComparison.Ordinal);
        Assert.Contains("Drifted: enp7s0f1/lb_procs is ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Vxlan", "interface = udp::0.0.0.0:4789:vxlan")]
    [InlineData("Geneve", "interface = udp::0.0.0.0:6081:geneve")]
    public void A_cloud_sensor_receives_its_tunnel(string tunnel, string line)
    {
        ZeptResult run = Zept.Run("-File", Runbook("cloud-sensor.ps1"), "-Tunnel", tunnel, "-WorkerCpu", "1,2", "-Snapshot", Path.Combine(Repository.Root, "examples", "sensors", "talk.zip"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains(line, run.Output, StringComparison.Ordinal);
        Assert.Contains("workers = 2", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1-3", 1, "+ options root=/dev/mapper/vg-root ro quiet isolcpus=1-3 rcu_nocbs=1-3 iommu=pt")]
    [InlineData("4-9", 2, "intel_idle.max_cstate misspelled")]
    public void Preparing_the_kernel_tells_what_is_wrong_and_what_would_be_edited(string cpus, int exitCode, string line)
    {
        ZeptResult prepared = Zept.Run("-File", Runbook("prepare-kernel.ps1"), cpus, "-WhatIf", "-Snapshot", Repository.Snapshot("boot-entries"));

        Assert.Equal(exitCode, prepared.ExitCode);
        Assert.Contains(line, prepared.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode == 2, prepared.Errors.Contains("no CPU 8-9", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_the_kernel_has_its_arguments_already_its_own_work_is_moved()
    {
        const string Arguments = "root=/dev/sda1 ro isolcpus=1-3 rcu_nocbs=1-3 iommu=pt";
        using TemporaryFolder folder = new();
        foreach ((string path, string content) in new Dictionary<string, string>
        {
            ["proc/cmdline"] = Arguments,
            ["boot/loader/entries/a.conf"] = "title A\nlinux /vmlinuz\noptions " + Arguments,
            ["sys/devices/system/cpu/online"] = "0-3",
            ["sys/devices/system/cpu/isolated"] = "1-3",
            ["sys/devices/system/cpu/cpu0/topology/core_id"] = "0",
            ["sys/devices/system/cpu/cpu1/topology/core_id"] = "1",
            ["sys/devices/system/cpu/cpu2/topology/core_id"] = "2",
            ["sys/devices/system/cpu/cpu3/topology/core_id"] = "3",
            ["sys/devices/virtual/workqueue/cpumask"] = "f",
        })
        {
            string file = Path.Combine(folder.Path, path);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content + "\n");
        }

        ZeptResult prepared = Zept.Run("-File", Runbook("prepare-kernel.ps1"), "1-3", "-WhatIf", "-Snapshot", folder.Path);

        Assert.Equal(0, prepared.ExitCode);
        Assert.Contains("Set the CPUs of unbound work of the kernel from 0-3 to 0", prepared.Output, StringComparison.Ordinal);
        Assert.EndsWith("In force. The kernel works on CPU 0 until the next boot.", prepared.Output.TrimEnd(), StringComparison.Ordinal);
    }
}
