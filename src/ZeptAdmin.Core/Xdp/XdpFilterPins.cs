using System.Buffers.Binary;
using System.Net;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Xdp;

/// <summary>What xdp-filter keeps in the bpffs: at which interfaces it is, and its rules, which are the same for all of them.</summary>
/// <remarks>
/// xdp-tools, xdp-filter/common_kern_user.h and lib/util/params.c: /sys/fs/bpf/xdp-filter/programs/INTERFACE and maps by their names. A value has flags in
/// its lowest bits (1 source, 2 destination, 4 TCP, 8 UDP) and a counter from bit 6 on, one for each possible CPU.
/// </remarks>
internal static class XdpFilterPins
{
    private const string Folder = "/sys/fs/bpf/xdp-filter";
    private const int Flags = 15;
    private const int Source = 1;
    private const int Destination = 2;
    private const int Tcp = 4;
    private const int Udp = 8;
    private const int CounterShift = 6;

    /// <summary>True when the filter was put to an interface.</summary>
    public static bool IsAt(FileTree files, string interfaceName) => InterfaceName.IsPossible(interfaceName) && files.List($"{Folder}/programs/{interfaceName}").Count > 0;

    /// <summary>Interfaces that have the filter.</summary>
    public static string[] Interfaces(FileTree files) => [.. files.List($"{Folder}/programs").Where(name => IsAt(files, name))];

    /// <summary>All rules, in order; empty where the filter is nowhere.</summary>
    public static Answer<NicXdpRule[]> Rules(FileTree files)
    {
        int cpus = files.ReadCpuList("/sys/devices/system/cpu/possible") is { IsEmpty: false } possible ? possible.Count : 1;
        List<NicXdpRule> rules = [];
        Errno errno = Read("filter_ports", 4, (key, flags) => $"port {BinaryPrimitives.ReadUInt16BigEndian(key)} {Directions(flags)} {Protocols(flags)}");
        errno = errno != Errno.None ? errno : Read("filter_ipv4", 4, (key, flags) => $"ip {new IPAddress(key)} {Directions(flags)}");
        errno = errno != Errno.None ? errno : Read("filter_ipv6", 16, (key, flags) => $"ip {new IPAddress(key)} {Directions(flags)}");
        return errno == Errno.None
            ? rules.OrderBy(rule => rule.Rule, StringComparer.Ordinal).ToArray()
            : new Refusal(errno, "read the rules of xdp-filter", Folder) { Capability = "CAP_BPF and CAP_NET_ADMIN" };

        Errno Read(string map, int keyLength, Func<byte[], int, string> describe)
        {
            string path = $"{Folder}/{map}";
            return !files.Exists(path) ? Errno.None : Bpf.ReadMap(path, keyLength, cpus * sizeof(ulong), (key, value) =>
            {
                int flags = 0;
                long hits = 0;
                for (int cpu = 0; cpu < cpus; cpu++)
                {
                    ulong one = BinaryPrimitives.ReadUInt64LittleEndian(value.AsSpan(cpu * sizeof(ulong)));
                    flags |= (int)(one & Flags);
                    hits += (long)(one >> CounterShift);
                }

                if (flags != 0)
                {
                    rules.Add(new NicXdpRule { Rule = describe(key, flags), Hits = hits });
                }
            });
        }
    }

    /// <summary>Directions as xdp-filter writes them.</summary>
    public static string Directions(int flags) => Join(flags, (Source, "src"), (Destination, "dst"));

    private static string Protocols(int flags) => Join(flags, (Tcp, "tcp"), (Udp, "udp"));

    private static string Join(int flags, params (int Flag, string Word)[] words) =>
        string.Join(',', words.Where(word => (flags & word.Flag) != 0).Select(word => word.Word));
}
