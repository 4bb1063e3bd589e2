using System.Diagnostics;

namespace ZeptAdmin.Tests.Shell;

/// <summary>zept at a terminal: the prompt, colours, Ctrl+C.</summary>
public sealed class PromptTests
{
    private const string CtrlC = "\u0003";
    private const string CtrlD = "\u0004";
    private const string Up = "\e[A";
    private const string Down = "\e[B";
    private const string Left = "\e[D";

    [Fact]
    public void LinesAreEditedRecalledAndKept()
    {
        using TemporaryFolder home = new();
        using (PseudoTerminal terminal = new(home.Path, []))
        {
            terminal.WaitFor("ZeptAdmin ");
            Enter(terminal, "40 +\r", "\r\n");
            Enter(terminal, "2\r", "42\r\n");
            Enter(terminal, "'ac'" + Left + Left + "b\r", "abc\r\n");
            Enter(terminal, Up + Up + Up + Down + Down + "\r", "abc\r\n");
            Enter(terminal, "'dropped'" + CtrlC, "^C\r\n");
            Enter(terminal, "ConvertTo-Secret -Password x\r", "not recognized");
            Enter(terminal, CtrlD, "");
            Assert.Equal(0, terminal.End());
            Assert.DoesNotContain("\ndropped", terminal.Screen, StringComparison.Ordinal);
        }

        string history = Path.Combine(home.Path, ".local", "share", "zeptadmin", "history");
        Assert.Equal(["40 +", "2", "'abc'"], File.ReadLines(history));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(history));
        using PseudoTerminal again = new(home.Path, [], "-NoLogo");
        Enter(again, Up + "\r", "abc\r\n");
        Enter(again, "exit 6\r", "");
        Assert.Equal(6, again.End());
        Assert.DoesNotContain("ZeptAdmin ", again.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void CtrlCStopsTheCommandAndNotThePrompt()
    {
        using TemporaryFolder home = new();
        using PseudoTerminal terminal = new(home.Path, [], "-NoLogo");

        Enter(terminal, "'run'.ToUpper(); while (1) { [Threading.Thread]::Sleep(20) }\r", "RUN\r\n");
        terminal.Press(CtrlC);
        Enter(terminal, "'still '+'here'\r", "still here\r\n");
        Enter(terminal, CtrlD, "");
        Assert.Equal(0, terminal.End());
    }

    [Fact]
    public void TabCompletesCommandsAndTheMachinesInterfaces()
    {
        using TemporaryFolder home = new();
        using PseudoTerminal terminal = new(home.Path, [], "-NoLogo");

        Enter(terminal, $"Get-NicRin\t -Snapshot {Repository.Snapshot("two-port-i40e")} -InterfaceName en\t\t", "ens1f0  ens1f1\r\n");
        terminal.Press("0\r");
        terminal.WaitFor("4096");
        Enter(terminal, CtrlD, "");
        Assert.Equal(0, terminal.End());
    }

    [Theory]
    [InlineData("xterm", null, true)]
    [InlineData("xterm", "1", false)]
    [InlineData("dumb", null, false)]
    public void ColoursAreForTerminalsThatShowThem(string kind, string? noColor, bool hasColours)
    {
        using TemporaryFolder home = new();
        using PseudoTerminal terminal = new(
            home.Path, new() { ["TERM"] = kind, ["NO_COLOR"] = noColor }, "Get-NicRing", "ens1f0", "-Snapshot", Repository.Snapshot("two-port-i40e"));

        Assert.Equal(0, terminal.End());
        Assert.Contains("ens1f0", terminal.Screen, StringComparison.Ordinal);
        Assert.Equal(hasColours, terminal.Screen.Contains("\e[32;1m", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Json")]
    public void CtrlCEndsARunWith130(string format)
    {
        using Process zept = Process.Start(new ProcessStartInfo("env", [Zept.DefaultInterrupt, Zept.Path, "-OutputFormat", format, "'run'; while (1) { [Threading.Thread]::Sleep(20) }"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        zept.StandardInput.Close();
        string output = "";
        while (!output.Contains("run", StringComparison.Ordinal))
        {
            output += (char)zept.StandardOutput.Read();
        }

        _ = ExternalTool.Run("kill", "-INT", $"{zept.Id}");
        output += zept.StandardOutput.ReadToEnd();
        zept.WaitForExit();

        Assert.Equal(130, zept.ExitCode);
        Assert.Equal(format == "Json" ? "[\"run\"]" : "run", string.Concat(output.Where(letter => !char.IsWhiteSpace(letter))));
    }

    /// <summary>At the next prompt, presses keys and waits for what they give.</summary>
    private static void Enter(PseudoTerminal terminal, string keys, string shown)
    {
        terminal.WaitFor("> ");
        terminal.Press(keys);
        terminal.WaitFor(shown);
    }
}
