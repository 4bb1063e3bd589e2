using ZeptAdmin.Linux;

namespace ZeptAdmin.Drivers;

/// <summary>Where between wire and network stack a counter counts: the way of a received packet.</summary>
public enum CounterLayer
{
    /// <summary>Nothing is known of the counter.</summary>
    Unknown,
    /// <summary>At the port: what arrived, its sizes and kinds, pause frames.</summary>
    Wire,
    /// <summary>In the MAC: frames that arrived broken.</summary>
    Mac,
    /// <summary>In the packet buffer of the card: it was full.</summary>
    Fifo,
    /// <summary>In the classifier: Flow Director, steering rules.</summary>
    FlowDirector,
    /// <summary>In the queues: descriptors that were missing, and the traffic of each queue.</summary>
    Ring,
    /// <summary>In the driver: memory for the next packets was missing.</summary>
    Allocation,
    /// <summary>In an XDP program.</summary>
    Xdp,
    /// <summary>In the driver's software otherwise: checksums, restarts, offloads.</summary>
    Driver,
    /// <summary>Beside the traffic of the host: management controller, embedded switch, PHY.</summary>
    Management,
}

/// <summary>Whether a counter counts what is received or what is sent.</summary>
public enum CounterDirection
{
    /// <summary>Neither, or it is not known.</summary>
    None,
    /// <summary>Received.</summary>
    Receive,
    /// <summary>Sent.</summary>
    Transmit,
}

/// <summary>What a counter counts.</summary>
public enum CounterUnit
{
    /// <summary>Not known.</summary>
    Unknown,
    /// <summary>Packets (frames).</summary>
    Packets,
    /// <summary>Bytes.</summary>
    Bytes,
    /// <summary>Things that happened; not one for each packet.</summary>
    Events,
    /// <summary>Symbols or bits on the wire.</summary>
    Symbols,
    /// <summary>Descriptors.</summary>
    Descriptors,
    /// <summary>No count: a state or an index.</summary>
    State,
}

/// <summary>What a driver's counter means: one row of Drivers/Counters.</summary>
/// <param name="Pattern">Name of the driver's; <c>{queue}</c> stands for the number of a queue, <c>{n}</c> for another number, <c>*</c> at the end for any rest.</param>
/// <param name="CanonicalName">Name for all drivers; null when it has none.</param>
/// <param name="Layer">Where it counts.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="IsLoss">
/// True when a received packet is lost each time it counts, null when it may be. The same loss may show in several counters: in a total
/// and in its queues, or in a sum and its parts.
/// </param>
public sealed record CounterMeaning(string Pattern, string? CanonicalName, CounterLayer Layer, CounterUnit Unit, bool? IsLoss)
{
    /// <summary>Another counter: where the driver has it as well, this row does not hold; null when it always holds.</summary>
    public string? Unless { get; init; }

    /// <summary>Another counter: this row holds only where the driver has it as well; null when it always holds.</summary>
    public string? With { get; init; }

    /// <summary>First kernel that has the counter; null when it is not on record.</summary>
    public KernelVersion? Since { get; init; }

    /// <summary>True when its value is the number of the queue that the following counters belong to (vmxnet3).</summary>
    public bool IsQueueHeading { get; init; }

    /// <summary>True when nobody has checked the row against the driver's source.</summary>
    public bool IsUnchecked { get; init; }
}
