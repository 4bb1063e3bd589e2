using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ZeptAdmin.Tests;

/// <summary>The real engine with the built module in it.</summary>
internal sealed class Engine : IDisposable
{
    private readonly Runspace _runspace;

    /// <summary>Opens an engine and imports the module.</summary>
    public Engine()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        EngineResult import = Run("Import-Module $args[0] -ErrorAction Stop", Repository.Module);
        Assert.Empty(import.Errors);
    }

    /// <summary>Runs a script; <c>$args</c> are the arguments.</summary>
    public EngineResult Run(string script, params object[] arguments)
    {
        using PowerShell shell = Prepare(script, arguments);
        PSObject[] output = [];
        List<ErrorRecord> errors = [];
        try
        {
            output = [.. shell.Invoke()];
        }
        catch (RuntimeException e)
        {
            errors.Add(e.ErrorRecord);
        }

        errors.AddRange(shell.Streams.Error);
        return new EngineResult(output, [.. errors], [.. shell.Streams.Warning.Select(record => record.Message)], [.. shell.Streams.Verbose.Select(record => record.Message)]);
    }

    /// <summary>A script that is ready to run in this engine, for who stops it or reads it while it runs.</summary>
    public PowerShell Prepare(string script, params object[] arguments)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        _ = shell.AddScript(script);
        foreach (object argument in arguments)
        {
            _ = shell.AddArgument(argument);
        }

        return shell;
    }

    /// <inheritdoc/>
    public void Dispose() => _runspace.Dispose();
}

/// <summary>What a script gave.</summary>
/// <param name="Output">Objects written.</param>
/// <param name="Errors">Error records, a terminating one first.</param>
/// <param name="Warnings">Warnings.</param>
/// <param name="Verbose">Verbose lines.</param>
internal sealed record EngineResult(PSObject[] Output, ErrorRecord[] Errors, string[] Warnings, string[] Verbose)
{
    /// <summary>The one object written, unwrapped.</summary>
    public object Single => Assert.Single(Output).BaseObject;

    /// <summary>Stable ids of the errors, without the name of the class behind them.</summary>
    public string[] ErrorIds => [.. Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0])];
}
