namespace ZeptAdmin.Nics;

/// <summary>Interrupt coalescing of one interface: how long the card waits before it interrupts.</summary>
/// <remarks>
/// From <c>ETHTOOL_GCOALESCE</c>, which gives 0 as well for what the driver does not have (ethtool, asking by netlink, shows "n/a" there).
/// </remarks>
public sealed record NicCoalesce
{
    /// <summary>Kernel name of the interface.</summary>
    public string InterfaceName { get; internal init; } = "";

    /// <summary>Microseconds from a received frame to the interrupt; 0 for at once.</summary>
    public long RxMicroseconds { get; internal init; }

    /// <summary>Received frames that raise the interrupt earlier; 0 for no such limit.</summary>
    public long RxFrames { get; internal init; }

    /// <summary>As RxMicroseconds, while the host serves an interrupt.</summary>
    public long RxMicrosecondsIrq { get; internal init; }

    /// <summary>As RxFrames, while the host serves an interrupt.</summary>
    public long RxFramesIrq { get; internal init; }

    /// <summary>Microseconds from a sent frame to the interrupt; 0 for at once.</summary>
    public long TxMicroseconds { get; internal init; }

    /// <summary>Sent frames that raise the interrupt earlier; 0 for no such limit.</summary>
    public long TxFrames { get; internal init; }

    /// <summary>As TxMicroseconds, while the host serves an interrupt.</summary>
    public long TxMicrosecondsIrq { get; internal init; }

    /// <summary>As TxFrames, while the host serves an interrupt.</summary>
    public long TxFramesIrq { get; internal init; }

    /// <summary>Microseconds between updates of the counters in memory.</summary>
    public long StatisticsMicroseconds { get; internal init; }

    /// <summary>True when the driver varies the receive figures by load: RxMicroseconds is then only where it starts.</summary>
    public bool IsAdaptiveRx { get; internal init; }

    /// <summary>
    /// True when the driver chooses the wait: in adaptive mode, and where RxMicroseconds is the number of such a mode and no time
    /// (1 on ixgbe, 1 to 3 on igb and igc, 1 to 4 on e1000e; their get_coalesce).
    /// </summary>
    public bool IsRxDynamic { get; internal init; }

    /// <summary>True when the driver varies the transmit figures by load.</summary>
    public bool IsAdaptiveTx { get; internal init; }

    /// <summary>Packets a second below which the low figures hold, under adaptive coalescing.</summary>
    public long PacketRateLow { get; internal init; }

    /// <summary>As RxMicroseconds, at a low rate.</summary>
    public long RxMicrosecondsLow { get; internal init; }

    /// <summary>As RxFrames, at a low rate.</summary>
    public long RxFramesLow { get; internal init; }

    /// <summary>As TxMicroseconds, at a low rate.</summary>
    public long TxMicrosecondsLow { get; internal init; }

    /// <summary>As TxFrames, at a low rate.</summary>
    public long TxFramesLow { get; internal init; }

    /// <summary>Packets a second above which the high figures hold, under adaptive coalescing.</summary>
    public long PacketRateHigh { get; internal init; }

    /// <summary>As RxMicroseconds, at a high rate; i40e takes it as the least time between interrupts of one vector.</summary>
    public long RxMicrosecondsHigh { get; internal init; }

    /// <summary>As RxFrames, at a high rate.</summary>
    public long RxFramesHigh { get; internal init; }

    /// <summary>As TxMicroseconds, at a high rate.</summary>
    public long TxMicrosecondsHigh { get; internal init; }

    /// <summary>As TxFrames, at a high rate.</summary>
    public long TxFramesHigh { get; internal init; }

    /// <summary>Seconds over which the rate is measured, under adaptive coalescing.</summary>
    public long SampleIntervalSeconds { get; internal init; }

    /// <summary>
    /// Most receive interrupts a second of one queue, 1,000,000 / RxMicroseconds: 84 µs are 11,905/s (field.md I4).
    /// null when the card does not wait, or when the driver varies the time.
    /// </summary>
    public double? InterruptsPerSecond => RxMicroseconds > 0 && !IsAdaptiveRx && !IsRxDynamic ? Math.Round(1e6 / RxMicroseconds) : null;
}
