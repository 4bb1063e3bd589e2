using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Plans;

/// <summary>Files of plans.</summary>
public static class PlanFiles
{
    /// <summary>Reads the plan of a file.</summary>
    /// <exception cref="KernelException">The file cannot be read.</exception>
    /// <exception cref="KernelFormatException">It is no plan, or one that contradicts itself; with the line.</exception>
    public static NsmPlan Read(string path)
    {
        FileAnswer answer = LiveFileTree.Read(path, int.MaxValue);
        return answer.IsKnown
            ? PlanJson.Read(path, Encoding.UTF8.GetString(answer.Bytes.Span).TrimStart('\ufeff'))
            : throw new KernelException(new Refusal(answer.Errno, "read the plan", path));
    }

    /// <summary>Writes a plan to a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="replaces">True to put it in the place of a file that is there already.</param>
    /// <exception cref="KernelException">The file cannot be written, or is there already (EEXIST).</exception>
    public static void Write(string path, NsmPlan plan, bool replaces)
    {
        Errno errno = !replaces && File.Exists(path) ? Errno.EEXIST : new LiveFileTree().Replace(path, Encoding.UTF8.GetBytes(PlanJson.Write(plan)));
        if (errno != Errno.None)
        {
            throw new KernelException(new Refusal(errno, "write the plan", path));
        }
    }
}
