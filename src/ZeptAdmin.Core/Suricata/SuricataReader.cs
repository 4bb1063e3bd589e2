using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Suricata;

/// <summary>What a configuration means.</summary>
internal static class SuricataReader
{
    private const string Specific = "interface-specific-cpu-set";

    /// <summary>Bytes of a packet's own data beside its content, in round numbers (the equation of S1, field.md L6).</summary>
    private const int PacketOverhead = 1024;

    /// <summary>Release that a file is for, by what only one of them knows: its own line, then the layout of its CPU sets.</summary>
    public static int Guess(SuricataNode root)
    {
        string written = root["suricata-version"]?.Value ?? "";
        return written.Length > 1 && written[1] == '.' && SuricataKeys.Versions.Contains(written[0] - '0') ? written[0] - '0'
            : root["af-packet"]?.Children.Exists(item => item["enable-hwtimestamp"] is not null) == true ? 9
            : root["threading.cpu-affinity"] is { IsList: false, Children.Count: > 0 } || root["threading.autopin"] is not null ? 8
            : 7;
    }

    /// <summary>What the interfaces say.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="version">Release.</param>
    /// <param name="mtu">MTU of an interface; null when that is not known.</param>
    public static SuricataInterface[] Interfaces(SuricataNode root, int version, Func<string, int?> mtu)
    {
        SuricataNode[] items = [.. root["af-packet"]?.Children ?? []];
        SuricataNode? fallback = Array.Find(items, item => item["interface"]?.Value == "default");
        int packet = (int)(SuricataSize.Parse(root["default-packet-size"]?.Value, version) ?? 0);
        return
        [
            .. from item in items
               let name = item["interface"]?.Value
               where name is not null and not "default"
               select Interface(name, item, fallback, version, mtu(name) ?? 1500, packet, PendingPackets(root)),
        ];
    }

    /// <summary>Threads with the CPUs that they get: of an exclusive set one after another, from the lowest, and again from the front.</summary>
    /// <remarks>
    /// AffinityGetNextCPU of util-affinity.c. Threads start in the order of the interfaces, each after the one before has its CPU (TmThreadSpawn waits for it).
    /// </remarks>
    public static SuricataWorker[] Workers(SuricataNode root, SuricataInterface[] interfaces)
    {
        bool isPinned = root["threading.set-cpu-affinity"]?.AsBoolean == true;
        SuricataNode? all = CpuSet(root, "worker-cpu-set");
        Dictionary<SuricataNode, int> given = [];
        List<SuricataWorker> workers = [];
        foreach (SuricataInterface card in interfaces)
        {
            for (int i = 0; i < (card.Threads ?? 0); i++)
            {
                SuricataNode? set = OfInterface(all, card.InterfaceName) ?? all;
                int[] cpus = isPinned && set is not null ? Cpus(set["cpu"]) : [];
                bool isExclusive = set?["mode"]?.Value is null or "exclusive";
                int number = set is null ? 0 : given.GetValueOrDefault(set);
                workers.Add(new SuricataWorker
                {
                    Name = string.Create(CultureInfo.InvariantCulture, $"W#{i + 1:00}-{card.InterfaceName}"),
                    InterfaceName = card.InterfaceName,
                    Cpu = cpus.Length > 0 && isExclusive ? cpus[number % cpus.Length] : null,
                });
                if (set is not null)
                {
                    given[set] = number + 1;
                }
            }
        }

        return [.. workers];
    }

    /// <summary>A set of CPUs by its name, in the list of version 7 and in the map of version 8; null when it is not there.</summary>
    public static SuricataNode? CpuSet(SuricataNode root, string name) =>
        root["threading.cpu-affinity"] is not SuricataNode sets ? null
        : sets.IsList ? sets.Children.Select(item => item[name]).FirstOrDefault(node => node is not null)
        : sets[name];

    /// <summary>What a set has for one interface; null when it has nothing of its own.</summary>
    public static SuricataNode? OfInterface(SuricataNode? set, string interfaceName) =>
        set?[Specific]?.Children.Find(item => item["interface"]?.Value == interfaceName);

    /// <summary>CPUs of a list, ascending; "all" is left out, as it says nothing.</summary>
    public static int[] Cpus(SuricataNode? list)
    {
        string[] values = list is null ? [] : list.Children.Count > 0 ? list.Values : list.Value is string one ? [one] : [];
        return [.. values.SelectMany(value => CpuList.TryParse(value, out CpuList? cpus) ? cpus.ToArray() : []).Distinct().Order()];
    }

    /// <summary>Packets that a thread keeps.</summary>
    public static int PendingPackets(SuricataNode root) => (int)(root["max-pending-packets"]?.AsNumber ?? SuricataRing.DefaultPendingPackets);

    /// <summary>Memory of it all.</summary>
    public static SuricataMemory Memory(SuricataNode root, SuricataInterface[] interfaces, int version, Func<string, int?> mtu)
    {
        long Cap(string path, long otherwise) => SuricataSize.Parse(root[path]?.Value, version) ?? otherwise;
        long packet = SuricataSize.Parse(root["default-packet-size"]?.Value, version) ?? 0;
        return new SuricataMemory
        {
            RingBytes = interfaces.Sum(card => card.RingBytes * (card.Threads ?? 1)),
            PacketBytes = interfaces.Sum(card => (card.Threads ?? 1) * PendingPackets(root) * ((packet > 0 ? packet : (mtu(card.InterfaceName) ?? 1500) + 24) + PacketOverhead)),
            FlowBytes = Cap("flow.memcap", 32L << 20),
            StreamBytes = Cap("stream.memcap", 64L << 20),
            ReassemblyBytes = Cap("stream.reassembly.memcap", 256L << 20),
            DefragmentationBytes = Cap("defrag.memcap", 16L << 20),
            HostBytes = Cap("host.memcap", 16L << 20),
            IpPairBytes = Cap("ippair.memcap", 16L << 20),
        };
    }

    private static SuricataInterface Interface(string name, SuricataNode item, SuricataNode? fallback, int version, int mtu, int packet, int pending)
    {
        SuricataNode? Get(string key) => item[key] is { Value: not null } own ? own : fallback?[key];
        string? copy = Get("copy-iface")?.Value is null ? null : Get("copy-mode")?.Value;
        string type = Get("cluster-type")?.Value ?? "cluster_flow";
        // 7.0 puts fragments together without being told only where no cluster-type is named; 8.0 does wherever it captures only.
        bool isDefragmented = type is "cluster_flow" or "cluster_rollover" && (Get("defrag")?.AsBoolean ?? (version >= 8 ? copy is null : Get("cluster-type") is null));
        int tpacket = Get("tpacket-v3")?.AsBoolean ?? (version >= 8 && copy is null) ? 3 : 2;
        int? threads = Get("threads")?.AsNumber is > 0 and long number ? (int)number : null;
        long block = tpacket == 3 ? Block(Get("block-size")) : Block(Get("v2-block-size"));
        int frame = SuricataRing.FrameBytes(tpacket, mtu, isDefragmented, packet);
        long? ring = Get("ring-size")?.AsNumber;
        // As runmode-af-packet.c has it: never fewer than the packets that may be under way.
        long packets = ring is null or 0 ? pending * 2L / (threads ?? 1) : ring.Value * (threads ?? 1) < pending ? (pending / (threads ?? 1)) + 1 : ring.Value;
        return new SuricataInterface
        {
            InterfaceName = name,
            Threads = threads,
            ClusterId = (int?)Get("cluster-id")?.AsNumber,
            ClusterType = type,
            IsDefragmented = isDefragmented,
            TpacketVersion = tpacket,
            RingSize = ring,
            BlockBytes = block,
            RingBytes = SuricataRing.RingBytes(packets, block, frame),
            IsBypassing = Get("bypass")?.AsBoolean == true,
            XdpMode = Get("xdp-filter-file")?.Value is null ? null : Get("xdp-mode")?.Value ?? "soft",
            XdpFilterFile = Get("xdp-filter-file")?.Value,
            EbpfFilterFile = Get("ebpf-filter-file")?.Value,
            EbpfLoadBalancerFile = Get("ebpf-lb-file")?.Value,
            CopyMode = copy,
            Path = item.Path,
            Line = item.Line,
        };
    }

    // One that is no multiple of a page is warned of and left out.
    private static long Block(SuricataNode? node) => node?.AsNumber is > 0 and long bytes && bytes % 4096 == 0 ? bytes : SuricataRing.DefaultBlockBytes;
}
