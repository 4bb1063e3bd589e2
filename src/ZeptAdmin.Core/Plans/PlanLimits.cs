namespace ZeptAdmin.Plans;

/// <summary>How many queues a card can spread over, where that is fewer than it has.</summary>
internal static class PlanLimits
{
    /// <summary>Most queues of a driver's indirection table; null when there is no such limit on record.</summary>
    /// <remarks>82599: MRQC and RETA name 16 queues, while ethtool -l tells up to 63 (ixgbe_max_rss_indices of ixgbe_ethtool.c; field.md 7).</remarks>
    public static int? MostQueues(string? driver) => driver == "ixgbe" ? 16 : null;
}
