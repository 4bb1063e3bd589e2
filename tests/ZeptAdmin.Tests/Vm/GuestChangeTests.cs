using Newtonsoft.Json;

namespace ZeptAdmin.Tests.Vm;

/// <summary>Each change of tests/vm/guest/hands.cases: made, seen by Debian's tools, idle the second time, taken back to the byte; or refused whole.</summary>
public sealed class GuestChangeTests
{
    /// <summary>The cases: number, device, command, what is seen then.</summary>
    public static TheoryData<int, string, string, string> Cases
    {
        get
        {
            TheoryData<int, string, string, string> cases = [];
            foreach ((int index, string line) in File.ReadAllLines(Path.Combine(Repository.Root, "tests", "vm", "guest", "hands.cases")).Where(line => line.Length > 0 && line[0] != '#').Index())
            {
                string[] parts = line.Split('|', 4, StringSplitOptions.TrimEntries);
                cases.Add(index + 1, parts[0], parts[1], parts[3]);
            }

            return cases;
        }
    }

    /// <summary>Devices that the cases change.</summary>
    public static TheoryData<string> Devices => [.. Cases.Select(row => row.Data.Item2).Distinct()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Is_made_and_seen_and_idle_and_taken_back(int number, string device, string command, string seen)
    {
        CaseResult result = Read(number, command);
        string before = Folded(Text($"cases/{number}.before.txt"));
        string after = Folded(Text($"cases/{number}.after.txt"));

        if (seen[0] == '!')
        {
            Assert.Equal([seen[2..]], result.Set.ErrorIds);
            Assert.Equal([seen[2..]], result.Again.ErrorIds);
            Assert.All([.. result.Made, .. result.MadeAgain], change => Assert.StartsWith("Failed ", change, StringComparison.Ordinal));
            Assert.Equal(before, after);
        }
        else
        {
            Assert.Empty(result.Set.Errors);
            Assert.NotEmpty(result.Made);
            Assert.All(result.Made, change => Assert.StartsWith("Done ", change, StringComparison.Ordinal));
            Assert.DoesNotContain(seen, before, StringComparison.Ordinal);
            Assert.Contains(seen, after, StringComparison.Ordinal);

            Assert.Empty(result.Again.Errors);
            Assert.Empty(result.MadeAgain);
            Assert.Contains(result.Again.Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));

            Assert.Empty(result.Undo!.Errors);
            Assert.Equal(result.Made.Length, result.Undo.Output.Length);
            Assert.All(result.Undo.Output, change => Assert.StartsWith("Undone ", change, StringComparison.Ordinal));
        }

        Assert.Equal(Text($"states/{device}.txt"), Text($"cases/{number}.state.txt"));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void WhatIf_changes_nothing(string device)
    {
        WhatIfResult result = JsonConvert.DeserializeObject<WhatIfResult>(Text($"states/{device}.whatif.json"))!;

        Assert.NotEmpty(result.Said);
        Assert.Equal(0, result.Made);
        Assert.Equal(Text($"states/{device}.txt"), Text($"states/{device}.whatif.txt"));
    }

    [Fact]
    public void What_a_reset_disturbs_is_put_back_as_far_as_it_fits_and_told()
    {
        Dictionary<string, StepResult> steps = JsonConvert.DeserializeObject<Dictionary<string, StepResult>>(Text("reset.json"))!;
        string chosen = Text("reset.4.txt");

        // A table of the user's own that names a queue to be taken away is not overridden.
        string refused = "Set-NicChannel igb -Combined 3";
        Assert.Equal(["ValueRejected"], steps[refused].ErrorIds);
        Assert.Equal(Text("reset.1.txt"), Text("reset.2.txt"));
        Assert.All(steps.Where(step => step.Key != refused), step => Assert.Empty(step.Value.Errors));

        // Rings: the driver asks for its interrupts anew and forgets where they go; all comes back.
        Assert.Equal(Rows(chosen, "interrupts"), Rows(Text("reset.5.txt"), "interrupts"));
        Assert.Equal(Rows(chosen, "queues"), Rows(Text("reset.5.txt"), "queues"));
        Assert.Equal(Rows(chosen, "ethtool -x"), Rows(Text("reset.5.txt"), "ethtool -x"));

        // Two queues instead of four: the table names no others, so it stays; so do the two queues' interrupts and senders.
        StepResult channels = steps["Set-NicChannel igb -Combined 2"];
        Assert.Contains(channels.Verbose, line => line.Contains("IrqAffinity of 'igb'; it was put back", StringComparison.Ordinal));
        Assert.Equal(Rows(chosen, "ethtool -x")[2..], Rows(Text("reset.6.txt"), "ethtool -x")[2..]);
        string[] senders = Rows(Text("reset.6.txt"), "queues");
        Assert.Equal(["8", "4"], senders.Where(row => row.Contains("xps", StringComparison.Ordinal)).Select(row => row[(row.LastIndexOf(':') + 1)..]));

        Assert.Equal(Text("states/igb.txt"), Text("reset.undone.txt"));
    }

    [Theory]
    [InlineData("igb", "Set the combined channels of 'igb' from 4 to 2")]
    [InlineData("virtio-mq", "Set the hash key of 'virtio-mq'")]
    public void The_runbook_tunes_a_card_and_is_taken_back(string device, string change)
    {
        Dictionary<string, StepResult> steps = JsonConvert.DeserializeObject<Dictionary<string, StepResult>>(Text($"runbook/{device}.json"))!;
        string before = Text($"states/{device}.txt");

        Assert.Equal(before, Text($"runbook/{device}.whatif.txt"));
        Assert.NotEqual(before, Text($"runbook/{device}.run.txt"));
        // A step that the card does not have is told, and the rest goes on.
        Assert.All(steps["Run"].ErrorIds, id => Assert.Contains(id, (string[])["NotSupportedByDriver", "ValueRejected"]));
        Assert.Contains(steps["Undo"].Output, line => line.Contains(change, StringComparison.Ordinal));
        Assert.Empty(steps["Undo"].Errors);
        Assert.Equal(before, Text($"runbook/{device}.undone.txt"));
    }

    private static CaseResult Read(int number, string command)
    {
        string path = GuestResults.PathOf($"hands/cases/{number}.json");
        Assert.True(File.Exists(path), $"the script in the guest did not come to case {number}, or the module has no {command.Split(' ')[0]}");
        return JsonConvert.DeserializeObject<CaseResult>(File.ReadAllText(path))!;
    }

    private static string Text(string name) => File.ReadAllText(GuestResults.PathOf("hands/" + name));

    private static string[] Rows(string state, string section)
    {
        string[] lines = state.Split('\n');
        int start = Array.IndexOf(lines, $"== {section}");
        return [.. lines.Skip(start + 1).TakeWhile(line => !line.StartsWith("== ", StringComparison.Ordinal))];
    }

    private static string Folded(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private sealed record StepResult(string[] Errors, string[] Warnings, string[] Verbose, string[] Output)
    {
        public string[] ErrorIds => [.. Errors.Select(error => error.Split(',')[0])];
    }

    private sealed record CaseResult(StepResult Set, string[] Made, StepResult Again, string[] MadeAgain, StepResult? Undo);

    private sealed record WhatIfResult(StepResult[] Said, int Made);
}
