using System.Management.Automation;
using ZeptAdmin.Changes;
using ZeptAdmin.Fleet;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Errors;

/// <summary>Turns refusals into error records: the one table of ids, categories and advice (about_ZeptErrors).</summary>
internal static class KernelErrors
{
    /// <summary>Makes the error record of a refused request.</summary>
    public static ErrorRecord ToErrorRecord(this Refusal refusal) => new KernelException(refusal).ToErrorRecord();

    /// <summary>Makes the error record of a refused request.</summary>
    public static ErrorRecord ToErrorRecord(this KernelException refusal)
    {
        (string id, ErrorCategory category, string advice) = (refusal is JournalException ? OfJournal(refusal.Errno) : null) ?? refusal.Errno switch
        {
            Errno.EPERM or Errno.EACCES => ("PermissionDenied", ErrorCategory.PermissionDenied, $"Run as root, or give the process {refusal.Refusal.Capability ?? "the capability"}."),
            Errno.EBUSY => ("DeviceBusy", ErrorCategory.ResourceBusy, "Stop what captures on the interface, then try again."),
            Errno.EINVAL => ("ValueRejected", ErrorCategory.InvalidArgument, "Compare the value with the maximum that the Get cmdlet shows."),
            Errno.ENODEV or Errno.ENXIO => ("InterfaceNotFound", ErrorCategory.ObjectNotFound, "Get-Nic lists the interfaces."),
            Errno.ENETDOWN => ("InterfaceDown", ErrorCategory.ResourceUnavailable, "Bring the interface up (ip link set NAME up)."),
            Errno.EOPNOTSUPP or Errno.ENOTTY or Errno.ENOSYS => ("NotSupportedByDriver", ErrorCategory.NotImplemented, "The driver has no such setting."),
            Errno.EROFS when refusal.Refusal.IsOfSnapshot => ("SnapshotIsReadOnly", ErrorCategory.WriteError, "Leave out -Snapshot to change this machine."),
            Errno.EROFS => ("FileSystemIsReadOnly", ErrorCategory.WriteError, "Mount the file system writable, then try again."),
            Errno.ENODATA => ("NotInSnapshot", ErrorCategory.ObjectNotFound, "The snapshot was taken without this; take a new one with Save-NsmSnapshot."),
            Errno.ENOENT or Errno.ECONNREFUSED => ("NotPresent", ErrorCategory.ObjectNotFound, "This machine or kernel has no such thing."),
            Errno.EISDIR => ("NotAFile", ErrorCategory.InvalidArgument, "Name a file, or the files in the folder with a wildcard."),
            Errno.EIO when refusal.Refusal.Tool is not null => ("ToolFailed", ErrorCategory.InvalidResult, $"Run {refusal.Refusal.Tool} by hand and put right what it tells, then try again."),
            Errno.EIO => ("DeviceFailed", ErrorCategory.DeviceError, "Look at the kernel log for the device."),
            _ => ("KernelRefused", ErrorCategory.InvalidResult, "Look at the kernel log."),
        };

        return new ErrorRecord(refusal, id, category, refusal.Refusal.Target)
        {
            ErrorDetails = new ErrorDetails(refusal.Message) { RecommendedAction = advice },
        };
    }

    // Not the thing that was to be changed is in the way, but the memory of it.
    private static (string Id, ErrorCategory Category, string Advice)? OfJournal(Errno errno) => errno switch
    {
        Errno.EPERM or Errno.EACCES => null,
        Errno.EBUSY => ("JournalBusy", ErrorCategory.ResourceBusy, "Try again when the other command has ended."),
        _ => ("JournalNotWritable", ErrorCategory.WriteError, "Nothing is changed without it. Make room, or name another folder in ZEPTADMIN_STATE."),
    };

    /// <summary>Makes the error record of something that cannot be understood.</summary>
    public static ErrorRecord ToErrorRecord(this KernelFormatException problem) =>
        new(problem, "UnreadableData", ErrorCategory.InvalidData, problem.SourceName)
        {
            ErrorDetails = new ErrorDetails(problem.Message) { RecommendedAction = "Take the snapshot or the file anew; nothing was changed." },
        };

    /// <summary>Makes the error record of a plan that cannot be understood, or that contradicts itself.</summary>
    public static ErrorRecord ToPlanErrorRecord(this KernelFormatException problem) =>
        new(problem, "PlanRefused", ErrorCategory.InvalidData, problem.SourceName)
        {
            ErrorDetails = new ErrorDetails(problem.Message) { RecommendedAction = "Correct the line, then try again; nothing was changed." },
        };

    /// <summary>Makes the error record of a sensor that did not take what was to be installed.</summary>
    public static ErrorRecord ToErrorRecord(this InstallationException problem) =>
        problem.IsUnreachable
            ? new(problem, "SensorUnreachable", ErrorCategory.ConnectionError, problem.HostName)
            {
                ErrorDetails = new ErrorDetails(problem.Message) { RecommendedAction = "Log in with ssh by hand, with the same name, user and key." },
            }
            : new(problem, "InstallationRefused", ErrorCategory.WriteError, problem.HostName)
            {
                ErrorDetails = new ErrorDetails(problem.Message) { RecommendedAction = "What was there is there; put right what the sensor tells, then try again." },
            };
}
