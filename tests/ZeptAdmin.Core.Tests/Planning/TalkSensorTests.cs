using System.IO.Compression;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Planning;

/// <summary>The talk's sensor, from its files on: what the planner is told by hand elsewhere is read here.</summary>
public sealed class TalkSensorTests
{
    private static readonly string Zip = Path.Combine(Repository.Root, "examples", "sensors", "talk.zip");

    [Fact]
    public void The_snapshot_is_what_the_generator_writes()
    {
        if (Environment.GetEnvironmentVariable("ZEPTADMIN_ACCEPT") == "1")
        {
            File.WriteAllBytes(Zip, TalkSensor.Zip());
        }

        using ZipArchive zip = ZipFile.OpenRead(Zip);
        SortedDictionary<string, string> files = TalkSensor.Files();
        Assert.Equal(files.Keys.Select(name => name.Replace("->", "", StringComparison.Ordinal)), zip.Entries.Select(entry => entry.FullName));
        Assert.All(zip.Entries.Zip(files.Values), pair =>
        {
            using StreamReader reader = new(pair.First.Open());
            Assert.Equal(pair.Second, reader.ReadToEnd().TrimEnd('\n'));
        });
    }

    [Fact]
    public void The_plan_in_the_examples_is_that_of_the_sensor()
    {
        using Sensor sensor = Sensor.Open(Zip);
        string file = Path.Combine(Repository.Root, "examples", "sensors", "talk-plan.json");
        string text = PlanJson.Write(PlanFacts.Plan(sensor, ["enp7s0f1", "enp17s0f0"], new PlanWish { DropUdpPorts = [514] }).Value);
        if (Environment.GetEnvironmentVariable("ZEPTADMIN_ACCEPT") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void Its_plan_is_the_talks_with_the_mistakes_named()
    {
        using Sensor sensor = Sensor.Open(Zip);
        NsmPlan plan = PlanFacts.Plan(sensor, ["enp7s0f1", "enp17s0f0"], new PlanWish { DropUdpPorts = [514] }).Value;

        Assert.Equal("4-13,18-27,32-41,46-55", MadeUpMachines.Value(plan, PlanRowKind.KernelArgument, "isolcpus"));
        Assert.Equal("10", MadeUpMachines.Value(plan, PlanRowKind.Queues, "enp17s0f0"));
        Assert.Equal("16,17,15,16,17,15,16,17,15,15", MadeUpMachines.Value(plan, PlanRowKind.IrqAffinity, "enp17s0f0"));
        Assert.Equal("off", MadeUpMachines.Value(plan, PlanRowKind.PrivateFlag, "enp7s0f1/flow-director-atr"));
        Assert.Equal(("sd", "on"), (MadeUpMachines.Value(plan, PlanRowKind.HashFields, "enp7s0f1"), MadeUpMachines.Value(plan, PlanRowKind.SymmetricHash, "enp7s0f1")));
        Assert.Equal([10.0, 10.0], plan.Ports.Select(port => port.Capacity.ExpectedGbps));
        Assert.Equal(["D1", "D1", "D3", "D5", "D6"], plan.Findings.Where(finding => finding.Target == "kernel command line").Select(finding => Array.Find(["D1", "D3", "D5", "D6"], row => finding.Source.Contains(row, StringComparison.Ordinal))!).Order(StringComparer.Ordinal));
        Assert.Equal(PlanJson.Write(plan), PlanJson.Write(PlanFacts.Plan(sensor, ["enp7s0f1", "enp17s0f0"], new PlanWish { DropUdpPorts = [514] }).Value));
    }

    [Fact]
    public void Held_against_the_machine_every_row_that_differs_says_how()
    {
        using Sensor sensor = Sensor.Open(Zip);
        NsmPlan plan = PlanFacts.Plan(sensor, ["enp7s0f1"], new PlanWish()).Value;
        PlanDrift[] drifts = [.. PlanComparison.Compare(sensor, plan)];

        Assert.Equal(plan.Rows.Length, drifts.Length);
        Assert.All(drifts, drift => Assert.Equal(drift.State == PlanRowState.Drifted, drift.Changes.Length > 0));
        (PlanRowKind Kind, string Actual)[] expected =
        [
            (PlanRowKind.Queues, "24"), (PlanRowKind.RxRing, "4096"), (PlanRowKind.Coalescing, "adaptive, 50"), (PlanRowKind.Pause, "receipt on, sending on"),
            (PlanRowKind.Link, "up on, ARP on, promiscuous off"), (PlanRowKind.Ipv6, "on"), (PlanRowKind.HashQueues, "24"),
        ];
        Assert.All(expected, row => Assert.Equal((PlanRowState.Drifted, row.Actual), Array.Find(drifts, drift => drift.Kind == row.Kind) is { } drift ? (drift.State, drift.Actual) : default));
        Assert.Equal(PlanRowState.InPlace, Array.Find(drifts, drift => drift.Kind == PlanRowKind.Rps)!.State);
        Assert.Equal("4-21,32-48", Array.Find(drifts, drift => drift.Target == "isolcpus")!.Actual);
    }

    // i40e and ice, which do not: NicPauseTests.
    [Fact]
    public void Pause_frames_that_are_negotiated_end_with_their_negotiation_where_the_driver_takes_that()
    {
        using Sensor sensor = Sensor.Open(Path.Combine(Repository.Root, "examples", "sensors", "virtual.zip"));
        NsmPlan plan = PlanFacts.Plan(sensor, ["igb"], new PlanWish()).Value;

        Assert.Equal(
            ["Set the negotiation of pause frames of 'igb' from 1 to 0 and the receipt of pause frames of 'igb' from 1 to 0 and the sending of pause frames of 'igb' from 1 to 0"],
            PlanComparison.Compare(sensor, plan).Single(drift => drift.Kind == PlanRowKind.Pause).Changes);
    }

    [Fact]
    public void Rows_are_made_in_the_order_in_which_cards_do_not_forget_whatever_the_file_says()
    {
        using Sensor sensor = Sensor.Open(Zip);
        NsmPlan plan = PlanFacts.Plan(sensor, ["enp7s0f1", "enp17s0f0"], new PlanWish()).Value;

        PlanRow[] rows = PlanSteps.InOrder(plan with { Rows = [.. plan.Rows.Reverse()] });

        int first = Array.FindIndex(rows, row => row.Target == "enp17s0f0");
        Assert.All(rows[..first], row => Assert.Equal("enp7s0f1", row.Target.Split('/')[0]));
        Assert.Equal(rows[..first].Select(row => row.Kind).Order(), rows[..first].Select(row => row.Kind));
    }
}
