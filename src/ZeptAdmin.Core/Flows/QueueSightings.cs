using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Flows;

/// <summary>On which queue each direction of each flow was seen.</summary>
/// <param name="members">Values that a queue mapping has: one more than there are queues.</param>
/// <param name="mostDirections">Directions of flows that are remembered.</param>
internal sealed class QueueSightings(int members, int mostDirections = QueueSightings.MostDirections)
{
    /// <summary>Directions of flows that are remembered: about 150 MB.</summary>
    public const int MostDirections = 1 << 20;

    private const int HopByHop = 0;
    private const int Routing = 43;
    private const int DestinationOptions = 60;

    private readonly Dictionary<FlowKey, Sighting> _seen = new(new BySeed());

    /// <summary>Directions and the value of the queue mapping with which each was first seen.</summary>
    public IEnumerable<(FlowKey Key, int Mapping, bool HasMoved)> Directions =>
        _seen.Select(pair => (pair.Key, (int)pair.Value.Mapping, pair.Value.HasMoved));

    /// <summary>Fragments.</summary>
    public long Fragments { get; private set; }

    /// <summary>Packets that are no IP to a card.</summary>
    public long Others { get; private set; }

    /// <summary>Packets whose direction is not remembered.</summary>
    public long Unfollowed { get; private set; }

    /// <summary>Packets looked at.</summary>
    public long Packets { get; private set; }

    /// <summary>The largest value of a queue mapping.</summary>
    public int HighestMapping { get; } = members - 1;

    /// <summary>Looks at the headers of one packet.</summary>
    public void Add(ReadOnlySpan<byte> frame, int mapping)
    {
        Packets++;
        _ = PacketView.Read(frame, PacketView.Ethernet, isInner: false, out FlowKey key);
        if (!key.IsIp)
        {
            Others++;
            return;
        }

        if (key.IsFragment)
        {
            Fragments++;
            return;
        }

        // The filter keeps nothing behind the fixed header of these: whether there are ports is not seen.
        if ((key.Shape & FlowKey.Ip6) != 0 && key.Protocol is HopByHop or Routing or DestinationOptions)
        {
            Unfollowed++;
            return;
        }

        ref Sighting known = ref CollectionsMarshal.GetValueRefOrNullRef(_seen, key);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref known))
        {
            known.HasMoved |= known.Mapping != mapping;
        }
        else if (_seen.Count < mostDirections)
        {
            _seen.Add(key, new Sighting { Mapping = (ushort)mapping });
        }
        else
        {
            Unfollowed++;
        }
    }

    /// <summary>Value with which the other direction was first seen; null when it was not.</summary>
    public int? Find(in FlowKey key) => _seen.TryGetValue(key, out Sighting sighting) ? sighting.Mapping : null;

    private struct Sighting
    {
        public ushort Mapping;
        public bool HasMoved;
    }

    // Who sends packets must not be able to aim at collisions.
    private sealed class BySeed : IEqualityComparer<FlowKey>
    {
        private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

        public bool Equals(FlowKey x, FlowKey y) => x.Equals(y);

        public int GetHashCode(FlowKey obj) => (int)obj.Mix(_seed);
    }
}
