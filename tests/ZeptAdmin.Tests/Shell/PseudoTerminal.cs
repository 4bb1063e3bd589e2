using System.Diagnostics;
using System.Text;

namespace ZeptAdmin.Tests.Shell;

/// <summary>zept at a terminal: script(1) of util-linux makes one.</summary>
internal sealed class PseudoTerminal : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _script;
    private readonly StringBuilder _screen = new();
    private readonly Task _reading;
    private int _seen;

    /// <summary>Starts zept; skips the test, saying so, where there is no script(1).</summary>
    public PseudoTerminal(string home, Dictionary<string, string?> environment, params string[] arguments)
    {
        (int exitCode, string version, _) = ExternalTool.TryRun("script", "--version");
        Assert.SkipUnless(exitCode == 0 && version.Contains("util-linux", StringComparison.Ordinal), "script of util-linux is not installed");
        // exec: a shell that stays between them would die of the Ctrl+C that zept takes.
        string command = $"exec env {Zept.DefaultInterrupt} " + string.Join(' ', arguments.Prepend(Zept.Path).Select(word => $"'{word}'"));
        ProcessStartInfo start = new("script", ["-q", "-e", "-c", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["HOME"] = home;
        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("XDG_DATA_HOME");
        start.Environment.Remove("NO_COLOR");
        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        _script = Process.Start(start)!;
        _reading = Task.Run(Read);
    }

    /// <summary>Everything that was shown.</summary>
    public string Screen
    {
        get
        {
            lock (_screen)
            {
                return _screen.ToString();
            }
        }
    }

    /// <summary>Presses keys.</summary>
    public void Press(string keys)
    {
        _script.StandardInput.Write(keys);
        _script.StandardInput.Flush();
    }

    /// <summary>Waits until a text is shown, after what was waited for before.</summary>
    public void WaitFor(string text)
    {
        bool isShown = SpinWait.SpinUntil(
            () =>
            {
                lock (_screen)
                {
                    int at = _screen.ToString().IndexOf(text, _seen, StringComparison.Ordinal);
                    _seen = at < 0 ? _seen : at + text.Length;
                    return at >= 0 || (_reading.IsCompleted && _script.HasExited);
                }
            },
            Patience);
        Assert.True(isShown && Screen[.._seen].EndsWith(text, StringComparison.Ordinal), $"'{text}' was not shown; the screen is:\n{Screen}");
    }

    /// <summary>Waits for the end; the exit code of zept.</summary>
    public int End()
    {
        Assert.True(_script.WaitForExit(Patience), $"zept did not end; the screen is:\n{Screen}");
        _reading.Wait();
        return _script.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_script.HasExited)
        {
            _script.Kill(entireProcessTree: true);
        }

        _script.Dispose();
    }

    private void Read()
    {
        char[] part = new char[4096];
        int count;
        while ((count = _script.StandardOutput.Read(part, 0, part.Length)) > 0)
        {
            lock (_screen)
            {
                _ = _screen.Append(part, 0, count);
            }
        }
    }
}
