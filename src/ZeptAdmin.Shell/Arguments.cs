namespace ZeptAdmin.Shell;

/// <summary>What a run of <c>zept</c> is to do.</summary>
internal enum Mode
{
    /// <summary>Ask for commands at a prompt.</summary>
    Prompt,

    /// <summary>Run the words of the command line.</summary>
    Command,

    /// <summary>Run a script file.</summary>
    File,

    /// <summary>Run the script that comes on the standard input.</summary>
    StandardInput,

    /// <summary>Serve PowerShell remoting on the standard input and output.</summary>
    SshSubsystem,

    /// <summary>Print the help.</summary>
    Help,

    /// <summary>Print the version.</summary>
    Version,
}

/// <summary>zept was called wrongly; the message says how.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command line of <c>zept</c>, understood.</summary>
internal sealed record Arguments
{
    /// <summary>What to do.</summary>
    public Mode Mode { get; private init; }

    /// <summary>The command and its arguments, or the script file and its arguments.</summary>
    public string[] Words { get; private init; } = [];

    /// <summary>Results as one JSON array instead of tables.</summary>
    public bool Json { get; private init; }

    /// <summary>The prompt starts without a greeting.</summary>
    public bool NoLogo { get; private init; }

    /// <summary>Understands a command line: zept's own options come first, the first other word begins the command.</summary>
    /// <exception cref="UsageException">The options make no sense.</exception>
    public static Arguments Parse(string[] args)
    {
        Arguments parsed = new();
        int next = 0;
        while (next < args.Length)
        {
            string word = args[next++];
            switch (word.ToLowerInvariant())
            {
                case "--help" or "-help" or "-h" or "-?":
                    return new Arguments { Mode = Mode.Help };
                case "--version" or "-version":
                    return new Arguments { Mode = Mode.Version };
                case "-nologo" or "--nologo":
                    parsed = parsed with { NoLogo = true };
                    break;
                case "-sshs" or "--sshs":
                    return next == args.Length
                        ? parsed with { Mode = Mode.SshSubsystem }
                        : throw new UsageException($"-sshs takes no arguments, but there is '{args[next]}'.");
                case "-outputformat" or "--output-format" or "-o":
                    parsed = parsed with { Json = IsJson(Value(args, next++, word)) };
                    break;
                case "-file" or "--file" or "-f":
                    return parsed with { Mode = Mode.File, Words = [ExistingFile(Value(args, next, word)), .. args[(next + 1)..]] };
                case "-command" or "--command" or "-c" or "--":
                    _ = Value(args, next, word);
                    return parsed with { Mode = Mode.Command, Words = args[next..] };
                case "-":
                    return parsed with { Mode = Mode.StandardInput };
                case ['-', ..]:
                    throw new UsageException($"there is no option '{word}'.");
                default:
                    return parsed with { Mode = Mode.Command, Words = args[(next - 1)..] };
            }
        }

        if (Console.IsInputRedirected)
        {
            return parsed with { Mode = Mode.StandardInput };
        }

        return parsed.Json ? throw new UsageException("-OutputFormat Json needs a command, -File or a script on the standard input.") : parsed;
    }

    private static string Value(string[] args, int index, string option) =>
        index < args.Length ? args[index] : throw new UsageException($"{option} needs a value.");

    private static bool IsJson(string format) => format.ToLowerInvariant() switch
    {
        "json" => true,
        "text" => false,
        _ => throw new UsageException($"-OutputFormat is Text or Json, not '{format}'."),
    };

    private static string ExistingFile(string path) =>
        File.Exists(path) ? Path.GetFullPath(path) : throw new UsageException($"there is no file '{path}'.");
}
