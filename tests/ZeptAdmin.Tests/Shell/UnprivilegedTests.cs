using Newtonsoft.Json.Linq;

namespace ZeptAdmin.Tests.Shell;

/// <summary>What the module says to a user without privileges: everything readable, and for the rest the capability that it needs.</summary>
public sealed class UnprivilegedTests
{
    private const string Nobody = "65534";

    // Lists of what a command gave, and of the errors with their ids and messages.
    private const string Script =
        """
        foreach ($name in 'Get-NsmTopology', 'Get-Nic', 'Get-NicRing', 'Get-NicFeature', 'Get-NicChannel', 'Get-NicCoalesce', 'Get-NicPause', 'Get-NicPrivateFlag',
            'Get-NicRss', 'Get-NicFlowRule', 'Get-NicCounter', 'Get-IrqAffinity', 'Get-IrqBalance', 'Get-SoftnetStat', 'Get-NetBudget', 'Get-MemoryModule',
            'Test-MemoryLayout', 'Test-NsmSensor') {
            $problems = $null
            $results = @(& $name -ErrorAction SilentlyContinue -ErrorVariable problems)
            [pscustomobject]@{ Command = $name; Count = $results.Count; Ids = @($problems | ForEach-Object { "$($_.FullyQualifiedErrorId)" }); Messages = @($problems | ForEach-Object { "$_" }) }
        }
        """;

    [Fact]
    public void Everything_readable_is_read_and_the_rest_names_its_capability()
    {
        ExternalTool.NeedRoot();
        using TemporaryFolder folder = new();
        string script = folder.Write("read.ps1", Script);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        string zept = CopyWhereAllMayRead(folder);

        (int exitCode, string output, string errors) = ExternalTool.TryRun(
            "setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", "env", "HOME=/nonexistent", zept, "-OutputFormat", "Json", "-File", script);

        Assert.True(exitCode == 0, errors);
        JToken[] commands = [.. JArray.Parse(output)];
        Assert.All(commands.SelectMany(command => command["Ids"]!), id =>
            Assert.Contains(((string)id!).Split(',')[0], (string[])["PermissionDenied", "NotSupportedByDriver", "NotPresent"]));
        Assert.All(
            commands.SelectMany(command => command["Messages"]!).Where(message => ((string)message!).Contains("(EPERM)", StringComparison.Ordinal) || ((string)message!).Contains("(EACCES)", StringComparison.Ordinal)),
            message => Assert.Matches("CAP_[A-Z_]+|root", (string)message!));
        Assert.All((string[])["Get-NsmTopology", "Get-Nic", "Get-NicFeature", "Get-NicCounter", "Get-SoftnetStat", "Get-NetBudget", "Test-NsmSensor"], name =>
            Assert.True((int)Array.Find(commands, command => (string)command["Command"]! == name)!["Count"]! > 0, $"{name} gave nothing"));
    }

    // A checkout below /root is closed to other users.
    private static string CopyWhereAllMayRead(TemporaryFolder folder)
    {
        string source = Path.GetDirectoryName(Zept.Path)!;
        _ = ExternalTool.Run("cp", "-r", source, folder.Path);
        _ = ExternalTool.Run("chmod", "-R", "a+rX", folder.Path);
        return Path.Combine(folder.Path, Path.GetFileName(source), "zept");
    }
}
