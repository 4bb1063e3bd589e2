using System.Diagnostics;
using System.Reflection;

namespace ZeptAdmin.Tests.Shell;

/// <summary>Runs the built zept as its users do: as a process.</summary>
internal static class Zept
{
    /// <summary>The program that the build made.</summary>
    public static string Path { get; } = System.IO.Path.Combine(
        Repository.Root, "src", "ZeptAdmin.Shell", "bin", typeof(Zept).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration, "net10.0", "zept");

    /// <summary>Option of env(1): Ctrl+C has its meaning, also where the tests were started in the background of a shell, which takes it away.</summary>
    public const string DefaultInterrupt = "--default-signal=INT";

    /// <summary>Runs it with nothing on the standard input.</summary>
    public static ZeptResult Run(params string[] arguments) => RunWith("", [], arguments);

    /// <summary>Runs it with a text on the standard input and with environment variables.</summary>
    public static ZeptResult RunWith(string input, Dictionary<string, string?> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("COLUMNS");
        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process zept = Process.Start(start)!;
        Task<string> output = zept.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = zept.StandardError.ReadToEndAsync(CancellationToken.None);
        zept.StandardInput.Write(input);
        zept.StandardInput.Close();
        zept.WaitForExit();
        return new ZeptResult(zept.ExitCode, output.Result, errors.Result);
    }
}

/// <summary>How a run of zept ended.</summary>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ZeptResult(int ExitCode, string Output, string Errors);
