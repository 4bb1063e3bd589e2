namespace ZeptAdmin.Binding;

/// <summary>The program in which this module's commands run, to start one of them in a process of its own.</summary>
internal static class CommandHost
{
    private const string Zept = "zept";
    private const string PowerShell = "pwsh";

    private static readonly string[] PowerShellPaths = ["/usr/bin/pwsh", "/usr/local/bin/pwsh", "/opt/microsoft/powershell/7/pwsh", "/snap/bin/pwsh"];

    /// <summary>Program and arguments up to the command; null when none is found.</summary>
    /// <param name="module">The module's folder.</param>
    public static string[]? Find(string module)
    {
        string own = Environment.ProcessPath ?? "";
        string name = own[(own.LastIndexOf('/') + 1)..];
        string? program = name is Zept or PowerShell ? own : Array.Find(PowerShellPaths, System.IO.Path.Exists);
        return program is null
            ? null
            : name == Zept
                ? [program, "-Command"]
                : [program, "-NoProfile", "-NonInteractive", "-Command", $"Import-Module '{module.Replace("'", "''", StringComparison.Ordinal)}/ZeptAdmin.psd1' -ErrorAction Stop;"];
    }
}
