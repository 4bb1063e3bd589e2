using ZeptAdmin.Fleet;

namespace ZeptAdmin.Shell;

/// <summary>Entry point of <c>zept</c>.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        // A sensor talks to nobody on its own: the engine reads both when its first type loads.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_DIAGNOSTICS_OPTOUT", "1");
        LostConnections.Forgive();
        try
        {
            return Run(Arguments.Parse(args));
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"zept: {e.Message}");
            Console.Error.WriteLine("Try 'zept --help'.");
            return ExitCode.Usage;
        }
    }

    private static int Run(Arguments arguments)
    {
        switch (arguments.Mode)
        {
            case Mode.Help:
                Console.Out.Write(Help.Text);
                return ExitCode.Ok;
            case Mode.Version:
                Console.Out.WriteLine(Help.Version);
                return ExitCode.Ok;
            case Mode.SshSubsystem:
                return SshSubsystem.Serve();
        }

        using Session session = new(arguments.Json);
        return arguments.Mode switch
        {
            Mode.Command => session.RunWords(arguments.Words),
            Mode.File => session.RunFile(arguments.Words),
            Mode.StandardInput => session.RunScript(Console.In.ReadToEnd()),
            _ => new Prompt(session).Run(greet: !arguments.NoLogo),
        };
    }
}
