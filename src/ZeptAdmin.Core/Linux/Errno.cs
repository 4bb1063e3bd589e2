namespace ZeptAdmin.Linux;

/// <summary>Error numbers of the kernel (asm-generic/errno-base.h, asm-generic/errno.h; the same on x86-64 and arm64).</summary>
#pragma warning disable CA1008, CA1028 // 0 is "no error"; the names are the kernel's.
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>Operation not permitted.</summary>
    EPERM = 1,
    /// <summary>No such file or directory.</summary>
    ENOENT = 2,
    /// <summary>Interrupted system call.</summary>
    EINTR = 4,
    /// <summary>Input/output error.</summary>
    EIO = 5,
    /// <summary>No such device or address.</summary>
    ENXIO = 6,
    /// <summary>Argument list too long.</summary>
    E2BIG = 7,
    /// <summary>Bad file descriptor.</summary>
    EBADF = 9,
    /// <summary>Resource temporarily unavailable.</summary>
    EAGAIN = 11,
    /// <summary>Cannot allocate memory.</summary>
    ENOMEM = 12,
    /// <summary>Permission denied.</summary>
    EACCES = 13,
    /// <summary>Bad address.</summary>
    EFAULT = 14,
    /// <summary>Device or resource busy.</summary>
    EBUSY = 16,
    /// <summary>File exists.</summary>
    EEXIST = 17,
    /// <summary>No such device.</summary>
    ENODEV = 19,
    /// <summary>Not a directory.</summary>
    ENOTDIR = 20,
    /// <summary>Is a directory.</summary>
    EISDIR = 21,
    /// <summary>Invalid argument.</summary>
    EINVAL = 22,
    /// <summary>Too many open files.</summary>
    EMFILE = 24,
    /// <summary>Inappropriate ioctl for device.</summary>
    ENOTTY = 25,
    /// <summary>No space left on device.</summary>
    ENOSPC = 28,
    /// <summary>Read-only file system.</summary>
    EROFS = 30,
    /// <summary>Result does not fit.</summary>
    ERANGE = 34,
    /// <summary>Function not implemented.</summary>
    ENOSYS = 38,
    /// <summary>Too many levels of symbolic links.</summary>
    ELOOP = 40,
    /// <summary>No data available.</summary>
    ENODATA = 61,
    /// <summary>Message too long.</summary>
    EMSGSIZE = 90,
    /// <summary>Operation not supported.</summary>
    EOPNOTSUPP = 95,
    /// <summary>Network is down.</summary>
    ENETDOWN = 100,
    /// <summary>No buffer space available.</summary>
    ENOBUFS = 105,
    /// <summary>Connection timed out.</summary>
    ETIMEDOUT = 110,
    /// <summary>Connection refused.</summary>
    ECONNREFUSED = 111,
}
#pragma warning restore CA1008, CA1028

/// <summary>Error numbers in words.</summary>
public static class ErrnoText
{
    /// <summary>What the number means, in the words of the C library, with its name.</summary>
    public static string InWords(this Errno errno) => errno switch
    {
        Errno.None => "no error",
        Errno.EPERM => "operation not permitted (EPERM)",
        Errno.ENOENT => "no such file or directory (ENOENT)",
        Errno.EINTR => "interrupted (EINTR)",
        Errno.EIO => "input/output error (EIO)",
        Errno.ENXIO => "no such device or address (ENXIO)",
        Errno.E2BIG => "argument list too long (E2BIG)",
        Errno.EBADF => "bad file descriptor (EBADF)",
        Errno.EAGAIN => "resource temporarily unavailable (EAGAIN)",
        Errno.ENOMEM => "cannot allocate memory (ENOMEM)",
        Errno.EACCES => "permission denied (EACCES)",
        Errno.EFAULT => "bad address (EFAULT)",
        Errno.EBUSY => "device or resource busy (EBUSY)",
        Errno.EEXIST => "already exists (EEXIST)",
        Errno.ENODEV => "no such device (ENODEV)",
        Errno.ENOTDIR => "not a directory (ENOTDIR)",
        Errno.EISDIR => "is a directory (EISDIR)",
        Errno.EINVAL => "invalid argument (EINVAL)",
        Errno.EMFILE => "too many open files (EMFILE)",
        Errno.ENOTTY => "inappropriate ioctl for device (ENOTTY)",
        Errno.ENOSPC => "no space left on device (ENOSPC)",
        Errno.EROFS => "read-only file system (EROFS)",
        Errno.ERANGE => "result out of range (ERANGE)",
        Errno.ENOSYS => "function not implemented by this kernel (ENOSYS)",
        Errno.ELOOP => "too many levels of symbolic links (ELOOP)",
        Errno.ENODATA => "no data available (ENODATA)",
        Errno.EMSGSIZE => "message too long (EMSGSIZE)",
        Errno.EOPNOTSUPP => "operation not supported (EOPNOTSUPP)",
        Errno.ENETDOWN => "network is down (ENETDOWN)",
        Errno.ENOBUFS => "no buffer space available (ENOBUFS)",
        Errno.ETIMEDOUT => "timed out (ETIMEDOUT)",
        Errno.ECONNREFUSED => "connection refused (ECONNREFUSED)",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"error {(int)errno}"),
    };

    /// <summary>True when the number says that the thing does not exist here, as opposed to failing.</summary>
    public static bool MeansUnsupported(this Errno errno) => errno is Errno.EOPNOTSUPP or Errno.ENOTTY or Errno.ENOSYS;

    /// <summary>True when more privileges would help.</summary>
    public static bool MeansForbidden(this Errno errno) => errno is Errno.EPERM or Errno.EACCES;

    /// <summary>The error number behind what .NET threw for a file.</summary>
    /// <remarks>.NET keeps the number of the system call in HResult; its own numbers for a missing folder and the like are negative.</remarks>
    internal static Errno ToErrno(this Exception exception) => exception switch
    {
        UnauthorizedAccessException => exception.InnerException is IOException { HResult: (int)Errno.EROFS } ? Errno.EROFS : Errno.EACCES,
        FileNotFoundException or DirectoryNotFoundException => Errno.ENOENT,
        IOException { HResult: > 0 and < 256 } => (Errno)exception.HResult,
        _ => Errno.EIO,
    };
}
