using ZeptAdmin.Plans;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Planning;

/// <summary>The commands of plans in the real engine, on the talk's sensor.</summary>
public sealed class PlanCommandTests : IDisposable
{
    private static readonly string Talk = Path.Combine(Repository.Root, "examples", "sensors", "talk.zip");

    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_plan_survives_a_session_and_is_written_all_the_same()
    {
        EngineResult result = _engine.Run(
            """
            $plan = New-NsmPlan -Snapshot $args[0]
            $plan | Export-NsmPlan "$($args[1])/here.json"
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($plan)) | Export-NsmPlan "$($args[1])/there.json"
            Import-NsmPlan "$($args[1])/there.json"
            """,
            Talk,
            _folder.Path);

        Assert.Empty(result.Errors);
        Assert.Equal(2, Assert.IsType<NsmPlan>(result.Single).Ports.Length);
        Assert.Equal(File.ReadAllText(Path.Combine(_folder.Path, "here.json")), File.ReadAllText(Path.Combine(_folder.Path, "there.json")));
    }

    [Fact]
    public void Drift_survives_a_session_with_its_states()
    {
        EngineResult result = _engine.Run(
            """
            $drift = New-NsmPlan enp7s0f1 -Snapshot $args[0] | Test-NsmPlan -Snapshot $args[0]
            [ZeptAdmin.Plans.PlanDrift[]][System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($drift))
            """,
            Talk);

        Assert.Empty(result.Errors);
        PlanDrift[] drifts = [.. result.Output.Select(each => Assert.IsType<PlanDrift>(each.BaseObject))];
        Assert.Contains(drifts, drift => drift is { State: PlanRowState.Drifted, Kind: PlanRowKind.Queues, Actual: "24", Changes: ["Set the combined channels of 'enp7s0f1' from 24 to 10"] });
        Assert.Contains(drifts, drift => drift.State == PlanRowState.NotChecked);
    }

    [Fact]
    public void A_plan_is_held_against_another_from_its_file()
    {
        EngineResult result = _engine.Run(
            """
            New-NsmPlan enp7s0f1 -Snapshot $args[0] | Export-NsmPlan $args[1]
            New-NsmPlan enp7s0f1 -Snapshot $args[0] -Workers 4 | Test-NsmPlan -Reference $args[1] -State Drifted | ForEach-Object { "$($_.Kind) $($_.Target) $($_.Expected) $($_.Actual)" }
            """,
            Talk,
            Path.Combine(_folder.Path, "reference.json"));

        Assert.Empty(result.Errors);
        Assert.Contains("Queues enp7s0f1 4 10", result.Output.Select(line => $"{line}"));
        Assert.DoesNotContain(result.Output.Select(line => $"{line}"), line => line.StartsWith("Coalescing", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_rehearsed_has_the_boot_loaders_files_and_zeeks()
    {
        string root = TalkWith.Files(_folder.Path, ("boot/loader/entries/a.conf", "title Linux\noptions quiet\n"), ("opt/zeek/etc/node.cfg", "[zeek]\ntype=standalone\nhost=localhost\ninterface=eth0\n"));

        ZeptResult run = Zept.Run("-Command", $"New-NsmPlan enp7s0f1 -Snapshot '{root}' | Invoke-NsmPlan -Snapshot '{root}' -WhatIf");

        Assert.Equal(("", 0), (run.Errors, run.ExitCode));
        Assert.Contains("+ options quiet isolcpus=4-13,", run.Output, StringComparison.Ordinal);
        Assert.Contains("Write Zeek's configuration '/opt/zeek/etc/node.cfg'", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_is_there_is_not_written_over_without_Force()
    {
        string file = _folder.Write("mine.txt", "mine");

        EngineResult result = _engine.Run("New-NsmPlan -Snapshot $args[0] | Export-NsmPlan $args[1]; New-NsmPlan -Snapshot $args[0] | Export-NsmPlan $args[1] -Force -WhatIf", Talk, file);

        Assert.Equal(["PlanExists"], result.ErrorIds);
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Fact]
    public void A_mistake_in_a_file_is_an_error_with_the_line()
    {
        _ = _engine.Run("New-NsmPlan -Snapshot $args[0] | Export-NsmPlan $args[1]", Talk, Path.Combine(_folder.Path, "plan.json"));
        string text = File.ReadAllText(Path.Combine(_folder.Path, "plan.json"));
        string file = _folder.Write("wrong.json", text.Replace("\"Fanout\": \"QueueMapping\"", "\"Fanout\": \"Queue\"", StringComparison.Ordinal));

        EngineResult result = _engine.Run("Import-NsmPlan $args[0]", file);

        Assert.Equal(["PlanRefused"], result.ErrorIds);
        Assert.Contains($"line {text[..text.IndexOf("\"Fanout\": \"QueueMapping\"", StringComparison.Ordinal)].Count(c => c == '\n') + 1}:", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }
}
