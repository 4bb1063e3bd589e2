namespace ZeptAdmin.Suricata;

/// <summary>What a configuration is to say, all of it decided.</summary>
public sealed record SuricataWish
{
    /// <summary>Release of Suricata: 7, 8 or 9.</summary>
    public int Version { get; init; } = 8;

    /// <summary>Interfaces, in the order in which their threads start.</summary>
    public SuricataCapture[] Captures { get; init; } = [];

    /// <summary>CPUs of the threads that look at no packets; with no worker pinned they are not pinned either.</summary>
    public int[] ManagementCpus { get; init; } = [];

    /// <summary>flow.memcap in bytes.</summary>
    public long FlowBytes { get; init; } = 128L << 20;

    /// <summary>stream.memcap in bytes.</summary>
    public long StreamBytes { get; init; } = 64L << 20;

    /// <summary>stream.reassembly.memcap in bytes.</summary>
    public long ReassemblyBytes { get; init; } = 256L << 20;

    /// <summary>stream.reassembly.depth in bytes.</summary>
    public long ReassemblyDepth { get; init; } = 1L << 20;

    /// <summary>Whether flows that need no more looking at are left out (stream.bypass).</summary>
    public bool IsBypassing { get; init; }

    /// <summary>What is worth knowing, as sentences.</summary>
    public string[] Notes { get; init; } = [];
}

/// <summary>One interface and the threads that read it.</summary>
public sealed record SuricataCapture
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; init; } = "";

    /// <summary>How many threads; under cluster_qm as many as the interface has receive queues.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>CPUs of the threads, one each; empty for no pinning.</summary>
    public int[] Cpus { get; init; } = [];

    /// <summary>Number of the fanout group, another for each interface (field.md J9).</summary>
    public int ClusterId { get; init; }

    /// <summary>How the kernel spreads packets: <c>cluster_qm</c>, <c>cluster_flow</c>, <c>cluster_cpu</c> or <c>cluster_ebpf</c>.</summary>
    public string ClusterType { get; init; } = "cluster_qm";

    /// <summary>Form of the ring: 2 or 3.</summary>
    public int TpacketVersion { get; init; } = 3;

    /// <summary>Packets of each thread's ring.</summary>
    public long RingSize { get; init; } = 2048;

    /// <summary>Bytes of a block of the ring.</summary>
    public long BlockBytes { get; init; } = 131_072;

    /// <summary>Whether the ring is kept from being swapped out.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Where an XDP program runs: <c>soft</c>, <c>driver</c> or <c>hw</c>; null without one.</summary>
    public string? XdpMode { get; init; }

    /// <summary>File of the XDP program; null without one.</summary>
    public string? XdpFilterFile { get; init; }

    /// <summary>File of the eBPF program that filters; null without one.</summary>
    public string? EbpfFilterFile { get; init; }

    /// <summary>File of the eBPF program that picks the thread; null without one.</summary>
    public string? EbpfLoadBalancerFile { get; init; }
}
