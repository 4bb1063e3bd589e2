using System.Globalization;
using ZeptAdmin.Audit;
using ZeptAdmin.Drops;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Reports;

/// <summary>The part of a page that tells of one sensor.</summary>
internal static class SensorSection
{
    private const double LeastShare = 1e-6;

    /// <summary>Anchor of a sensor's part.</summary>
    public static string Id(int index) => string.Create(CultureInfo.InvariantCulture, $"s{index + 1}");

    /// <summary>Writes it: open for a single sensor, folded for one of many.</summary>
    public static void Write(MarkupWriter page, SensorFindings sensor, int index, bool isAlone)
    {
        CheckSeverity worst = sensor.Worst();
        _ = page.Open(isAlone ? "section" : "details", ("class", "sensor"), ("data-name", sensor.Name));
        _ = isAlone ? page.Open("div", ("class", "head " + ReportPage.Class(worst))) : page.Open("summary", ("class", ReportPage.Class(worst)));
        _ = page.Leaf("span", worst.ToString(), ("class", "badge"))
            .Leaf("h2", sensor.Name)
            .Leaf("p", sensor.Verdict(), ("class", "verdict")).Close();

        // The anchor is inside, so that a link to it opens what is folded.
        _ = page.Open("div", ("class", "inside"), ("id", Id(index)));
        WriteProblems(page, sensor);
        foreach ((PacketDrop[] layers, PacketDrop? verdict) in sensor.Chains())
        {
            WriteChain(page, layers, verdict);
        }

        WriteChecks(page, sensor);
        WritePlan(page, sensor);
        WriteTopology(page, sensor, index);
        _ = page.Close().Close();
    }

    private static void WriteProblems(MarkupWriter page, SensorFindings sensor)
    {
        if (sensor.Problems.Count == 0)
        {
            return;
        }

        _ = page.Leaf("h3", "What could not be asked").Open("ul");
        foreach (string problem in sensor.Problems.Distinct())
        {
            _ = page.Leaf("li", problem);
        }

        _ = page.Close();
    }

    private static void WriteChain(MarkupWriter page, PacketDrop[] layers, PacketDrop? verdict)
    {
        string name = verdict?.InterfaceName ?? layers.Select(layer => layer.InterfaceName).FirstOrDefault(known => known is not null) ?? "this machine";
        _ = page.Leaf("h3", $"Where packets of {name} die");
        if (verdict is not null)
        {
            _ = page.Leaf("p", $"Verdict: {verdict.Note}.");
            if (verdict.NextCommand is string next)
            {
                _ = page.Open("p").Leaf("span", "Next:").Leaf("code", next).Close();
            }
        }

        _ = page.Open("ol", ("class", "chain"));
        foreach (PacketDrop layer in layers)
        {
            string state = layer.Dropped is null ? "unknown" : verdict?.LossyLayer == layer.Layer ? "fail" : layer.Dropped > 0 ? "warn" : "pass";
            _ = page.Open("li", ("class", state)).Leaf("b", layer.Layer.ToString()).Leaf("span", Figure(layer), ("class", "figure")).Close();
        }

        _ = page.Close();
        PacketDrop[] noted = [.. layers.Where(layer => layer.Note.Length > 0)];
        if (noted.Length > 0)
        {
            _ = page.Open("details").Leaf("summary", "What is behind the figures").Open("ul", ("class", "soft"));
            foreach (PacketDrop layer in noted)
            {
                _ = page.Leaf("li", $"{layer.Layer}: {layer.Note}");
            }

            _ = page.Close().Close();
        }
    }

    private static string Figure(PacketDrop layer)
    {
        if (layer.Dropped is not long dropped)
        {
            return "not counted";
        }

        string of = layer.Packets is long packets ? $" of {Short(packets)}" : "";
        string share = layer.Ratio is not double ratio || ratio <= 0 ? ""
            : ratio < LeastShare ? ", under 0.0001 %"
            : string.Create(CultureInfo.InvariantCulture, $", {100 * ratio:0.####} %");
        return $"lost {Short(dropped)}{of}{share}";
    }

    // Whole where it is short, else with the letters of the trade: 11.23 G.
    private static string Short(long number) => number switch
    {
        < 1_000_000 => number.ToString("N0", CultureInfo.InvariantCulture),
        < 1_000_000_000 => Words.Number(number / 1e6) + " M",
        _ => Words.Number(number / 1e9) + " G",
    };

    private static void WriteChecks(MarkupWriter page, SensorFindings sensor)
    {
        if (sensor.Checks.Count == 0)
        {
            return;
        }

        _ = page.Leaf("h3", "Checks");
        CheckResult[] open = [.. sensor.Checks.Where(check => check.Severity != CheckSeverity.Pass).OrderBy(check => Rank(check.Severity))];
        CheckResult[] passed = [.. sensor.Checks.Where(check => check.Severity == CheckSeverity.Pass)];
        WriteList(page, open);
        if (passed.Length > 0)
        {
            _ = page.Open("details", ("class", "passed")).Leaf("summary", passed.Length == 1 ? "1 check passes" : $"{Words.Count(passed.Length, "check")} pass");
            WriteList(page, passed);
            _ = page.Close();
        }
    }

    private static void WriteList(MarkupWriter page, CheckResult[] checks)
    {
        if (checks.Length == 0)
        {
            return;
        }

        _ = page.Open("ul");
        foreach (CheckResult check in checks)
        {
            _ = page.Open("li", ("class", "check " + ReportPage.Class(check.Severity)), ("data-severity", check.Severity == CheckSeverity.NotApplicable ? CheckSeverity.Unknown : check.Severity))
                .Leaf("span", check.Severity.ToString(), ("class", "badge")).Open("div")
                .Open("p").Leaf("b", check.Id).Leaf("span", check.Target, ("class", "target")).Close().Leaf("p", check.Actual);
            if (check.Severity != CheckSeverity.Pass && check.Expected.Length > 0)
            {
                _ = page.Leaf("p", "Should be: " + check.Expected, ("class", "soft"));
            }

            if (check.Remedy.Length > 0)
            {
                _ = page.Open("p").Leaf("span", "Remedy:").Leaf("code", check.Remedy).Close();
            }

            _ = page.Open("details").Leaf("summary", "Why").Leaf("p", check.Why, ("class", "why")).Leaf("p", "Source: " + check.Reference, ("class", "soft")).Close().Close().Close();
        }

        _ = page.Close();
    }

    private static void WritePlan(MarkupWriter page, SensorFindings sensor)
    {
        if (sensor.Drifts.Count == 0)
        {
            return;
        }

        PlanDrift[] other = [.. sensor.Drifts.Where(drift => drift.State is not (PlanRowState.InPlace or PlanRowState.NotChecked)).OrderBy(drift => drift.State)];
        int inPlace = sensor.Drifts.Count(drift => drift.State == PlanRowState.InPlace);
        _ = page.Leaf("h3", "Plan").Leaf("p", $"{inPlace.ToString(CultureInfo.InvariantCulture)} of {Words.Count(sensor.Drifts.Count, "row")} are in place.");
        if (other.Length == 0)
        {
            return;
        }

        _ = page.Open("table", ("class", "wide"));
        FleetTables.Head(page, "Setting", "State", "Plan", "Machine");
        _ = page.Open("tbody");
        foreach (PlanDrift drift in other)
        {
            string state = drift.State == PlanRowState.Drifted ? "warn" : "unknown";
            _ = page.Open("tr").Open("td", ("data-label", "Setting")).Leaf("b", drift.Kind.ToString()).Leaf("span", drift.Target, ("class", "target")).Close()
                .Open("td", ("data-label", "State")).Leaf("span", drift.State.ToString(), ("class", "badge " + state)).Close()
                .Leaf("td", drift.Expected, ("data-label", "Plan")).Leaf("td", drift.Actual, ("data-label", "Machine")).Close();
        }

        _ = page.Close().Close();
    }

    private static void WriteTopology(MarkupWriter page, SensorFindings sensor, int index)
    {
        if (sensor.Topology is null)
        {
            return;
        }


        WriteFigure(page, sensor, TopologyMarks.Of(sensor.Topology, sensor.Nics, sensor.Irqs, TopologyPictures.WorkersOf(sensor.Sockets)), "Topology", Id(index));
        if (sensor.Plan is NsmPlan plan)
        {
            WriteFigure(page, sensor, TopologyMarks.OfPlan(sensor.Topology, sensor.Nics, plan), $"As the plan {plan.Name} has it", Id(index) + "plan");
        }
    }

    private static void WriteFigure(MarkupWriter page, SensorFindings sensor, TopologyMarks marks, string title, string id)
    {
        // A picture wider than the screen scrolls by itself, also with the keyboard.
        _ = page.Leaf("h3", title).Open("div", ("class", "figure-frame"), ("tabindex", "0"), ("role", "group"), ("aria-label", $"{title}: {sensor.Name}"))
            .Own(TopologyPicture.Draw(sensor.Topology!, marks, isAlone: false, id)).Close();
    }

    private static int Rank(CheckSeverity severity) => severity switch
    {
        CheckSeverity.Fail => 0,
        CheckSeverity.Warn => 1,
        _ => 2,
    };
}
