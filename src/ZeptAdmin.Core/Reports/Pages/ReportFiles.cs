using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Reports;

/// <summary>Writes pictures and pages: beside their place, to the disk, then into it.</summary>
internal static class ReportFiles
{
    /// <summary>Writes a file whole or not at all; what is to be written is asked for only when it may be.</summary>
    /// <exception cref="KernelException">EEXIST when there is a file and it is not to be replaced; else why it cannot be written.</exception>
    public static void Write(string path, string what, bool replace, Func<string> content)
    {
        Errno errno = !replace && Path.Exists(path) ? Errno.EEXIST : new LiveFileTree().Replace(path, Encoding.UTF8.GetBytes(content()));
        if (errno != Errno.None)
        {
            throw new KernelException(new Refusal(errno, what, path) { Detail = Detail(path, errno) });
        }
    }

    private static string? Detail(string path, Errno errno) => errno switch
    {
        Errno.EEXIST => "-Force replaces it.",
        Errno.EINVAL when LiveFileTree.IsDevice(path) => LiveFileTree.NotReplaced,
        _ => null,
    };
}
