using System.Text.Json.Nodes;

namespace ZeptAdmin.Tests.Reports;

/// <summary>Pictures and pages, looked at by a browser: nothing faint, nothing over another, nothing wider than the screen, all by keyboard.</summary>
public sealed class BrowserTests(Chromium browser) : IClassFixture<Chromium>, IDisposable
{
    private const string Hostile = "\"><img src=x onerror=alert(1)><script>alert(2)</script>";
    private static readonly string Look = File.ReadAllText(Path.Combine(Repository.Root, "tests/ZeptAdmin.Tests/Reports/look.js"));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("screen", "light")]
    [InlineData("screen", "dark")]
    [InlineData("print", "dark")]
    public async Task Pictures_of_machines_small_and_large_are_legible(string media, string scheme)
    {
        string big = Path.Combine(_folder.Path, "big");
        BigMachine.Write(big);
        foreach ((string name, string machine) in new[] { ("big", big), ("virtual", Virtual), ("x710", Repository.Snapshot("sensor-x710")) })
        {
            string picture = Make($"Export-NsmTopology $args[0] -Snapshot $args[1] -WorkerCpu 0-3,8", name + ".svg", machine);

            await using ChromiumPage page = await browser.OpenAsync(picture, 1300, media, scheme);
            JsonNode seen = await LookAsync(page, 1300);

            Assert.Empty(Words(seen, "faint"));
            Assert.Empty(Words(seen, "overlapping"));
            Assert.True((int)seen["texts"]! > 10);
            Assert.Empty(page.Problems);
            string ground = (string)(await page.EvaluateAsync("getComputedStyle(document.querySelector('.paper')).fill"))!;
            Assert.Equal(media == "screen" && scheme == "dark" ? "rgb(18, 22, 28)" : "rgb(255, 255, 255)", ground);
        }
    }

    [Theory]
    [InlineData("screen", "light")]
    [InlineData("screen", "dark")]
    [InlineData("print", "dark")]
    public async Task Charts_of_balance_are_legible(string media, string scheme)
    {
        string log = Path.Combine(Repository.Root, "tests", "Fixtures", "logs", "conn.log");
        string chart = Make("Measure-RssBalance $args[1] -Fields sd, sdfn -Queue 4, 12 -TableSize 128, 2048 | Export-NsmFlowChart $args[0]", "chart.svg", log);

        await using ChromiumPage page = await browser.OpenAsync(chart, 1300, media, scheme);
        JsonNode seen = await LookAsync(page, 1300);

        Assert.Empty(Words(seen, "faint"));
        Assert.Empty(Words(seen, "overlapping"));
        Assert.True((int)seen["texts"]! > 500);
        Assert.Empty(page.Problems);
    }

    [Theory]
    [InlineData(360, "light")]
    [InlineData(360, "dark")]
    [InlineData(1280, "light")]
    [InlineData(1280, "dark")]
    public async Task Pages_fit_the_screen_and_are_legible(int width, string scheme)
    {
        foreach (string report in new[] { Single(), Fleet() })
        {
            await using ChromiumPage page = await browser.OpenAsync(report, width, "screen", scheme);
            _ = await page.EvaluateAsync("document.querySelectorAll('details').forEach(details => details.open = true)");

            JsonNode seen = await LookAsync(page, width);

            Assert.Equal(width, (int)seen["width"]!);
            Assert.Equal(width, (int)seen["scroll"]!);
            Assert.Empty(Words(seen, "faint"));
            Assert.Empty(Words(seen, "overlapping"));
            Assert.True((int)seen["texts"]! > 100);
            Assert.Empty(page.Problems);
            Assert.Single(page.Requests);
        }
    }

    [Fact]
    public async Task A_page_is_whole_without_scripts_and_on_paper()
    {
        string report = Fleet();
        await using ChromiumPage page = await browser.OpenAsync(report, scripts: false);
        Assert.True((bool)(await page.EvaluateAsync("document.getElementById('filter').hidden && getComputedStyle(document.getElementById('filter')).display === 'none'"))!);
        Assert.Empty(page.Problems);

        await using ChromiumPage paper = await browser.OpenAsync(report, 800, "print", "dark", scripts: false);
        Assert.True((bool)(await paper.EvaluateAsync(
            "[...document.querySelectorAll('details .check b')].every(id => id.checkVisibility({ contentVisibilityAuto: true }) && id.getBoundingClientRect().height > 0)"))!);
        Assert.Equal("rgb(255, 255, 255)", (string)(await paper.EvaluateAsync("getComputedStyle(document.body).backgroundColor"))!);
    }

    [Fact]
    public async Task A_page_can_be_read_and_filtered_with_the_keyboard_alone()
    {
        await using ChromiumPage page = await browser.OpenAsync(Fleet());
        List<string> reached = [];
        for (int i = 0; i < 200; i++)
        {
            await page.PressAsync("Tab", "Tab", 9);
            string at = (string)(await page.EvaluateAsync(
                "(e => e === document.body ? '' : e.tagName + ' ' + (e.id || e.value || e.textContent.trim().slice(0, 30)) + ' ' + getComputedStyle(e).outlineStyle)(document.activeElement)"))!;
            if (at.Length == 0)
            {
                break;
            }

            reached.Add(at);
        }

        Assert.StartsWith("A Skip to the results", reached[0], StringComparison.Ordinal);
        Assert.All(reached, at => Assert.EndsWith("solid", at, StringComparison.Ordinal));
        Assert.Equal(5, reached.Count(at => at.StartsWith("INPUT", StringComparison.Ordinal)));
        Assert.Equal(
            (int)(await page.EvaluateAsync("[...document.querySelectorAll('a[href], summary, input, [tabindex]')].filter(e => e.checkVisibility({ contentVisibilityAuto: true })).length"))!,
            reached.Count);

        // What is folded opens by Enter; what is typed leaves what has the word.
        _ = await page.EvaluateAsync("document.querySelector('.sensor > summary').focus()");
        await page.PressAsync("Enter", "Enter", 13, "\r");
        Assert.True((bool)(await page.EvaluateAsync("document.querySelector('.sensor').open"))!);
        _ = await page.EvaluateAsync("document.getElementById('find').focus()");
        await page.SendAsync("Input.insertText", new JsonObject { ["text"] = "symmetrichash" });
        string[] left = await page.ListAsync("[...document.querySelectorAll('[data-severity]:not([hidden]) b')].map(b => b.textContent)");
        Assert.NotEmpty(left);
        Assert.All(left, id => Assert.Equal("H4.SymmetricHash", id));
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task A_link_to_a_folded_sensor_opens_it()
    {
        await using ChromiumPage page = await browser.OpenAsync(Fleet());

        _ = await page.EvaluateAsync("document.querySelector('a[href=\"#s2\"]').click()");

        Assert.True((bool)(await page.EvaluateAsync("new Promise(done => setTimeout(() => done(document.querySelectorAll('.sensor')[1].open), 200))"))!);
    }

    [Fact]
    public async Task A_hostile_name_stays_a_name()
    {
        string report = Make("Export-NsmReport $args[0] -Snapshot $args[1] -SensorName $args[2] -Title $args[2]", "hostile.html", Virtual, Hostile);

        await using ChromiumPage page = await browser.OpenAsync(report);

        Assert.Empty(page.Problems);
        Assert.Equal(0, (int)(await page.EvaluateAsync("document.querySelectorAll('img').length"))!);
        Assert.Equal(1, (int)(await page.EvaluateAsync("document.querySelectorAll('script').length"))!);
        Assert.Contains(Hostile, (string)(await page.EvaluateAsync("document.querySelector('h1').textContent"))!, StringComparison.Ordinal);
    }

    private static string Virtual => Path.Combine(Repository.Root, "examples", "sensors", "virtual.zip");

    private string Single() => Make("Export-NsmReport $args[0] -Snapshot $args[1]", "single.html", Virtual);

    // As Invoke-Command gives them: records of two sensors, and the error of a third.
    private string Fleet() => Make(
        """
        & {
            foreach ($name in 's1.example.org', 's2') {
                foreach ($record in (Test-NsmSensor -Snapshot $args[1]), (Get-PacketDrops -Snapshot $args[1]), (Get-NsmTopology -Snapshot $args[1]), (Get-IrqAffinity -Snapshot $args[1])) {
                    foreach ($one in $record) { $one.psobject.Properties.Add([psnoteproperty]::new('PSComputerName', $name)); $one }
                }
            }
            [Management.Automation.ErrorRecord]::new([Management.Automation.Remoting.PSRemotingTransportException]::new('The connection was refused.'), 'Down', 'OpenError', 's3')
        } $args[0] $args[1] | Export-NsmReport $args[0]
        """,
        "fleet.html", Repository.Snapshot("sensor-x710"));

    private string Make(string script, string name, params object[] arguments)
    {
        string file = Path.Combine(_folder.Path, name);
        using Engine engine = new();
        EngineResult run = engine.Run(script, [file, .. arguments]);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Warnings);
        return file;
    }

    // The whole page at once, so that each text has something behind it.
    private static async Task<JsonNode> LookAsync(ChromiumPage page, int width)
    {
        int height = (int)(await page.EvaluateAsync("Math.ceil(document.documentElement.getBoundingClientRect().height)"))!;
        await page.ResizeAsync(width, Math.Max(800, height + 200));
        return (await page.EvaluateAsync(Look))!;
    }

    private static string[] Words(JsonNode seen, string list) => [.. seen[list]!.AsArray().Select(item => (string)item!)];
}
