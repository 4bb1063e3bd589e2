using System.Diagnostics;

namespace ZeptAdmin.Tests;

/// <summary>Runs the tools that the module is held against (ethtool, lstopo, lscpu, ip): never used by the module itself.</summary>
internal static class ExternalTool
{
    /// <summary>Output of a tool; skips the test, saying so, where the tool is not installed.</summary>
    public static string Run(string tool, params string[] arguments)
    {
        (int exitCode, string output, string errors) = TryRun(tool, arguments);
        Assert.True(exitCode == 0, $"{tool} {string.Join(' ', arguments)} ended with {exitCode}: {errors}");
        return output;
    }

    /// <summary>Exit code and output of a tool; skips the test, saying so, where the tool is not installed.</summary>
    public static (int ExitCode, string Output, string Errors) TryRun(string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["LC_ALL"] = "C";
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{tool} is not installed");
        }

        using (process)
        {
            process!.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
    }

    /// <summary>Skips the test, saying so, where it does not run as root.</summary>
    public static void NeedRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "this test makes network namespaces and needs root");
}
