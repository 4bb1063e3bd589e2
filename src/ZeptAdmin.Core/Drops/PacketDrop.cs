namespace ZeptAdmin.Drops;

/// <summary>Where packets die, in the order in which a received packet comes by.</summary>
public enum DropLayer
{
    /// <summary>MAC and PHY: frames that arrived broken.</summary>
    Mac,
    /// <summary>Packet buffer of the card: full, since PCIe or the host did not take packets in time.</summary>
    Fifo,
    /// <summary>Classifier of the card: no rule took the packet.</summary>
    Classifier,
    /// <summary>Ring: no descriptor was free.</summary>
    Ring,
    /// <summary>Memory for packets.</summary>
    Allocation,
    /// <summary>The driver's software otherwise.</summary>
    Driver,
    /// <summary>Backlog of the receive softirq, which RPS, veth, tun and loopback use.</summary>
    Softirq,
    /// <summary>Ring of an AF_PACKET socket: Zeek or Suricata was too slow.</summary>
    Socket,
    /// <summary>Before this machine: switch, tap, packet broker.</summary>
    Upstream,
    /// <summary>Last row: the conclusion of the others.</summary>
    Verdict,
}

/// <summary>How far figures of a layer can be relied on.</summary>
public enum DropConfidence
{
    /// <summary>Nothing was read, or it cannot be told for this interface.</summary>
    None,
    /// <summary>The counter also counts what is no loss of captured traffic.</summary>
    Low,
    /// <summary>Counted by somebody who samples or infers.</summary>
    Medium,
    /// <summary>Each count is a lost packet.</summary>
    High,
}

/// <summary>Packets lost at one layer; the last of an interface is the verdict.</summary>
/// <remarks>field.md 1.K. Figures are since the driver was loaded (card), since boot (softirq) or those of <see cref="Since"/>.</remarks>
public sealed record PacketDrop
{
    /// <summary>Kernel name of the interface; null for the machine (softirq) and where a log does not say.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>The layer. In the verdict's row it is Verdict; see <see cref="LossyLayer"/>.</summary>
    public DropLayer Layer { get; internal init; }

    /// <summary>In the verdict: the first layer that loses a millionth or more; null when none does. Null in other rows.</summary>
    public DropLayer? LossyLayer { get; internal init; }

    /// <summary>Queue, with details; null for all.</summary>
    public int? Queue { get; internal init; }

    /// <summary>CPU, with details; null for all.</summary>
    public int? Cpu { get; internal init; }

    /// <summary>Worker of Zeek or thread of Suricata, with details; null for all.</summary>
    public string? Worker { get; internal init; }

    /// <summary>Packets that came to the layer, lost ones included; null when it is not counted.</summary>
    public long? Packets { get; internal init; }

    /// <summary>Packets lost here; null when it is not counted.</summary>
    public long? Dropped { get; internal init; }

    /// <summary>Mac: broken frames, which are among the dropped. Allocation: failures, after which a packet is tried again (field.md K5). Null elsewhere.</summary>
    public long? Errors { get; internal init; }

    /// <summary>Lost share of the packets that came, 0 to 1; null when it cannot be told.</summary>
    public double? Ratio { get; internal init; }

    /// <summary>Lost packets a second; null for figures since boot.</summary>
    public double? Rate { get; internal init; }

    /// <summary>Start of the time that was counted (UTC); null for since the driver's load, or boot.</summary>
    public DateTime? Since { get; internal init; }

    /// <summary>End of the time that was counted (UTC).</summary>
    public DateTime Until { get; internal init; }

    /// <summary>Counters that were added up, as the kernel or the log names them.</summary>
    public string[] Counters { get; internal init; } = [];

    /// <summary>How <see cref="Ratio"/> comes about.</summary>
    public string Formula { get; internal init; } = "";

    /// <summary>How far the figures can be relied on.</summary>
    public DropConfidence Confidence { get; internal init; }

    /// <summary>What must be known to read the figures; in the verdict, its reason.</summary>
    public string Note { get; internal init; } = "";

    /// <summary>In the verdict: what to do next, a command of this module; null in other rows.</summary>
    public string? NextCommand { get; internal init; }
}
