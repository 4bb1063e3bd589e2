using System.Net;
using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Flows;

/// <summary>Makes of what was seen what is told.</summary>
internal sealed class SymmetryReport(string interfaceName, string? driver, NicRss? rss, int queues, QueueSightings sightings)
{
    private const int MostParted = 5;
    private const int MostExplained = 1 << 16;

    private bool _isFromZero;

    /// <summary>The kernel's own hash key; null when it is not known.</summary>
    public RssKey? KernelKey { get; init; }

    /// <summary>The kernel.</summary>
    public KernelVersion? Kernel { get; init; }

    /// <summary>How long it was looked.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Packets by queue mapping, those that were not looked at included.</summary>
    public long[] Received { get; init; } = [];

    /// <summary>Packets that were not looked at.</summary>
    public long Missed { get; init; }

    /// <summary>True when the interface went down meanwhile.</summary>
    public bool HasGoneDown { get; init; }

    /// <summary>True when the card keeps frames that are addressed to others.</summary>
    public bool IsDeaf { get; init; }

    /// <summary>True when the card has flow rules.</summary>
    public bool HasSteering { get; init; }

    /// <summary>The record.</summary>
    public NicFlowSymmetry Make()
    {
        // A driver with one queue need not record it; veth does record under XDP and GRO.
        _isFromZero = (!AfPacketFanouts.RecordsQueue(driver) || queues == 1) && Received[queues] == 0;
        long all = Received.Sum();
        Tally tally = Count();
        (FlowKey Key, int Queue)[] known = [.. sightings.Directions
            .Where(direction => !direction.HasMoved && QueueOf(direction.Mapping) is not null)
            .Select(direction => (direction.Key, QueueOf(direction.Mapping)!.Value))];
        List<string> assumed = [];
        RssBalanceSetting? setting = rss is not null && WorkerBalance.SettingsOf(rss, Kernel, assumed).Try(out RssBalanceSetting[]? settings) ? settings[0] : null;
        (string Words, RssKey Key)? explanation = rss is null ? null : HashExplanation.Find(rss, KernelKey, known.Length > MostExplained ? known[..MostExplained] : known);
        return new NicFlowSymmetry
        {
            InterfaceName = interfaceName,
            Driver = driver,
            Seconds = Math.Round(Elapsed.TotalSeconds, 3),
            Packets = all,
            MissedPackets = Missed,
            Fragments = sightings.Fragments,
            OtherPackets = sightings.Others,
            UnfollowedPackets = sightings.Unfollowed,
            Flows = tally.Flows,
            TwoWayFlows = tally.TwoWay,
            AsymmetricFlows = tally.Asymmetric,
            MovedDirections = sightings.Directions.LongCount(direction => direction.HasMoved),
            PredictedDirections = setting is null ? 0 : known.Length,
            EqualDirections = setting is null ? 0 : known.LongCount(direction => setting.QueueOf(setting.Hash(direction.Key)) == direction.Queue),
            Explanation = explanation?.Words,
            Key = explanation?.Key,
            Queues =
            [
                .. Enumerable.Range(0, Received.Length)
                    .Where(mapping => QueueOf(mapping) is not null || Received[mapping] > 0)
                    .Where(mapping => !_isFromZero || mapping < queues)
                    .Select(mapping => new NicQueueRate
                    {
                        Queue = QueueOf(mapping),
                        Packets = Received[mapping],
                        PacketsPerSecond = Elapsed > TimeSpan.Zero ? Math.Round(Received[mapping] / Elapsed.TotalSeconds, 1) : 0,
                        Share = all == 0 ? 0 : (double)Received[mapping] / all,
                        Flows = tally.FlowsOf[mapping],
                    }),
            ],
            Parted = [.. tally.Parted],
            Notes = [.. Notes(all, setting, explanation is not null, known.Length), .. assumed],
        };
    }

    private int? QueueOf(int mapping) => _isFromZero ? mapping : mapping > 0 ? mapping - 1 : null;

    private Tally Count()
    {
        Tally tally = new(Received.Length);
        foreach ((FlowKey key, int mapping, bool _) in sightings.Directions)
        {
            FlowKey reversed = key.Reversed();
            int order = FlowKey.Compare(key, reversed);
            int? back = order == 0 ? null : sightings.Find(reversed);
            if (back is not null && order > 0)
            {
                continue;
            }

            tally.Flows++;
            tally.FlowsOf[mapping]++;
            if (back is int other)
            {
                tally.FlowsOf[other] += other != mapping ? 1 : 0;
                Compare(tally, key, QueueOf(mapping), QueueOf(other));
            }
        }

        return tally;
    }

    private static void Compare(Tally tally, in FlowKey key, int? queue, int? back)
    {
        if (queue is not int one || back is not int other)
        {
            return;
        }

        tally.TwoWay++;
        if (one == other)
        {
            return;
        }

        tally.Asymmetric++;
        if (tally.Parted.Count < MostParted)
        {
            bool hasPorts = (key.Shape & FlowKey.Ports) != 0;
            tally.Parted.Add(new NicPartedFlow
            {
                Source = new IPAddress(key.Source).ToString(),
                SourcePort = hasPorts ? key.SourcePort : null,
                Destination = new IPAddress(key.Destination).ToString(),
                DestinationPort = hasPorts ? key.DestinationPort : null,
                Protocol = key.Protocol,
                Queue = one,
                ReturnQueue = other,
            });
        }
    }

    private IEnumerable<string> Notes(long all, RssBalanceSetting? setting, bool isExplained, int directions)
    {
        if (HasGoneDown)
        {
            yield return "The interface went down while it was looked at: what it would have received then is missing.";
        }

        if (all == 0)
        {
            yield return IsDeaf
                ? "No packet arrived. The interface keeps only what is addressed to it, unless something captures on it: -Promiscuous lets all in while it is measured."
                : "No packet arrived.";
            yield break;
        }

        if (_isFromZero && queues > 1)
        {
            yield return "veth records no queue: these are the transmit queues of the other end, by which it chooses the receive queue. FANOUT_QM gives those of queue q to member q modulo members, not to the next one.";
        }
        else if (queues > 1 && Received[0] == all)
        {
            yield return "The driver records no queue, so nothing can be said of queues here; FANOUT_QM gives all packets to member 0.";
        }

        if (Missed > 0)
        {
            yield return "The measurement was too slow for some packets; a flow of which only those came is missing. Nothing else on the machine lost them.";
        }

        if (rss is not null && setting is null)
        {
            yield return "The queues cannot be predicted: the driver hides the key, the table or the function.";
        }

        if (directions < HashExplanation.LeastDirections)
        {
            yield return $"Fewer than {HashExplanation.LeastDirections} directions of flows were seen: too few to tell what the card hashes with.";
        }
        else if (rss is not null && !isExplained && rss.IndirectionTable.Distinct().Count() > 1)
        {
            yield return HasSteering
                ? "No known key, order or choice of fields explains all of it. The card has flow rules, which go before the hash: Get-NicFlowRule."
                : "No known key, order or choice of fields explains all of it.";
        }
    }

    private sealed class Tally(int members)
    {
        public long Flows { get; set; }

        public long TwoWay { get; set; }

        public long Asymmetric { get; set; }

        public long[] FlowsOf { get; } = new long[members];

        public List<NicPartedFlow> Parted { get; } = [];
    }
}
