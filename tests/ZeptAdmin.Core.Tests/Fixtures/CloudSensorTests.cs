using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Planning;

namespace ZeptAdmin.Tests.Fixtures;

/// <summary>Sensors in clouds, made up of what their drivers' sources say, and their plans: what RSS cannot do there is left out, and said.</summary>
public sealed class CloudSensorTests
{
    [Theory]
    [InlineData("cloud-ena")]
    [InlineData("cloud-gve")]
    public void The_snapshots_are_what_the_generator_writes(string name)
    {
        string root = Path.Combine(Repository.Root, "tests", "Fixtures", name);
        Dictionary<string, string> files = name == "cloud-ena" ? CloudSensors.Ena() : CloudSensors.Gve();
        foreach ((string path, string text) in files.Where(_ => Environment.GetEnvironmentVariable("ZEPTADMIN_ACCEPT") == "1"))
        {
            string file = Path.Combine(root, path);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.Equal(
            files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => (file.Key, file.Value)),
            Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(root, file), File.ReadAllText(file))).OrderBy(file => file.Item1, StringComparer.Ordinal));
    }

    [Fact]
    public void On_ena_the_table_is_the_cards_and_the_spread_over_workers_the_kernels()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("cloud-ena"));
        NsmPlan plan = PlanFacts.Plan(sensor, ["ens6"], new PlanWish()).Value;
        PlanPort port = Assert.Single(plan.Ports);

        Assert.Equal(("ena", PlanFanout.Hash), (port.Driver, port.Fanout));
        Assert.Equal("AF_Packet::FANOUT_HASH", MadeUpMachines.Value(plan, PlanRowKind.Zeek, "ens6/af_packet_fanout_mode"));
        Assert.Equal("cluster_flow", MadeUpMachines.Value(plan, PlanRowKind.Suricata, "ens6/cluster-type"));
        Assert.Equal($"{port.IrqCpus.Length}", MadeUpMachines.Value(plan, PlanRowKind.Queues, "ens6"));
        Assert.Equal($"{port.IrqCpus.Length}", MadeUpMachines.Value(plan, PlanRowKind.HashQueues, "ens6"));
        Assert.DoesNotContain(plan.Rows, row => row.Kind is PlanRowKind.SymmetricHash or PlanRowKind.Pause or PlanRowKind.PrivateFlag or PlanRowKind.DropUdpPort);
        Assert.Contains(plan.Findings, finding => finding.Target == "ens6" && finding.Text.Contains("The driver refuses another key", StringComparison.Ordinal));
        Assert.Contains(plan.Findings, finding => finding.Target == "machine" && finding.Text.StartsWith("It is in AWS:", StringComparison.Ordinal));
        Assert.DoesNotContain(PlanComparison.Compare(sensor, plan), drift => drift.State == PlanRowState.Unknown);
    }

    [Fact]
    public void On_gve_without_RSS_no_row_is_about_the_hash()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("cloud-gve"));
        NsmPlan plan = PlanFacts.Plan(sensor, ["ens5"], new PlanWish()).Value;
        PlanPort port = Assert.Single(plan.Ports);

        Assert.Equal(("gve", PlanFanout.Hash), (port.Driver, port.Fanout));
        Assert.Equal($"{port.IrqCpus.Length}", MadeUpMachines.Value(plan, PlanRowKind.Queues, "ens5"));
        Assert.DoesNotContain(plan.Rows, row => row.Kind is PlanRowKind.HashFields or PlanRowKind.SymmetricHash or PlanRowKind.HashQueues or PlanRowKind.Coalescing or PlanRowKind.Pause);
        Assert.Contains(plan.Findings, finding => finding.Target == "ens5" && finding.Text.Contains("The driver shows no hash settings.", StringComparison.Ordinal));
        Assert.Contains(plan.Findings, finding => finding.Target == "machine" && finding.Text.StartsWith("It is in GCE:", StringComparison.Ordinal));
    }
}
