using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Shell;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class Help
{
    /// <summary>The help.</summary>
    public const string Text = """
        zept: the ZeptAdmin module in a PowerShell engine of its own

        zept [OPTION]... COMMAND [ARGUMENT]...   run one command, its arguments as they stand
        zept [OPTION]... 'SCRIPT'                run a script: one word with spaces, pipes or braces
        zept [OPTION]... -File FILE [ARGUMENT]...
        zept [OPTION]... -                       run the script on the standard input
        zept [-NoLogo]                           ask for commands at a prompt

          -OutputFormat Text|Json   tables (the default), or all results as one JSON array
          -NoLogo                   no greeting before the prompt
          -sshs                     serve PowerShell remoting, as an SSH subsystem:
                                    Subsystem powershell /opt/zept/zept -sshs
          --help, --version

        Results go to the standard output; errors, warnings, verbose lines and progress to the
        standard error. Colours and progress only on a terminal; NO_COLOR=1 turns colours off.
        A list is written with commas (ens1f0,ens1f1), a true or false value with a colon
        (-Confirm:false), a pipe between commands as '|' in quotes.

        Exit code: 0 done, also where an error ended nothing; 1 a terminating error (with
        -ErrorAction Stop every error is one); 2 zept was called wrongly; 130 Ctrl+C;
        or what the script says with 'exit N'.

        zept Test-NsmSensor
        zept Get-NicRing ens1f0,ens1f1
        zept "Get-Nic | Where-Object Driver -eq i40e | Get-NicRing"
        zept -OutputFormat Json Get-NsmTopology -Snapshot sensor.zip

        """;

    /// <summary>Versions of zept, the engine and the runtime.</summary>
    public static string Version => $"zept {Own} (PowerShell {Engine}, {RuntimeInformation.FrameworkDescription})";

    /// <summary>Version of zept.</summary>
    public static string Own => InformationalVersion(typeof(Help).Assembly);

    /// <summary>Version of the engine.</summary>
    public static string Engine => InformationalVersion(typeof(PSObject).Assembly);

    /// <summary>Without the commit that builds append.</summary>
    private static string InformationalVersion(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0];
}
