using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ZeptAdmin.Shell;

/// <summary>An engine with the module in it; runs pipelines and shows what they give.</summary>
internal sealed class Session : IDisposable
{
    private static readonly string Modules = Path.Combine(AppContext.BaseDirectory, "Modules");

    private readonly Lock _stopping = new();
    private readonly bool _json;
    private PowerShell? _running;
    private bool _isInterrupted;

    /// <summary>Opens an engine and imports the module.</summary>
    /// <param name="json">Results become one JSON array on the standard output.</param>
    public Session(bool json)
    {
        _json = json;
        OfferModules();
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Path.Combine(Modules, "ZeptAdmin", "ZeptAdmin.psd1")]);
        state.Commands.Add(new SessionStateCmdletEntry(OutJsonCommand.Name, typeof(OutJsonCommand), null) { Visibility = SessionStateEntryVisibility.Public });
        state.ThrowOnRunspaceOpenError = true;
        Host = new ZeptHost(json ? Console.Error : Console.Out);
        Host.Local = RunspaceFactory.CreateRunspace(Host, state);
        Host.Local.ThreadOptions = PSThreadOptions.ReuseThread;
        Host.Local.Open();
        Console.CancelKeyPress += OnCancelKeyPress;
    }

    /// <summary>The host.</summary>
    public ZeptHost Host { get; }

    /// <summary>Lets the engine find zept's modules by a command's name, in sessions and jobs too.</summary>
    public static void OfferModules()
    {
        string? path = Environment.GetEnvironmentVariable("PSModulePath");
        Environment.SetEnvironmentVariable("PSModulePath", string.IsNullOrEmpty(path) ? Modules : $"{Modules}:{path}");
    }

    /// <summary>A command by its name; null where there is none.</summary>
    public CommandInfo? FindCommand(string name) =>
        Host.Local!.SessionStateProxy.InvokeCommand.GetCommand(name, CommandTypes.All);

    /// <summary>Runs the words of a command line.</summary>
    public int RunWords(string[] words) => Run(() => CommandWords.Bind(words, FindCommand));

    /// <summary>Runs a script that ends at its first terminating error.</summary>
    public int RunScript(string script) => Run(() => CommandWords.Script(script));

    /// <summary>Runs a script file as PowerShell does: an error ends a statement, <c>throw</c> and <c>exit</c> end the script.</summary>
    public int RunFile(string[] fileAndArguments) => Run(() =>
    {
        CommandParameter[] arguments = [.. CommandWords.Arguments(fileAndArguments[1..], FindCommand(fileAndArguments[0]))];
        Hashtable named = [];
        foreach (CommandParameter argument in arguments.Where(argument => argument.Name is not null))
        {
            named[argument.Name] = argument.Value ?? true;
        }

        // $? tells the script's own "exit N" from the exit code of a program that it ran.
        return new PSCommand()
            .AddScript("param($file, $named, $others) & $file @named @others; if (-not $?) { exit $(if ($LASTEXITCODE) { $LASTEXITCODE } else { 1 }) }")
            .AddArgument(fileAndArguments[0])
            .AddArgument(named)
            .AddArgument(arguments.Where(argument => argument.Name is null).Select(argument => argument.Value).ToArray());
    });

    /// <summary>Runs a pipeline, shows its results and errors, and tells the exit code.</summary>
    public int Run(PSCommand pipeline, bool remember = false)
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = Host.Runspace;
        using JsonArray? array = _json ? new JsonArray(Console.Out) : null;
        Command last = new(array is null ? "Out-Default" : OutJsonCommand.Name);
        if (array is not null)
        {
            last.Parameters.Add("Array", array);
        }

        // Errors travel with the results, so that both are shown in their order.
        pipeline.Commands[^1].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.Commands = pipeline.AddCommand(last);
        Begin(shell);
        try
        {
            _ = shell.Invoke(null, new PSInvocationSettings { AddToHistory = remember });
            return Host.ExitCode ?? (IsInterrupted ? ExitCode.Interrupted : ExitCode.Ok);
        }
        catch (PipelineStoppedException)
        {
            return ExitCode.Interrupted;
        }
        catch (RuntimeException e)
        {
            ShowError(e.ErrorRecord);
            return IsInterrupted ? ExitCode.Interrupted : ExitCode.TerminatingError;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Shows an error as the engine's views have it, on the standard error.</summary>
    public void ShowError(ErrorRecord error)
    {
        ZeptHostUI ui = (ZeptHostUI)Host.UI;
        using PowerShell shell = PowerShell.Create(Host.Local);
        ui.ResultsAreErrors = true;
        _ = shell.AddCommand("Out-Default").Invoke(new[] { error });
        ui.ResultsAreErrors = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancelKeyPress;
        Host.Local?.Dispose();
    }

    private int Run(Func<PSCommand> parse)
    {
        try
        {
            return Run(parse());
        }
        catch (ParseException e)
        {
            ShowError(e.ErrorRecord);
            return ExitCode.TerminatingError;
        }
    }

    // Ctrl+C while the command ran, or at a question that it asked.
    private bool IsInterrupted => _isInterrupted || ((ZeptHostUI)Host.UI).IsInterrupted;

    private void Begin(PowerShell shell)
    {
        ((ZeptHostUI)Host.UI).IsInterrupted = false;
        lock (_stopping)
        {
            _isInterrupted = false;
            _running = shell;
        }
    }

    private void End()
    {
        lock (_stopping)
        {
            _running = null;
        }

        ((ZeptHostUI)Host.UI).EndProgress();
    }

    /// <summary>Ctrl+C stops the pipeline; a second one, while it does not stop, ends zept.</summary>
    private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs e)
    {
        lock (_stopping)
        {
            if (_running is not null && !_isInterrupted)
            {
                e.Cancel = true;
                _isInterrupted = true;
                _ = _running.BeginStop(null, null);
            }
        }
    }
}
