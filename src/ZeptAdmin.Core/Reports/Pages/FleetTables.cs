using System.Globalization;
using ZeptAdmin.Audit;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Reports;

/// <summary>The tables of a fleet: a row a sensor, and what is wrong most often.</summary>
internal static class FleetTables
{
    private const int MostRows = 12;

    /// <summary>Writes them.</summary>
    public static void Write(MarkupWriter page, IReadOnlyList<SensorFindings> sensors)
    {
        _ = page.Open("table", ("class", "wide")).Leaf("caption", "Sensors");
        Head(page, "Sensor", "State", "Verdict", "Fail", "Warn", "Unknown", "Pass");
        _ = page.Open("tbody");
        for (int i = 0; i < sensors.Count; i++)
        {
            SensorFindings sensor = sensors[i];
            CheckSeverity worst = sensor.Worst();
            _ = page.Open("tr").Open("td", ("data-label", "Sensor")).Leaf("a", sensor.Name, ("href", "#" + SensorSection.Id(i))).Close()
                .Open("td", ("data-label", "State")).Leaf("span", worst.ToString(), ("class", "badge " + ReportPage.Class(worst))).Close()
                .Leaf("td", sensor.Verdict(), ("data-label", "Verdict"));
            foreach (CheckSeverity severity in (CheckSeverity[])[CheckSeverity.Fail, CheckSeverity.Warn, CheckSeverity.Unknown, CheckSeverity.Pass])
            {
                _ = page.Leaf("td", Number(sensor.Count(severity)), ("class", "number"), ("data-label", severity));
            }

            _ = page.Close();
        }

        _ = page.Close().Close();
        WriteCommonest(page, sensors);
    }

    /// <summary>The head of a table.</summary>
    public static void Head(MarkupWriter page, params string[] names)
    {
        _ = page.Open("thead").Open("tr");
        foreach (string name in names)
        {
            _ = page.Leaf("th", name, ("scope", "col"), ("class", name is "Fail" or "Warn" or "Unknown" or "Pass" or "Fails on" or "Warns on" ? "number" : null));
        }

        _ = page.Close().Close();
    }

    private static void WriteCommonest(MarkupWriter page, IReadOnlyList<SensorFindings> sensors)
    {
        (string Id, int Failing, int Warning, string Why)[] wrong =
        [
            .. from sensor in sensors
               from check in sensor.Checks
               where check.Severity.IsFinding()
               group (Sensor: sensor.Name, Check: check) by check.Id into same
               let failing = same.Where(one => one.Check.Severity == CheckSeverity.Fail).Select(one => one.Sensor).Distinct().Count()
               let warning = same.Select(one => one.Sensor).Distinct().Count() - failing
               orderby failing descending, warning descending, same.Key
               select (same.Key, failing, warning, same.First().Check.Why),
        ];
        if (wrong.Length == 0)
        {
            return;
        }

        _ = page.Open("table", ("class", "wide")).Leaf("caption", wrong.Length > MostRows ? $"What is wrong most often: the first {MostRows} of {Words.Count(wrong.Length, "check")}" : "What is wrong most often");
        Head(page, "Check", "Why", "Fails on", "Warns on");
        _ = page.Open("tbody");
        foreach ((string id, int failing, int warning, string why) in wrong.Take(MostRows))
        {
            _ = page.Open("tr").Leaf("td", id, ("data-label", "Check")).Leaf("td", why, ("data-label", "Why"))
                .Leaf("td", Number(failing), ("class", "number"), ("data-label", "Fails on")).Leaf("td", Number(warning), ("class", "number"), ("data-label", "Warns on")).Close();
        }

        _ = page.Close().Close();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
