namespace ZeptAdmin.Suricata;

/// <summary>How Suricata's threads get packets, where they run and how much memory they take: its configuration, and what that means.</summary>
/// <remarks>Its text is the file, byte for byte; the rest is read from that text and from the files that it includes.</remarks>
public sealed record SuricataConfig
{
    /// <summary>Release of Suricata that it is for: 7, 8 or 9.</summary>
    public int Version { get; internal init; }

    /// <summary>Where it was read from; null when it was made.</summary>
    public string? Path { get; internal init; }

    /// <summary>Files that it includes, as they are read, in order.</summary>
    public string[] Includes { get; internal init; } = [];

    /// <summary>The file.</summary>
    public string Text { get; internal init; } = "";

    /// <summary>How Suricata runs: <c>workers</c>, <c>autofp</c>, <c>single</c>; null when the file does not say.</summary>
    public string? RunMode { get; internal init; }

    /// <summary>Interfaces of af-packet, in the order of the file, without <c>default</c>.</summary>
    public SuricataInterface[] Interfaces { get; internal init; } = [];

    /// <summary>Threads that look at packets, with their CPUs.</summary>
    public SuricataWorker[] Workers { get; internal init; } = [];

    /// <summary>CPUs of the threads that look at no packets.</summary>
    public int[] ManagementCpus { get; internal init; } = [];

    /// <summary>Memory that it may take.</summary>
    public SuricataMemory Memory { get; internal init; } = new();

    /// <summary>What is worth knowing when it is put into force, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];

    /// <summary>The file.</summary>
    public override string ToString() => Text;
}

/// <summary>One interface of af-packet; what its own part leaves open is that of <c>default</c>.</summary>
public sealed record SuricataInterface
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Threads that read it; null for <c>auto</c>.</summary>
    public int? Threads { get; internal init; }

    /// <summary>Number of the fanout group; null when the file does not say.</summary>
    public int? ClusterId { get; internal init; }

    /// <summary>How the kernel spreads packets: <c>cluster_flow</c>, <c>cluster_qm</c>, <c>cluster_ebpf</c> ….</summary>
    public string ClusterType { get; internal init; } = "";

    /// <summary>Whether the kernel puts fragments together first.</summary>
    public bool IsDefragmented { get; internal init; }

    /// <summary>Form of the ring: 2 or 3.</summary>
    public int TpacketVersion { get; internal init; }

    /// <summary>Packets of each thread's ring; null when the file does not say.</summary>
    public long? RingSize { get; internal init; }

    /// <summary>Bytes of a block of the ring.</summary>
    public long BlockBytes { get; internal init; }

    /// <summary>Bytes of each thread's ring.</summary>
    public long RingBytes { get; internal init; }

    /// <summary>Whether flows that need no more looking at are left to the kernel.</summary>
    public bool IsBypassing { get; internal init; }

    /// <summary>Where an XDP program runs: <c>soft</c>, <c>driver</c>, <c>hw</c>; null without one.</summary>
    public string? XdpMode { get; internal init; }

    /// <summary>File of the XDP program; null without one.</summary>
    public string? XdpFilterFile { get; internal init; }

    /// <summary>File of the eBPF program that filters; null without one.</summary>
    public string? EbpfFilterFile { get; internal init; }

    /// <summary>File of the eBPF program that picks the thread; null without one.</summary>
    public string? EbpfLoadBalancerFile { get; internal init; }

    /// <summary><c>ips</c> or <c>tap</c> when packets are copied to another interface; null otherwise.</summary>
    public string? CopyMode { get; internal init; }

    /// <summary>File that it stands in; null when it was made.</summary>
    public string? Path { get; internal init; }

    /// <summary>Line on which it begins.</summary>
    public int Line { get; internal init; }
}

/// <summary>One thread that looks at packets.</summary>
public sealed record SuricataWorker
{
    /// <summary>Name of the thread: <c>W#01-ens1f0</c>.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Kernel name of its interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>CPU that it is pinned to; null when it is not pinned to one.</summary>
    public int? Cpu { get; internal init; }
}

/// <summary>Memory that Suricata may take, in bytes (field.md C6, L6).</summary>
/// <remarks>
/// Rings are taken at once and by each thread. A memcap is a limit, of which the tables and what is preallocated are taken at the start. Rules, their
/// matchers and the libraries come on top.
/// </remarks>
public sealed record SuricataMemory
{
    /// <summary>Rings of all threads.</summary>
    public long RingBytes { get; internal init; }

    /// <summary>Packets that threads keep: max-pending-packets of each, with a packet's own data.</summary>
    public long PacketBytes { get; internal init; }

    /// <summary>flow.memcap.</summary>
    public long FlowBytes { get; internal init; }

    /// <summary>stream.memcap.</summary>
    public long StreamBytes { get; internal init; }

    /// <summary>stream.reassembly.memcap.</summary>
    public long ReassemblyBytes { get; internal init; }

    /// <summary>defrag.memcap.</summary>
    public long DefragmentationBytes { get; internal init; }

    /// <summary>host.memcap.</summary>
    public long HostBytes { get; internal init; }

    /// <summary>ippair.memcap.</summary>
    public long IpPairBytes { get; internal init; }

    /// <summary>All of it.</summary>
    public long TotalBytes => RingBytes + PacketBytes + FlowBytes + StreamBytes + ReassemblyBytes + DefragmentationBytes + HostBytes + IpPairBytes;
}
