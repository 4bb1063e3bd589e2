using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Audit;

/// <summary>Runs checks on a machine.</summary>
public static class NsmAudit
{
    /// <summary>Results of the checks, each as it is found.</summary>
    /// <param name="subject">The machine and its capture interfaces.</param>
    /// <param name="checks">The checks to run, in this order.</param>
    /// <param name="starting">Told of each check before it runs, with its place from 0; null for nobody.</param>
    /// <param name="cancellation">Stops between two checks.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IEnumerable<CheckResult> Run(AuditSubject subject, IEnumerable<Check> checks, Action<Check, int>? starting, CancellationToken cancellation)
    {
        int place = 0;
        foreach (Check check in checks)
        {
            cancellation.ThrowIfCancellationRequested();
            starting?.Invoke(check, place++);
            foreach (CheckResult result in RunOne(check, subject))
            {
                yield return result;
            }
        }
    }

    // One unreadable file must not cost the verdicts of all other checks.
    private static CheckResult[] RunOne(Check check, AuditSubject subject)
    {
        try
        {
            return [.. check.Run(subject)];
        }
        catch (KernelException e)
        {
            return [check.Result(CheckSeverity.Unknown, "machine", "", e.Message)];
        }
        catch (KernelFormatException e)
        {
            return [check.Result(CheckSeverity.Unknown, "machine", "", e.Message)];
        }
    }
}
