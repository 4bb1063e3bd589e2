using System.Management.Automation;
using System.Reflection;
using System.Text;

namespace ZeptAdmin.Shell;

/// <summary>Serves PowerShell remoting (PSRP) on the standard input and output, for <c>Subsystem powershell /opt/zept/zept -sshs</c>.</summary>
/// <remarks>
/// The engine's server for this is internal, so it is called by reflection, as <c>pwsh -sshs</c> calls it. The session loads the module
/// by itself: the engine finds a command's module through PSModulePath.
/// </remarks>
internal static class SshSubsystem
{
    private const string MediatorName = "System.Management.Automation.Remoting.Server.StdIOProcessMediator";

    /// <summary>Serves until the client hangs up.</summary>
    public static int Serve()
    {
        MethodInfo? run = typeof(PSObject).Assembly.GetType(MediatorName)?.GetMethod(
            "Run", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public, [typeof(string), typeof(string), typeof(string), typeof(string), typeof(bool)]);
        if (run is null)
        {
            Console.Error.WriteLine($"zept: the engine {Help.Engine} has no {MediatorName}.Run that zept knows; remoting cannot be served.");
            return ExitCode.TerminatingError;
        }

        Session.OfferModules();
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        _ = run.Invoke(null, [null, null, null, null, /* combineErrOutStream: */ true]);
        return ExitCode.Ok;
    }
}
