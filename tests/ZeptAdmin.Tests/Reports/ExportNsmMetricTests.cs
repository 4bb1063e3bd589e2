using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ZeptAdmin.Tests.Reports;

public sealed class ExportNsmMetricTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Engine _engine = new();

    private string Target => Path.Combine(_folder.Path, "zeptadmin.prom");

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Every_line_is_one_of_the_format_and_the_figures_are_the_commands_own()
    {
        string snapshot = Repository.Snapshot("sensor-x710");
        Assert.Empty(_engine.Run("Export-NsmMetric $args[0] -Snapshot $args[1] -IncludeAudit", Target, snapshot).Errors);

        ExpositionText text = new(File.ReadAllText(Target));

        Assert.NotEmpty(text.Samples);
        foreach (object drop in _engine.Run("Get-PacketDrops -Snapshot $args[0] | Where-Object Layer -le Driver | Where-Object { $null -ne $_.Dropped } | ForEach-Object { '{0} {1} {2}' -f $_.InterfaceName, ([string]$_.Layer).ToLower(), $_.Dropped }", snapshot).Output.Select(item => item.BaseObject))
        {
            string[] words = ((string)drop).Split(' ');
            Assert.Equal(double.Parse(words[2], CultureInfo.InvariantCulture), text.Samples[$"zeptadmin_drops_total{{interface=\"{words[0]}\",layer=\"{words[1]}\"}}"]);
        }

        foreach (object stat in _engine.Run("Get-SoftnetStat -Snapshot $args[0] | ForEach-Object { '{0} {1}' -f $_.Cpu, $_.Processed }", snapshot).Output.Select(item => item.BaseObject))
        {
            string[] words = ((string)stat).Split(' ');
            Assert.Equal(double.Parse(words[1], CultureInfo.InvariantCulture), text.Samples[$"zeptadmin_softnet_processed_total{{cpu=\"{words[0]}\"}}"]);
        }

        Assert.Contains(text.Samples, sample => sample.Key.StartsWith("zeptadmin_queue_packets_total{interface=\"ens1f1\",queue=", StringComparison.Ordinal));
        Assert.Contains(text.Samples, sample => sample.Key.StartsWith("zeptadmin_check_severity{check=\"H4.SymmetricHash\",target=\"ens1f1\"}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_of_its_own_is_replaced_and_another_is_not()
    {
        string snapshot = Repository.Snapshot("sensor-x710");
        Assert.Empty(_engine.Run("Export-NsmMetric $args[0] -Snapshot $args[1]; Export-NsmMetric $args[0] ens1f1 -Snapshot $args[1]", Target, snapshot).Errors);
        Assert.DoesNotContain("ens1f0", File.ReadAllText(Target), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.OtherRead, File.GetUnixFileMode(Target) & UnixFileMode.OtherRead);

        File.WriteAllText(Target, "something else\n");
        Assert.Equal(["FileExists"], _engine.Run("Export-NsmMetric $args[0] -Snapshot $args[1]", Target, snapshot).ErrorIds);
        Assert.Equal("something else\n", File.ReadAllText(Target));
        Assert.Empty(_engine.Run("Export-NsmMetric $args[0] -Snapshot $args[1] -Force", Target, snapshot).Errors);
        Assert.Equal(["zeptadmin.prom"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Assert.Empty(_engine.Run("Export-NsmMetric $args[0] -WhatIf", Target).Errors);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task The_real_node_exporter_serves_the_same_values()
    {
        _ = ExternalTool.TryRun("prometheus-node-exporter", "--version");
        Assert.Empty(_engine.Run("Export-NsmMetric $args[0] -IncludeAudit", Target).Errors);
        ExpositionText written = new(await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken));
        int port = FreePort();
        using Process exporter = Process.Start(new ProcessStartInfo("prometheus-node-exporter", [
            "--collector.disable-defaults", "--collector.textfile", $"--collector.textfile.directory={_folder.Path}", $"--web.listen-address=127.0.0.1:{port}"])
        {
            RedirectStandardError = true,
        })!;
        try
        {
            Dictionary<string, double> served = Parse(await Scrape(port, exporter));

            Assert.Equal(0, served["node_textfile_scrape_error"]);
            Assert.All(written.Samples, sample => Assert.Equal(sample.Value, served[Sorted(sample.Key)], Math.Abs(sample.Value) * 1e-9));
        }
        finally
        {
            exporter.Kill();
            await exporter.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> Scrape(int port, Process exporter)
    {
        using HttpClient client = new();
        for (int i = 0; ; i++)
        {
            try
            {
                return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken);
            }
            catch (HttpRequestException) when (i < 300 && !exporter.HasExited)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }

    private static Dictionary<string, double> Parse(string text) => text.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => (Name: line[..line.LastIndexOf(' ')], Value: line[(line.LastIndexOf(' ') + 1)..]))
        .ToDictionary(sample => Sorted(sample.Name), sample => double.Parse(sample.Value, CultureInfo.InvariantCulture));

    // The exporter writes labels in the order of their names.
    private static string Sorted(string sample)
    {
        int brace = sample.IndexOf('{', StringComparison.Ordinal);
        return brace < 0 ? sample : sample[..brace] + "{" + string.Join(',', sample[(brace + 1)..^1].Split("\",").Select(label => label.TrimEnd('"')).Order(StringComparer.Ordinal)) + "}";
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
