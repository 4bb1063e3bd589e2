using ZeptAdmin.Linux;

namespace ZeptAdmin.Drops;

/// <summary>What the members of a fanout group say of themselves, in the statistics of their program, held against what was sent.</summary>
/// <remarks>
/// Such figures are late by up to some seconds and leave out what a filter of the program kept away, so each must agree closely with a place of
/// its own, and no other arrangement may agree even roughly: a member that is late or filters agrees with none, and nothing is decided.
/// </remarks>
internal static class FanoutLogged
{
    private const string ZeekName = "zeek";
    private const string ZeekNode = "CLUSTER_NODE=";

    // Longest name of a thread that the kernel keeps: TASK_COMM_LEN of linux/sched.h, less its end.
    private const int LongestName = 15;

    /// <summary>The figures of each member, by the name of its reading thread (Suricata) or of its process in the cluster (Zeek); null for any that has none.</summary>
    /// <param name="files">This machine's files.</param>
    /// <param name="group">The group.</param>
    /// <param name="logged">What workers counted.</param>
    /// <param name="readerOf">The thread that reads a socket, by the socket's number.</param>
    public static WorkerDrops?[] Match(FileTree files, AfPacketFanout group, IReadOnlyList<WorkerDrops> logged, Func<long, FanoutThread?> readerOf)
    {
        string?[] names = Array.ConvertAll(group.Sockets, socket => socket.ProcessName == ZeekName && socket.ProcessId is int process ? NodeOf(files, process) : readerOf(socket.Inode)?.Name);
        return Array.ConvertAll(names, name => name is not null && names.Count(other => other == name) == 1 && logged.Where(row => Is(row.Worker, name)).ToArray() is [WorkerDrops only] ? only : null);
    }

    private static bool Is(string worker, string name) => worker == name || (name.Length == LongestName && worker.StartsWith(name, StringComparison.Ordinal));

    private static string? NodeOf(FileTree files, int process)
    {
        string? variable = files.ReadText(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/{process}/environ"))?.Split('\0').FirstOrDefault(line => line.StartsWith(ZeekNode, StringComparison.Ordinal));
        return variable?[ZeekNode.Length..];
    }
}
