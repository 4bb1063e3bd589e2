using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>What is counted of packets of a capture, and not by flow.</summary>
internal sealed class CaptureSums
{
    /// <summary>Packets.</summary>
    public long Packets { get; set; }

    /// <summary>Bytes on the wire.</summary>
    public long Bytes { get; set; }

    /// <summary>Packets by what they are wrapped in.</summary>
    public long[] Wrapped { get; } = new long[BalanceMeter.Combinations];

    /// <summary>True when any is wrapped.</summary>
    public bool HasWrapped { get; private set; }

    /// <summary>Link types that are not understood, with their packets.</summary>
    public Dictionary<int, long> Unknown { get; } = [];

    /// <summary>Counts a packet that is wrapped.</summary>
    public void AddWrapped(Encapsulations seen)
    {
        Wrapped[(int)seen]++;
        HasWrapped = true;
    }

    /// <summary>Counts a packet whose link type is not understood.</summary>
    public void AddUnknown(int linkType) => Unknown[linkType] = Unknown.GetValueOrDefault(linkType) + 1;

    /// <summary>Starts anew.</summary>
    public void Clear()
    {
        Packets = Bytes = 0;
        Unknown.Clear();
        if (HasWrapped)
        {
            Wrapped.AsSpan().Clear();
            HasWrapped = false;
        }
    }
}
