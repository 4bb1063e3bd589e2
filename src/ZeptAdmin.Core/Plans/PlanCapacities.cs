using System.Globalization;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Plans;

/// <summary>Reckons what the way from a port to its workers carries.</summary>
internal static class PlanCapacities
{
    // Preamble, start of frame and gap between frames, which take time on the wire and are in no frame.
    private const int WireOverheadBytes = 20;

    // The talk's budget: 10 Gbit/s of smallest frames are 14.88 million a second, 67 ns each (field.md M2).
    private const double BudgetNanoseconds = 67;

    /// <summary>The estimate.</summary>
    public static PlanCapacity Of(NsmTopology topology, PortFacts facts, PortCpus cpus, PlanWish wish)
    {
        double? gbps = wish.ExpectedGbps ?? facts.SpeedMbps / 1000.0;
        double? mpps = gbps * 1000 / ((wish.MeanFrameBytes + WireOverheadBytes) * 8);
        int queues = cpus.IrqCpus.Length;
        int irqCores = cpus.IrqCpus.Distinct().Count();
        double? ring = facts is { Ring.RxMaximum: > 0, HasCoalescing: true } ? (double)PlanRows.Ring(facts, mpps / queues) / PlanRows.CoalescingMicroseconds : null;
        PlanCapacity capacity = new()
        {
            ExpectedGbps = Round(gbps),
            ExpectedMpps = Round(mpps),
            MppsPerQueue = Round(mpps / queues),
            GbpsPerWorker = Round(gbps / cpus.WorkerCpus.Length),
            NanosecondsPerPacket = Round(irqCores * 1000 / mpps),
            PcieGbps = Round(facts.PcieGbps),
            CardGbps = facts.CardGbps,
            CardMpps = facts.CardMpps,
            RingMppsPerQueue = Round(ring),
        };
        return capacity with { Bottleneck = Bottleneck(topology, facts, capacity) };
    }

    private static string Bottleneck(NsmTopology topology, PortFacts facts, PlanCapacity capacity)
    {
        List<string> shortages = [];
        if (capacity.ExpectedGbps is null)
        {
            return "The speed of the port is not known; name the traffic that it is to carry.";
        }

        void Compare(double? needed, double? available, string words)
        {
            if (needed > available)
            {
                shortages.Add(string.Create(CultureInfo.InvariantCulture, $"{words} {available:0.##}"));
            }
        }

        Compare(capacity.ExpectedGbps, facts.SpeedMbps / 1000.0, "the port's Gbit/s:");
        Compare(capacity.ExpectedGbps, capacity.PcieGbps, "PCIe's Gbit/s:");
        Compare(capacity.ExpectedGbps, capacity.CardGbps, "the controller's Gbit/s:");
        Compare(capacity.ExpectedMpps, capacity.CardMpps, "the controller's million packets a second:");
        Compare(capacity.MppsPerQueue, capacity.RingMppsPerQueue, "the ring's million packets a second of a queue:");
        Compare(BudgetNanoseconds, capacity.NanosecondsPerPacket, "nanoseconds of an interrupt's CPU for a packet (67 are the budget):");
        double? cycles = capacity.NanosecondsPerPacket * topology.Packages.Select(package => package.MaximumFrequencyKilohertz).Max() / 1e6;
        return shortages.Count > 0
            ? $"Too little for what is expected: {string.Join("; ", shortages)}."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Enough by these figures: an interrupt's CPU has {capacity.NanosecondsPerPacket:0} ns for a packet{(cycles is null ? "" : $", {cycles:0} cycles")}; a worker gets {capacity.GbpsPerWorker:0.##} Gbit/s, and what it does with them only the load tells.");
    }

    private static double? Round(double? value) => value is double number ? Math.Round(number, 3) : null;
}
