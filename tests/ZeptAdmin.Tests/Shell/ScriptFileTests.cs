namespace ZeptAdmin.Tests.Shell;

/// <summary><c>zept -File</c>.</summary>
public sealed class ScriptFileTests
{
    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("exit", 0)]
    [InlineData("exit 0", 0)]
    [InlineData("throw 'x'", 1)]
    [InlineData("if (", 1)]
    [InlineData("Get-Nonsense; 'goes on'", 0)]
    [InlineData("/bin/sh -c 'exit 7'", 0)]
    [InlineData("param([int] $Count) $Count", 1)]
    public void TheExitCodeIsTheScriptsOwn(string script, int exitCode)
    {
        using TemporaryFolder folder = new();

        Assert.Equal(exitCode, Zept.Run("-File", folder.Write("a b.ps1", script), "-Count", "many").ExitCode);
    }

    [Fact]
    public void ArgumentsReachTheParametersAndArgs()
    {
        using TemporaryFolder folder = new();
        string named = folder.Write("named.ps1", "param([string[]] $Sensors, [switch] $Quick, [string] $List, $Rest) \"$($Sensors.Count) $Quick $List $Rest $([IO.Path]::GetFileName($PSScriptRoot))\"");
        string plain = folder.Write("plain.ps1", "\"$($args.Count): $($args -join '/')\"");

        ZeptResult withNames = Zept.Run("-File", named, "-Sensors", "a,b", "-Quick", "-List", "0-3,8", "it's");
        Assert.Equal($"2 True 0-3,8 it's {Path.GetFileName(folder.Path)}\n", withNames.Output);
        Assert.Equal("4: -x/a b/c,d/$e\n", Zept.Run("-File", plain, "-x", "a b", "c,d", "$e").Output);
    }
}
