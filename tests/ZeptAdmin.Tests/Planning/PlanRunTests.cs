using Newtonsoft.Json.Linq;
using ZeptAdmin.Tests.Changes;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Planning;

/// <summary>A plan made real on a veth in a namespace of its own: exactly what was rehearsed, taken back whole, by hand, after a kill, and by itself.</summary>
public sealed class PlanRunTests : IDisposable
{
    private const int MostWaits = 600;

    private static readonly string[] Verbs = ["-k", "-l"];

    // Rows of the machine itself are left out: the namespace has none of them, and this machine is not to be changed.
    private static readonly string[] OfPorts = ["Queues", "Feature", "Link", "Ipv6", "Rps"];

    private const string Told = "ForEach-Object { \"$($_.Kind) $($_.Target) $($_.State)$(if ($_.State -ne 'InPlace') { \" $($_.Actual)\" })\" }";

    private readonly TemporaryFolder _folder = new();

    private string Plan => Path.Combine(_folder.Path, "plan.json");

    private string StateFolder => Path.Combine(_folder.Path, "state");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_rehearsed_is_written_and_nothing_is_left_when_it_is_taken_back() => InNamespace(() =>
    {
        string before = State();
        string rehearsed = Run($"Invoke-NsmPlan '{Plan}' -WhatIf").Output;
        Assert.Equal(before, State());
        Assert.False(Directory.Exists(StateFolder));

        Assert.Equal("", Run($"Invoke-NsmPlan '{Plan}' -Confirm:$false").Errors);
        Assert.NotEqual(before, State());
        string[] changes = Run("(Get-NsmChange).Description").Lines;
        Assert.True(changes.Length >= 4, string.Join('\n', changes));
        Assert.Equal(changes.Select(change => "What if: " + change), rehearsed.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["InPlace"], Run($"(Test-NsmPlan '{Plan}').State").Lines.Distinct());
        Assert.Equal("", Run($"Invoke-NsmPlan '{Plan}' -Confirm:$false").Output);
        Assert.Equal(changes, Run("(Get-NsmChange).Description").Lines);

        Assert.Equal("", Run($"Undo-NsmChange -Plan (Import-NsmPlan '{Plan}') -Confirm:$false").Errors);
        Assert.Equal(before, State());
    });

    // As on a virtual machine whose host gives the kernel its arguments: what cannot be written is no drift, and says why.
    [Fact]
    public void Nothing_has_drifted_once_the_plan_is_made_also_where_nothing_keeps_the_kernels_arguments() => InNamespace(
        () =>
        {
            Array.ForEach([.. new[] { "/boot", "/etc/default" }.Where(Directory.Exists)], folder => Assert.Equal(0, ExternalTool.TryRun("mount", "-t", "tmpfs", "none", folder).ExitCode));
            Assert.SkipWhen(Directory.Exists("/efi/loader/entries") || File.ReadAllText("/proc/cmdline").Contains("isolcpus=", StringComparison.Ordinal), "this machine's kernel has been given its arguments");
            Assert.Contains("Drifted", Run($"(Test-NsmPlan '{Plan}').State").Lines);

            PlanRun made = Run($"Invoke-NsmPlan '{Plan}' -Confirm:$false -PassThru 3>$null | {Told}");
            Assert.Equal("", made.Errors);
            string[] arguments = [.. made.Lines.Where(line => line.StartsWith("KernelArgument", StringComparison.Ordinal))];
            Assert.Contains(arguments, line => line.StartsWith("KernelArgument isolcpus", StringComparison.Ordinal));
            Assert.All(arguments, line => Assert.Matches("NotPossible not given[.] No boot loader was found", line));
            Assert.All(made.Lines.Except(arguments), line => Assert.EndsWith(" InPlace", line, StringComparison.Ordinal));
            Assert.True(made.Lines.Length > arguments.Length);
            Assert.Equal(made.Lines, Run($"Test-NsmPlan '{Plan}' | {Told}").Lines);
            PlanRun again = Run($"Invoke-NsmPlan '{Plan}' -Confirm:$false -WarningVariable told; $told");
            Assert.Contains("Not set: isolcpus=", again.Output, StringComparison.Ordinal);
        },
        [.. OfPorts, "KernelArgument"]);

    [Fact]
    public void A_kill_at_any_write_is_taken_back_by_the_plans_name() => InNamespace(() =>
    {
        KilledZept.NeedStrace();

        // A few of each kind, so that the test takes seconds: ten kills for five changes.
        Keep(row => (string)row["Kind"]! != "Feature" || ((string)row["Target"]!).EndsWith("/tx-tcp6-segmentation", StringComparison.Ordinal) || ((string)row["Target"]!).EndsWith("/tx-tcp-segmentation", StringComparison.Ordinal));
        string before = State();
        int write = 1;
        for (; KilledZept.RunUntil(write, StateFolder, "-Command", $"Invoke-NsmPlan '{Plan}' -Confirm:$false"); write++)
        {
            Assert.Equal(write - 1, KilledZept.Lines(StateFolder));
            PlanRun undo = Run("Undo-NsmChange -Plan capture -Confirm:$false; @(Get-NsmChange -State Done, Interrupted, Failed).Length");
            Assert.Equal(("0", ""), (undo.Output.Trim(), undo.Errors));
            Assert.Equal(before, State());
            Directory.Delete(StateFolder, recursive: true);
        }

        Assert.True(write > 2 * 4, $"the plan made {write - 1} writes");
    });

    [Fact]
    public void Without_a_confirmation_everything_comes_back_by_itself_also_when_the_command_was_killed() => InNamespace(() =>
    {
        string before = State();
        PlanRun made = Run($"Invoke-NsmPlan '{Plan}' -ConfirmWithin 00:00:04 -Confirm:$false");
        Assert.Contains("unless 'Confirm-NsmPlan capture' comes before", made.Output + made.Errors, StringComparison.Ordinal);
        WaitUntil(() => State() == before && !Pending().Any());
        Assert.Equal(["Undone"], Run("(Get-NsmChange).State").Lines.Distinct());

        KilledZept.NeedStrace();
        Directory.Delete(StateFolder, recursive: true);
        Assert.True(KilledZept.RunUntil(5, StateFolder, "-Command", $"Invoke-NsmPlan '{Plan}' -ConfirmWithin 00:00:04 -Confirm:$false 3>$null"));
        WaitUntil(() => State() == before && !Pending().Any());
    });

    [Fact]
    public void Once_confirmed_it_stays_and_nothing_waits_any_more() => InNamespace(() =>
    {
        string before = State();
        Assert.Equal("", Run($"Invoke-NsmPlan '{Plan}' -ConfirmWithin 00:30:00 -Confirm:$false 3>$null").Errors);
        string changed = State();
        string[] process = Run("$p = Confirm-NsmPlan capture; $p.IsConfirmed; $p.ProcessId; $p.Unit").Lines;
        Assert.Equal("True", process[0]);
        Assert.NotEqual(before, changed);
        Assert.Equal(changed, State());
        Assert.Empty(Pending());
        WaitUntil(() => !Directory.Exists($"/proc/{process[1]}") || File.ReadAllText($"/proc/{process[1]}/stat").Contains(") Z ", StringComparison.Ordinal));

        Assert.Contains("No such plan waits", Run("Confirm-NsmPlan capture").Errors, StringComparison.Ordinal);
        Assert.Equal("", Run("Undo-NsmChange -Plan capture -Confirm:$false").Errors);
        Assert.Equal(before, State());
    });

    [Fact]
    public void CtrlC_stops_between_steps_and_what_was_made_is_settled_and_taken_back() => InNamespace(() =>
    {
        const int made = 2;
        string before = State();
        string[] all = Run($"Invoke-NsmPlan '{Plan}' -WhatIf").Lines;
        Assert.True(all.Length > made + 1, string.Join('\n', all));
        using (PseudoTerminal terminal = new(_folder.Path, new() { ["ZEPTADMIN_STATE"] = StateFolder }, "-Command", $"Invoke-NsmPlan \"{Plan}\""))
        {
            for (int i = 0; i < made; i++)
            {
                terminal.WaitFor("[?] Help");
                terminal.Press("y\r");
            }

            // The run waits at the question of the next step.
            terminal.WaitFor("[?] Help");
            terminal.Press("\u0003");
            Assert.Equal(130, terminal.End());
        }

        Assert.NotEqual(before, State());
        string[] changes = Run("(Get-NsmChange).Description").Lines;
        Assert.Equal(all[..made], changes.Select(change => "What if: " + change));
        Assert.Equal(["Done"], Run("(Get-NsmChange).State").Lines.Distinct());

        Assert.Equal("", Run("Undo-NsmChange -Plan capture -Confirm:$false").Errors);
        Assert.Equal(before, State());
    });

    private void InNamespace(Action step, string[]? kinds = null)
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1 numrxqueues 4 numtxqueues 4"), "this kernel has no veth");
        network.Run(() =>
        {
            // More queues than any plan of this machine has, so that there is something to set.
            _ = ExternalTool.TryRun("ethtool", "-L", "v1", "rx", "4");
            ZeptResult planned = Zept.Run("-Command", $"New-NsmPlan v1 | Export-NsmPlan '{Plan}'");
            Assert.SkipWhen(planned.Errors.Contains("One CPU is too few", StringComparison.Ordinal), "this machine has one CPU");
            Assert.Equal((0, ""), (planned.ExitCode, planned.Errors));
            Keep(row => (kinds ?? OfPorts).Contains((string)row["Kind"]!));
            step();
        });
    }

    // Edits the plan as a hand would.
    private void Keep(Func<JToken, bool> isKept)
    {
        JObject json = JObject.Parse(File.ReadAllText(Plan));
        json["Rows"] = new JArray(json["Rows"]!.Where(isKept));
        File.WriteAllText(Plan, json.ToString());
    }

    private PlanRun Run(string command)
    {
        ZeptResult result = Zept.RunWith("", new() { ["ZEPTADMIN_STATE"] = StateFolder }, "-Command", command);
        return new PlanRun(result.Output, result.Errors);
    }

    private IEnumerable<string> Pending()
    {
        string folder = Path.Combine(StateFolder, "pending");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];
    }

    // Ends when it holds, or fails after so many tries that no slow machine is at fault.
    private static void WaitUntil(Func<bool> holds)
    {
        for (int i = 0; i < MostWaits && !holds(); i++)
        {
            Thread.Sleep(100);
        }

        Assert.True(holds());
    }

    private static string State() => string.Join(
        '\n',
        [
            .. Verbs.Select(verb => ExternalTool.TryRun("ethtool", verb, "v1").Output),
            File.ReadAllText("/sys/class/net/v1/flags"),
            File.Exists("/proc/sys/net/ipv6/conf/v1/disable_ipv6") ? File.ReadAllText("/proc/sys/net/ipv6/conf/v1/disable_ipv6") : "",
        ]);

    private sealed record PlanRun(string Output, string Errors)
    {
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
