using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ZeptAdmin.Benchmarks;

/// <summary>An engine as a user's session has it.</summary>
internal sealed class WarmEngine : IDisposable
{
    private readonly Runspace _runspace;
    private readonly PowerShell _shell;

    public WarmEngine(bool hasModule = true)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        _shell = PowerShell.Create(_runspace);
        if (hasModule)
        {
            _ = Run($"Import-Module '{Module}' -ErrorAction Stop");
        }
    }

    /// <summary>The built module.</summary>
    public static string Module { get; } = FindModule();

    /// <summary>Runs a script; an error ends the benchmark, so that no refusal is timed as an answer.</summary>
    public int Run(string script)
    {
        _shell.Commands.Clear();
        _shell.Streams.ClearStreams();
        int count = _shell.AddScript(script).Invoke().Count;
        return _shell.HadErrors ? throw new InvalidOperationException($"{script}: {_shell.Streams.Error[0]}") : count;
    }

    public void Dispose()
    {
        _shell.Dispose();
        _runspace.Dispose();
    }

    private static string FindModule()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ZeptAdmin.sln")))
            {
                return Path.Combine(folder.FullName, "out", "ZeptAdmin", "ZeptAdmin.psd1");
            }
        }

        throw new InvalidOperationException("Run from a checkout.");
    }
}
