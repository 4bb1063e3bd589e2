namespace ZeptAdmin.Zeek;

/// <summary>What a node.cfg or zeek.conf is to say, all of it decided: CPUs as explicit lists, a number for each fanout group.</summary>
public sealed record ZeekWish
{
    /// <summary>Which file.</summary>
    public ZeekConfigFormat Format { get; init; }

    /// <summary>How packets come to workers: <c>af_packet</c> or <c>custom</c>; node.cfg only, zeek.conf has the prefix always.</summary>
    public string LoadBalanceMethod { get; init; } = "custom";

    /// <summary>Host of the manager, the loggers and the proxies.</summary>
    public string ManagerHost { get; init; } = "localhost";

    /// <summary>CPUs of the manager; node.cfg takes the first.</summary>
    public int[] ManagerCpus { get; init; } = [];

    /// <summary>CPUs of the loggers, one each and again from the front.</summary>
    public int[] LoggerCpus { get; init; } = [];

    /// <summary>CPUs of the proxies, one each and again from the front.</summary>
    public int[] ProxyCpus { get; init; } = [];

    /// <summary>How many loggers.</summary>
    public int Loggers { get; init; } = 1;

    /// <summary>How many proxies.</summary>
    public int Proxies { get; init; } = 1;

    /// <summary>Environment of the workers, <c>NAME=VALUE</c> each.</summary>
    public string[] Environment { get; init; } = [];

    /// <summary>Where packets come from.</summary>
    public ZeekCapture[] Captures { get; init; } = [];
}

/// <summary>One place where packets come from, and the workers that look at them.</summary>
public sealed record ZeekCapture
{
    /// <summary>Kernel name of the interface, or a source of its own: <c>udp::0.0.0.0:4789:vxlan</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>Host of the workers.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>How many workers; under FANOUT_QM as many as the interface has receive queues.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>CPU of each worker, in the order in which workers start and join the fanout group; empty for no pinning.</summary>
    public int[] WorkerCpus { get; init; } = [];

    /// <summary>Number of the fanout group, another for each interface of a host (field.md J9).</summary>
    public int FanoutId { get; init; }

    /// <summary>How the kernel spreads packets: <c>FANOUT_QM</c>, <c>FANOUT_HASH</c> or <c>FANOUT_CPU</c>.</summary>
    public string FanoutMode { get; init; } = "FANOUT_QM";

    /// <summary>Bytes of each worker's ring.</summary>
    public long BufferBytes { get; init; } = 134_217_728;

    /// <summary>Bytes of a block of the ring; null for Zeek's default, 32 KiB.</summary>
    public long? BlockBytes { get; init; }
}
