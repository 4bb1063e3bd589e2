using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>A thread of a process or of the kernel, as /proc tells of it.</summary>
/// <remarks>/proc/PID/task/TID/stat of proc_pid_stat.5; the flags are those of include/linux/sched.h.</remarks>
/// <param name="Process">Number of the process.</param>
/// <param name="Id">Number of the thread.</param>
/// <param name="Name">Name, at most 15 letters.</param>
/// <param name="Flags">PF_ flags.</param>
/// <param name="Ticks">Hundredths of a second that it ran, for itself and in the kernel.</param>
/// <param name="Began">Hundredths of a second from boot to its start: with the number, who it is.</param>
/// <param name="Processor">CPU that it ran on last, or is running on.</param>
internal sealed record CpuTask(int Process, int Id, string Name, uint Flags, long Ticks, long Began, int Processor)
{
    /// <summary>Nanoseconds in one of <see cref="Ticks"/>: USER_HZ is 100 everywhere.</summary>
    public const long NanosecondsOfTick = 10_000_000;

    private const uint PF_KTHREAD = 0x00200000;
    private const uint PF_NO_SETAFFINITY = 0x04000000;

    // Fields behind the name, from the state, which is the third of all.
    private const int FlagsField = 6;
    private const int UserField = 11;
    private const int SystemField = 12;
    private const int StartField = 19;
    private const int ProcessorField = 36;

    /// <summary>True for a thread of the kernel.</summary>
    public bool IsOfKernel => (Flags & PF_KTHREAD) != 0;

    /// <summary>True for a thread of the kernel whose CPUs nobody else may choose.</summary>
    public bool IsFixed => (Flags & PF_NO_SETAFFINITY) != 0;

    /// <summary>All threads of a machine; those that end meanwhile are left out.</summary>
    public static IEnumerable<CpuTask> All(FileTree files) => ProcessFolders.Ids(files).SelectMany(process => OfProcess(files, process));

    /// <summary>Threads of a process; a capture that kept the process alone gives its main thread.</summary>
    public static IEnumerable<CpuTask> OfProcess(FileTree files, int process)
    {
        IReadOnlyList<string> names = files.List(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task"));
        IEnumerable<string> folders = names.Count == 0
            ? [string.Create(CultureInfo.InvariantCulture, $"/proc/{process}")]
            : names.Select(name => string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{name}"));
        return folders.Select(folder => Parse(process, files.ReadText(folder + "/stat") ?? "")).OfType<CpuTask>();
    }

    /// <summary>Reads the text of a stat file; null when it is none.</summary>
    public static CpuTask? Parse(int process, string stat)
    {
        // The name may hold spaces and brackets itself.
        int open = stat.IndexOf('(', StringComparison.Ordinal);
        int close = stat.LastIndexOf(')');
        string[] fields = close < open || open < 0 ? [] : stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > ProcessorField
            && int.TryParse(stat.AsSpan(0, open).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            && uint.TryParse(fields[FlagsField], NumberStyles.None, CultureInfo.InvariantCulture, out uint flags)
            && Number(fields[UserField]) is long user && Number(fields[SystemField]) is long system && Number(fields[StartField]) is long began
            && int.TryParse(fields[ProcessorField], NumberStyles.None, CultureInfo.InvariantCulture, out int processor) && processor <= CpuList.Highest
                ? new CpuTask(process, id, stat[(open + 1)..close], flags, user + system, began, processor)
                : null;
    }

    /// <summary>Nanoseconds that it ran and how often it was put on a CPU; null where the kernel does not keep that (CONFIG_SCHED_INFO).</summary>
    /// <remarks>schedstat of Documentation/scheduler/sched-stats.rst.</remarks>
    public (long Nanoseconds, long Runs)? Exact(FileTree files)
    {
        string[] words = (files.ReadText(Folder(files) + "/schedstat") ?? "").Split(' ');
        return words.Length == 3 && Number(words[0]) is long nanoseconds && Number(words[2]) is long runs ? (nanoseconds, runs) : null;
    }

    /// <summary>CPUs that it may run on; null when it has ended.</summary>
    public CpuList? AllowedCpus(FileTree files)
    {
        const string Label = "Cpus_allowed_list:";
        string? line = Array.Find(files.ReadLines(Folder(files) + "/status"), line => line.StartsWith(Label, StringComparison.Ordinal));
        return CpuList.TryParse(line?[Label.Length..], out CpuList? cpus) ? cpus : null;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private string Folder(FileTree files)
    {
        string thread = string.Create(CultureInfo.InvariantCulture, $"/proc/{Process}/task/{Id}");
        return files.Exists(thread) ? thread : string.Create(CultureInfo.InvariantCulture, $"/proc/{Process}");
    }
}
