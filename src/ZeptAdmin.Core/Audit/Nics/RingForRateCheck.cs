using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I5: a ring holds what arrives until the next interrupt.</summary>
internal sealed class RingForRateCheck() : InterfaceCheck(
    "I5.RingForRate",
    CheckCategory.Nic,
    "descriptors for a full link until the next interrupt",
    "Between two interrupts nobody empties the ring: it must hold packets a second of the queue times the wait. Descriptors too few drop at every burst, whatever the CPU does.",
    "field.md I5, M8")
{
    // Preamble, gap and checksum, which the counters leave out (IEEE 802.3).
    private const double OverheadBytes = 24;

    // Mean frame of mixed traffic where the counters do not tell (field.md M2), and packets that a mean of one's own needs.
    private const double UsualBytes = 900;
    private const long LeastPackets = 1_000_000;

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicRing> ring = subject.Ring(interfaceName);
        Answer<NicCoalesce> coalesce = subject.Coalesce(interfaceName);
        if ((ring.Refusal ?? coalesce.Refusal) is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        long? speed = subject.Nic(interfaceName).Try(out Nic? nic) ? nic.SpeedMbps : null;
        if (ring.Value.Rx == 0 || nic?.Kind == "virtio")
        {
            return Result(NotApplicable, interfaceName, Expected, "a virtual card has neither speed nor interrupts of its own");
        }

        if (speed is not > 0 || subject.Queues(interfaceName) is not (int queues and > 0))
        {
            return Result(Unknown, interfaceName, Expected, speed is null ? "no link, so its speed is not known" : "its queues are not known");
        }

        if (coalesce.Value is { IsRxDynamic: true, IsAdaptiveRx: false })
        {
            return Result(Unknown, interfaceName, Expected, "the driver chooses the wait: see I4.Coalescing");
        }

        if (coalesce.Value.RxMicroseconds == 0)
        {
            return Result(Pass, interfaceName, Expected, "it interrupts at once");
        }

        double frame = MeanFrame(subject, interfaceName) ?? UsualBytes;
        double rate = speed.Value * 1e6 / ((frame + OverheadBytes) * 8) / queues;
        double needed = Math.Ceiling(rate * coalesce.Value.RxMicroseconds / 1e6);
        string actual = string.Create(
            CultureInfo.InvariantCulture, $"{ring.Value.Rx} descriptors for {Words.Count((long)needed, "packet")} ({Words.Number(rate / 1e6)} million/s of {frame:0} B, {coalesce.Value.RxMicroseconds} us)");
        long wanted = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(needed, 1));
        string remedy = wanted <= ring.Value.RxMaximum
            ? string.Create(CultureInfo.InvariantCulture, $"Set-NicRing {Quote(interfaceName)} -Rx {wanted}")
            : string.Create(CultureInfo.InvariantCulture, $"Set-NicCoalesce {Quote(interfaceName)} -RxMicroseconds {Math.Floor(ring.Value.RxMaximum * 1e6 / rate)} # and Set-NicRing {Quote(interfaceName)} -Rx {ring.Value.RxMaximum}; or more queues");
        return Result(ring.Value.Rx < needed ? Warn : Pass, interfaceName, Expected, actual, remedy);
    }

    private static double? MeanFrame(AuditSubject subject, string interfaceName)
    {
        string folder = $"/sys/class/net/{interfaceName}/statistics";
        return subject.Sensor.Files.ReadInt64($"{folder}/rx_packets") is long packets and >= LeastPackets
            && subject.Sensor.Files.ReadInt64($"{folder}/rx_bytes") is long bytes and > 0
                ? (double)bytes / packets
                : null;
    }
}
