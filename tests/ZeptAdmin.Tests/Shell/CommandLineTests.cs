namespace ZeptAdmin.Tests.Shell;

/// <summary>What zept makes of its command line, and what it tells its caller.</summary>
public sealed class CommandLineTests
{
    private static readonly string Machine = Repository.Snapshot("two-port-i40e");

    [Fact]
    public void ACommandAndItsArgumentsGiveATable()
    {
        ZeptResult run = Zept.Run("Get-NicRing", "ens1f0", "-Snapshot", Machine);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["Interface", "Rx", "RxMax", "Tx", "TxMax"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["ens1f0", "512", "4096", "512", "4096"], lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain('\e', run.Output);
    }

    [Theory]
    [InlineData("Get-NicRing * -Snapshot $env:MACHINE | Where-Object Rx -gt 100 | ForEach-Object InterfaceName")]
    [InlineData("Get-NicRing", "*", "-Snapshot:{0}", "|", "Where-Object", "Rx", "-gt", "100", "|", "ForEach-Object", "{{ $_.InterfaceName }}")]
    [InlineData("-Command", "Get-NicRing", "-Name", "ens1f0", "-Snapshot", "{0}", "-Verbose:false", "|", "ForEach-Object", "InterfaceName")]
    public void AScriptOrWordsWithPipesGiveTheSame(params string[] words)
    {
        string[] arguments = [.. words.Select(word => string.Format(null, word, Machine))];

        Assert.Equal(new ZeptResult(0, "ens1f0\n", ""), Zept.RunWith("", new() { ["MACHINE"] = Machine }, arguments));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("$(throw)")]
    [InlineData("a'b\"c`d;e")]
    [InlineData("@x")]
    [InlineData("")]
    public void AWordReachesItsParameterAsItStands(string word)
    {
        ZeptResult run = Zept.Run("Get-NicRing", "-Snapshot", Machine, "-InterfaceName", "ens1f0", "|", "ForEach-Object", "-MemberName", "InterfaceName", "|", "ForEach-Object", "Replace", "ens1f0", word + "!");

        Assert.Equal(new ZeptResult(0, word + "!\n", ""), run);
    }

    [Fact]
    public void CommasSeparateWhereAParameterTakesSeveral()
    {
        ZeptResult run = Zept.Run("-OutputFormat", "Json", "Get-NicRing", "ens1f0,ens1f0", "-Snapshot", Machine);

        Assert.Equal(2, Newtonsoft.Json.Linq.JArray.Parse(run.Output).Count);
    }

    [Theory]
    [InlineData(0, "Get-NicRing", "nosuch0", "-Snapshot", "{0}")]
    [InlineData(1, "Get-NicRing", "nosuch0", "-Snapshot", "{0}", "-ErrorAction", "Stop")]
    [InlineData(1, "Get-NicRing", "-Snapshot", "{0}.nowhere")]
    [InlineData(1, "Get-Nonsense")]
    [InlineData(1, "Get-NicRing", "-NoSuchParameter", "1")]
    [InlineData(1, "throw 'x'")]
    [InlineData(1, "if (")]
    [InlineData(1, "Get-Nonsense; 'and on'")]
    [InlineData(3, "exit 3")]
    [InlineData(2, "-NoSuchOption")]
    [InlineData(2, "-OutputFormat", "Xml", "Get-NicRing")]
    [InlineData(2, "-OutputFormat")]
    [InlineData(2, "-File")]
    [InlineData(2, "-File", "{0}/nowhere.ps1")]
    [InlineData(2, "-sshs", "more")]
    [InlineData(2, "Get-NicRing", "-Verbose:")]
    [InlineData(2, "Get-NicRing", "|")]
    public void TheExitCodeTellsHowItEnded(int exitCode, params string[] words)
    {
        ZeptResult run = Zept.Run([.. words.Select(word => string.Format(null, word, Machine))]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Equal(exitCode == 3, run.Errors.Length == 0);
    }

    [Fact]
    public void ErrorsDoNotMixWithResults()
    {
        ZeptResult run = Zept.Run("Get-NicRing", "ens1f0,nosuch0", "-Snapshot", Machine);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("ens1f0", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("nosuch0", run.Output, StringComparison.Ordinal);
        Assert.Contains("nosuch0", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Errors);
    }

    [Fact]
    public void AScriptOnTheStandardInputRuns()
    {
        Assert.Equal(new ZeptResult(5, "6\n", ""), Zept.RunWith("$three = 3\n$three * 2\nexit 5\n", [], "-"));
        Assert.Equal(new ZeptResult(0, "6\n", ""), Zept.RunWith("3 * 2", []));
    }

    [Fact]
    public void AQuestionWithoutATerminalIsATerminatingError()
    {
        ZeptResult run = Zept.RunWith("y\n", [], "$Host.UI.PromptForChoice('', 'Sure?', [System.Management.Automation.Host.ChoiceDescription[]]@('&Yes', '&No'), 0)");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("40", 40)]
    [InlineData(null, 120)]
    public void TablesAreAsWideAsColumnsSays(string? columns, int width)
    {
        ZeptResult run = Zept.RunWith("", new() { ["COLUMNS"] = columns }, "$Host.UI.RawUI.BufferSize.Width");

        Assert.Equal($"{width}\n", run.Output);
    }

    [Fact]
    public void HelpAndVersionGoToTheStandardOutput()
    {
        Assert.StartsWith("zept 0.", Zept.Run("--version").Output, StringComparison.Ordinal);
        Assert.Contains("-OutputFormat", Zept.Run("--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheEngineSendsNoTelemetry()
    {
        ZeptResult run = Zept.Run("[Microsoft.PowerShell.Telemetry.ApplicationInsightsTelemetry]::CanSendTelemetry");

        Assert.Equal(new ZeptResult(0, "False\n", ""), run);
    }
}
