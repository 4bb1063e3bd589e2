using System.Runtime.ExceptionServices;

namespace ZeptAdmin.Fleet;

/// <summary>Keeps a sensor that hangs up from ending the process that asks the others.</summary>
/// <remarks>
/// When ssh ends while the engine still has something to send, the engine's own thread (SSHClientSessionTransportManager.CloseConnection,
/// PowerShell 7.6) throws "Broken pipe" with nobody to catch it, and the runtime ends the process. What that thread had to do is done by then.
/// </remarks>
public static class LostConnections
{
    private const string Transport = "SSHClientSessionTransportManager";

    /// <summary>From now on, such an exception ends the engine's thread and nothing else. A second call does nothing.</summary>
    public static void Forgive()
    {
        try
        {
            ExceptionHandling.SetUnhandledExceptionHandler(IsOfTransport);
        }
        catch (InvalidOperationException)
        {
            // There is a handler already, of this class or of the program that the module is loaded in.
        }
    }

    private static bool IsOfTransport(Exception exception) =>
        exception is IOException or ObjectDisposedException && exception.StackTrace?.Contains(Transport, StringComparison.Ordinal) == true;
}
