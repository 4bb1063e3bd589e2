using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Docs;

/// <summary>The guide from bare server to sensor: its rehearsal, run as it is written, in one session.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_rehearsal_of_the_guide_runs_as_it_is_written()
    {
        string guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "from-bare-server-to-sensor.md"));
        string[] steps = [.. guide.Split("```powershell\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)])];
        string script = string.Concat(steps).Replace("examples/", Repository.Root + "/examples/", StringComparison.Ordinal)
            .Replace("before.zip", $"{_folder.Path}/before.zip", StringComparison.Ordinal)
            .Replace("plan.json", $"{_folder.Path}/plan.json", StringComparison.Ordinal)
            .Replace("plan.svg", $"{_folder.Path}/plan.svg", StringComparison.Ordinal)
            .Replace("sensor.html", $"{_folder.Path}/sensor.html", StringComparison.Ordinal);

        ZeptResult run = Zept.Run("-File", _folder.Write("guide.ps1", "$ErrorActionPreference = 'Stop'\n" + script));

        // The snapshot has no boot loader: that is a warning, and the only one.
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("WARNING: Not set: isolcpus=", Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(["before.zip", "guide.ps1", "plan.json", "plan.svg", "sensor.html"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("What if: Set the combined channels of 'enp7s0f1' from 24 to 10", run.Output, StringComparison.Ordinal);
        Assert.Contains("H4.SymmetricHash", run.Output, StringComparison.Ordinal);
        Assert.Contains("housekeeping", File.ReadAllText($"{_folder.Path}/plan.svg"), StringComparison.Ordinal);
    }
}
