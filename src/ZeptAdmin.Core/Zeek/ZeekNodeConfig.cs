namespace ZeptAdmin.Zeek;

/// <summary>Which file tells Zeek's processes.</summary>
public enum ZeekConfigFormat
{
    /// <summary>node.cfg of zeekctl.</summary>
    NodeCfg = 0,

    /// <summary>zeek.conf of zeek-systemd-generator (Zeek 8.1 and later).</summary>
    ZeekConf = 1,
}

/// <summary>What a process of Zeek does.</summary>
public enum ZeekNodeType
{
    /// <summary>The file does not say, or says something that there is not.</summary>
    Unknown = 0,

    /// <summary>Alone, without a cluster.</summary>
    Standalone = 1,

    /// <summary>Leads the cluster.</summary>
    Manager = 2,

    /// <summary>Writes logs.</summary>
    Logger = 3,

    /// <summary>Shares state between workers.</summary>
    Proxy = 4,

    /// <summary>Looks at packets.</summary>
    Worker = 5,
}

/// <summary>Which processes of Zeek run where: a node.cfg or a zeek.conf, and what it means.</summary>
/// <remarks>Its text is the file, byte for byte; the rest is read from that text.</remarks>
public sealed record ZeekNodeConfig
{
    /// <summary>Which of the two files it is.</summary>
    public ZeekConfigFormat Format { get; internal init; }

    /// <summary>Where it was read from; null when it was made.</summary>
    public string? Path { get; internal init; }

    /// <summary>Name that the file has to have: <c>node.cfg</c>, <c>zeek.conf</c>, and for a host of several <c>cluster/HOST.zeek.conf</c>.</summary>
    public string FileName { get; internal init; } = "";

    /// <summary>The file.</summary>
    public string Text { get; internal init; } = "";

    /// <summary>Nodes, in the order of the file.</summary>
    public ZeekNode[] Nodes { get; internal init; } = [];

    /// <summary>Processes that look at packets, each with its CPU and its queue.</summary>
    public ZeekWorker[] Workers { get; internal init; } = [];

    /// <summary>What is worth knowing when it is put into force, as sentences.</summary>
    public string[] Notes { get; internal init; } = [];

    /// <summary>The file.</summary>
    public override string ToString() => Text;
}

/// <summary>One section of the file: one node, or several processes alike.</summary>
public sealed record ZeekNode
{
    /// <summary>Name of the section.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What it does.</summary>
    public ZeekNodeType Type { get; internal init; }

    /// <summary>Host that it runs on; empty when the file does not say.</summary>
    public string Host { get; internal init; } = "";

    /// <summary>Where packets come from, as the file writes it: <c>af_packet::ens1f0</c>, <c>udp::0.0.0.0:4789:vxlan</c>; null without.</summary>
    public string? Interface { get; internal init; }

    /// <summary>Kernel name of the interface; null when packets come from elsewhere.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>How many processes it makes.</summary>
    public int Processes { get; internal init; }

    /// <summary>How packets come to its processes (lb_method); null when the file does not say.</summary>
    public string? LoadBalanceMethod { get; internal init; }

    /// <summary>CPUs in the order of processes, as the file tells them.</summary>
    public int[] PinCpus { get; internal init; } = [];

    /// <summary>Environment, <c>NAME=VALUE</c> each.</summary>
    public string[] Environment { get; internal init; } = [];

    /// <summary>All other options.</summary>
    public ZeekOption[] Options { get; internal init; } = [];

    /// <summary>Line of the file on which it begins.</summary>
    public int Line { get; internal init; }
}

/// <summary>An option of a node.</summary>
public sealed record ZeekOption
{
    /// <summary>Its key, in small letters: <c>af_packet_fanout_id</c>.</summary>
    public string Key { get; internal init; } = "";

    /// <summary>Its value.</summary>
    public string Value { get; internal init; } = "";

    /// <summary>Line of the file.</summary>
    public int Line { get; internal init; }
}

/// <summary>One process that looks at packets.</summary>
public sealed record ZeekWorker
{
    /// <summary>Name of the process: <c>ens1f0-1</c>.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Host that it runs on.</summary>
    public string Host { get; internal init; } = "";

    /// <summary>Kernel name of its interface; null when packets come from elsewhere.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>CPU that it is pinned to; null when it is not pinned.</summary>
    public int? Cpu { get; internal init; }

    /// <summary>
    /// Queue that feeds it under FANOUT_QM, when there are as many queues as workers and workers joined in their order: the kernel hands queue q to
    /// member (q + 1) mod members (field.md J6). null in other modes.
    /// </summary>
    public int? Queue { get; internal init; }
}
