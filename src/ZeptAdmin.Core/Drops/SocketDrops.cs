using System.Globalization;

namespace ZeptAdmin.Drops;

/// <summary>Drops at AF_PACKET sockets of programs that write no log of them, as the kernel counts them beside the owner's own figures.</summary>
/// <remarks>Sockets without a ring only (sk_drops): those of a socket with a ring the kernel tells its owner alone (field.md K12).</remarks>
internal static class SocketDrops
{
    /// <summary>Name of the counter that the rows come from.</summary>
    public const string Counter = "sk_drops";

    /// <summary>A row for each program; with details, also one for each of its sockets that dropped something.</summary>
    public static IEnumerable<PacketDrop> Rows(DropReading? before, DropReading now, bool detail)
    {
        foreach (IGrouping<string, AfPacketSocket> program in (now.Sockets ?? []).Where(socket => socket.Dropped is not null).GroupBy(socket => socket.ProcessName ?? "a process that is not seen"))
        {
            (AfPacketSocket Socket, long Dropped)[] counted = [.. program.Select(socket => (socket, Since(before, socket)))];
            if (detail)
            {
                foreach ((AfPacketSocket socket, long dropped) in counted.Where(item => item.Dropped > 0))
                {
                    yield return Row(before, now, dropped, program.Key) with
                    {
                        Worker = string.Create(CultureInfo.InvariantCulture, $"{program.Key} ({socket.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "?"}), socket {socket.Inode}"),
                    };
                }
            }

            yield return Row(before, now, counted.Sum(item => item.Dropped), program.Key);
        }
    }

    /// <summary>Programs whose drops only they themselves can tell.</summary>
    public static string[] Silent(DropReading now) =>
        [.. (now.Sockets ?? []).Where(socket => socket.RingVersion is not null).Select(socket => socket.ProcessName ?? "a process that is not seen").Distinct()];

    // A socket that was not there before has counted since it was made.
    private static long Since(DropReading? before, AfPacketSocket socket)
    {
        long first = Array.Find(before?.Sockets ?? [], other => other.Inode == socket.Inode)?.Dropped ?? 0;
        return (long)(CounterStep.Between((ulong)first, (ulong)socket.Dropped!.Value) ?? (ulong)socket.Dropped.Value);
    }

    private static PacketDrop Row(DropReading? before, DropReading now, long dropped, string program) => new()
    {
        InterfaceName = now.InterfaceName,
        Layer = DropLayer.Socket,
        Dropped = dropped,
        Rate = before is not null && now.Time > before.Time ? dropped / (now.Time - before.Time).TotalSeconds : null,
        Since = before?.Time,
        Until = now.Time,
        Counters = [Counter],
        Confidence = DropConfidence.High,
        Note = $"sockets of {program} without a ring, since each was made{(before is null ? "" : " or read before")}; how many packets came to them the kernel tells their owner alone",
    };
}
