using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace ZeptAdmin.Shell;

/// <summary>Asks for commands at a terminal until <c>exit</c> or Ctrl+D.</summary>
internal sealed class Prompt
{
    private readonly Session _session;
    private readonly LineHistory _history = LineHistory.Open();
    private readonly LineEditor _editor;

    /// <summary>Prepares a prompt.</summary>
    public Prompt(Session session)
    {
        _session = session;
        _editor = new LineEditor(_history, Complete);
    }

    /// <summary>Runs what is entered; gives what <c>exit</c> said, else 0.</summary>
    public int Run(bool greet)
    {
        if (greet)
        {
            Console.Out.WriteLine($"ZeptAdmin {Help.Own} on PowerShell {Help.Engine}. Get-Command -Module ZeptAdmin lists the commands; Ctrl+D leaves.");
        }

        while (_session.Host.ExitCode is null && ReadStatement() is string statement)
        {
            if (statement.Length > 0)
            {
                _ = _session.Run(new PSCommand().AddScript(statement), remember: true);
            }
        }

        return _session.Host.ExitCode ?? ExitCode.Ok;
    }

    /// <summary>A whole statement, of several lines where the first is not complete; null at the end.</summary>
    private string? ReadStatement()
    {
        string statement = "";
        string prompt = _session.Host.IsRunspacePushed ? $"[{_session.Host.Runspace.ConnectionInfo?.ComputerName}]: zept> " : "zept> ";
        while (_editor.Read(prompt) is string line)
        {
            if (line.Length == 0)
            {
                return statement;
            }

            _history.Add(line);
            statement += statement.Length == 0 ? line : "\n" + line;
            _ = Parser.ParseInput(statement, out _, out ParseError[] errors);
            if (!errors.Any(error => error.IncompleteInput))
            {
                return statement;
            }

            prompt = ">> ";
        }

        return null;
    }

    private Completion Complete(string text, int cursor)
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = _session.Host.Runspace;
        try
        {
            CommandCompletion found = CommandCompletion.CompleteInput(text, cursor, null, shell);
            return new Completion(
                found.ReplacementIndex,
                found.ReplacementLength,
                [.. found.CompletionMatches.Select(match => match.CompletionText)],
                [.. found.CompletionMatches.Select(match => match.ListItemText)]);
        }
        catch (Exception e) when (e is RuntimeException or InvalidRunspaceStateException)
        {
            return new Completion(cursor, 0, [], []);
        }
    }
}
