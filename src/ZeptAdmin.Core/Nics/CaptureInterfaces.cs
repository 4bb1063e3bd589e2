using System.Globalization;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Which interfaces of a machine watch traffic, and which one people log in by.</summary>
/// <remarks>
/// A sensor's capture port has no route and often a packet socket of a capture program; the management port carries the default route.
/// What is said of a capture port (pause off, interrupts steady, no offloads) is wrong for the other, so the two are kept apart.
/// </remarks>
public static class CaptureInterfaces
{
    private const string AllProtocols = "0003";
    private const string Ethernet = "1";

    /// <summary>Interfaces that watch traffic or could: those with a capture socket, else all physical ones but the management port.</summary>
    /// <remarks>A machine with the management port alone gives that one: better to say something of it than nothing.</remarks>
    public static string[] Find(Sensor sensor)
    {
        string[] physical = [.. sensor.InterfaceNames.Where(name => IsPhysical(sensor, name))];
        string[] watched = [.. physical.Intersect(Watched(sensor))];
        if (watched.Length > 0)
        {
            return watched;
        }

        string[] routed = Routed(sensor);
        string[] others = [.. physical.Where(name => !routed.Contains(name))];
        return others.Length > 0 ? others : physical;
    }

    /// <summary>Interfaces of default routes: the machine is reached through them.</summary>
    /// <remarks>/proc/net/route (net/ipv4/fib_trie.c) and /proc/net/ipv6_route (net/ipv6/route.c).</remarks>
    public static string[] Routed(Sensor sensor)
    {
        IEnumerable<string> four =
            from line in sensor.Files.ReadLines("/proc/net/route").Skip(1)
            let fields = line.Split('\t', StringSplitOptions.TrimEntries)
            where fields.Length > 7 && fields[1] == "00000000" && fields[7] == "00000000"
            select fields[0];
        IEnumerable<string> six =
            from line in sensor.Files.ReadLines("/proc/net/ipv6_route")
            let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where fields.Length > 9 && fields[0].All(digit => digit == '0') && fields[1] == "00" && fields[9] != "lo"
            select fields[9];
        return [.. four.Concat(six).Distinct()];
    }

    /// <summary>Interfaces on which a program has a packet socket for all protocols: somebody captures there.</summary>
    /// <remarks>/proc/net/packet (net/packet/af_packet.c): sk, RefCnt, Type, Proto, Iface …</remarks>
    public static string[] Watched(Sensor sensor)
    {
        HashSet<int> indexes =
        [
            .. from line in sensor.Files.ReadLines("/proc/net/packet").Skip(1)
               let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where fields.Length > 4 && fields[3] == AllProtocols
               let index = int.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0
               where index > 0
               select index,
        ];
        return [.. sensor.InterfaceNames.Where(name => sensor.Files.ReadInt32($"/sys/class/net/{name}/ifindex") is int index && indexes.Contains(index))];
    }

    private static bool IsPhysical(Sensor sensor, string name) =>
        sensor.Files.ReadText($"/sys/class/net/{name}/type") == Ethernet && sensor.Files.Exists($"/sys/class/net/{name}/device");
}
