namespace ZeptAdmin.Logs;

/// <summary>One row of Zeek's capture_loss.log: how much of what was acknowledged a worker has not seen.</summary>
/// <remarks>
/// scripts/policy/misc/capture-loss.zeek; field.md J10, K1, K13. Acknowledgements of unseen data, not packets, are counted: traffic of which
/// only one direction arrives (asymmetric routing, a broker that parts connections) and reordering count, too.
/// </remarks>
public sealed record ZeekCaptureLoss
{
    /// <summary>When it was measured (UTC).</summary>
    public DateTime Time { get; internal init; }

    /// <summary>The worker.</summary>
    public string Peer { get; internal init; } = "";

    /// <summary>Time since the measurement before it (ts_delta); null when the log lacks it.</summary>
    public TimeSpan? Interval { get; internal init; }

    /// <summary>Acknowledgements of data that was not seen, in the interval.</summary>
    public long Gaps { get; internal init; }

    /// <summary>All acknowledgements in the interval.</summary>
    public long Acks { get; internal init; }

    /// <summary>Gaps in percent of Acks, as Zeek wrote it.</summary>
    public double PercentLost { get; internal init; }

    /// <summary>
    /// Percentage points of it that are explained by what the kernel dropped at this worker's socket (pkts_dropped of pkts_link in its stats.log
    /// of the same time); null when there are no such figures.
    /// </summary>
    public double? LostHerePercent { get; internal init; }

    /// <summary>
    /// The rest of it: what was lost before the socket - in card and softirq, see Get-PacketDrops - or never came to this machine (SPAN port,
    /// broker, asymmetry); null when <see cref="LostHerePercent"/> is.
    /// </summary>
    public double? NeverArrivedPercent { get; internal init; }

    /// <summary>Log that it came from.</summary>
    public string Path { get; internal init; } = "";
}
