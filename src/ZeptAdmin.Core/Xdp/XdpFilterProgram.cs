using ZeptAdmin.Linux;

namespace ZeptAdmin.Xdp;

/// <summary>Runs xdp-filter of xdp-tools; its exit code is the answer. Always a list of arguments, never a shell's line.</summary>
internal static class XdpFilterProgram
{
    private const string Program = "xdp-filter";

    /// <summary>Runs one command.</summary>
    /// <param name="operation">What it is to do, as a verb phrase.</param>
    /// <param name="target">To what.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Null when it succeeded.</returns>
    public static Refusal? Run(string operation, string target, params string[] arguments)
    {
        if (Find() is not string program)
        {
            return new Refusal(Errno.ENOENT, operation, target) { Detail = "xdp-filter is not installed (package xdp-tools)." };
        }

        (int code, string said) = DetachedProcess.Run(program, arguments);
        return code == 0 ? null : new Refusal(Errno.EIO, operation, target) { Capability = "root", Detail = $"xdp-filter says: {said.Replace('\n', ' ').Trim()}" };
    }

    /// <summary>Where it is; null when it is not installed.</summary>
    public static string? Find() => DetachedProcess.Find(Program);
}
