using System.Diagnostics;

namespace ZeptAdmin.Benchmarks;

/// <summary>Starts a tool and reads all that it prints, as a script that parses it would.</summary>
internal static class Tool
{
    public static int Run(string tool, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{tool} does not start.");
        int length = process.StandardOutput.ReadToEnd().Length;
        process.WaitForExit();
        return length;
    }
}
