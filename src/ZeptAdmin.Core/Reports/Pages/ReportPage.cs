using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Reports;

/// <summary>Writes the page of a report: one file that needs no network, and no script to be read.</summary>
/// <remarks>
/// Its policy (Content-Security-Policy) allows the one style sheet and the one script that are in it, by their hashes, and nothing else:
/// should a name of a machine ever become markup, it could not do anything.
/// </remarks>
internal static class ReportPage
{
    private static readonly CheckSeverity[] Severities = [CheckSeverity.Fail, CheckSeverity.Warn, CheckSeverity.Unknown, CheckSeverity.Pass];

    private static string Style { get; } = Resource("report.css") + SvgPalette.Sheet;

    private static string Script { get; } = Resource("report.js");

    /// <summary>The page.</summary>
    public static string Write(IReadOnlyList<SensorFindings> sensors, string? title, DateTimeOffset time)
    {
        title ??= sensors.Count == 1 ? $"Sensor {sensors[0].Name}" : $"{sensors.Count.ToString(CultureInfo.InvariantCulture)} sensors";
        MarkupWriter page = new();
        _ = page.Own("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Open("head")
            .Void("meta", ">", ("charset", "utf-8"))
            .Void("meta", ">", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Void("meta", ">", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; base-uri 'none'; form-action 'none'"))
            .Leaf("title", title).Own($"<style>{Style}</style>\n").Close()
            .Open("body").Leaf("a", "Skip to the results", ("class", "skip"), ("href", "#results"))
            .Open("header").Leaf("h1", title)
            .Leaf("p", string.Create(CultureInfo.InvariantCulture, $"Written {time.UtcDateTime:yyyy-MM-dd HH:mm} UTC by ZeptAdmin"), ("class", "soft")).Close();
        WriteFilter(page);
        _ = page.Open("main", ("id", "results"));
        if (sensors.Count > 1)
        {
            FleetTables.Write(page, sensors);
        }

        for (int i = 0; i < sensors.Count; i++)
        {
            SensorSection.Write(page, sensors[i], i, isAlone: sensors.Count == 1);
        }

        return page.Close().Own($"<script>{Script}</script>\n").Close().Close().ToString();
    }

    /// <summary>Class of a severity in the style sheet.</summary>
    public static string Class(CheckSeverity severity) => severity switch
    {
        CheckSeverity.Fail => "fail",
        CheckSeverity.Warn => "warn",
        CheckSeverity.Pass => "pass",
        _ => "unknown",
    };

    private static void WriteFilter(MarkupWriter page)
    {
        _ = page.Open("form", ("id", "filter"), ("hidden", "hidden"), ("role", "search"))
            .Open("label").Leaf("span", "Find").Void("input", ">", ("type", "search"), ("id", "find"), ("autocomplete", "off")).Close();
        foreach (CheckSeverity severity in Severities)
        {
            _ = page.Open("label").Void("input", ">", ("type", "checkbox"), ("value", severity), ("checked", "checked"))
                .Leaf("span", severity.ToString()).Close();
        }

        _ = page.Leaf("span", "", ("id", "told"), ("class", "soft"), ("role", "status")).Close();
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ZeptAdmin.Reports.Pages.{name}")!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
