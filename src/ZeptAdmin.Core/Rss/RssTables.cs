using ZeptAdmin.Linux;

namespace ZeptAdmin.Rss;

/// <summary>Indirection tables as they are wished for.</summary>
internal static class RssTables
{
    private const string Operation = "set the indirection table";

    /// <summary>The table that a wish comes to, empty when none is wished for.</summary>
    public static Answer<int[]> Wanted(NicRss rss, RssWish wish)
    {
        if (wish.QueueCount is null && wish.Table is null && wish.Weights is null)
        {
            return Array.Empty<int>();
        }

        if (rss.TableSize is not int entries || rss.Queues is not int queues)
        {
            return RssPlanner.Refuse(Errno.EOPNOTSUPP, rss, Operation, $"The driver shows no table.");
        }

        int highest = wish.QueueCount is int count ? count - 1 : wish.Table?.Max() ?? wish.Weights!.Length - 1;
        if (highest >= queues || wish.Table?.Min() < 0)
        {
            return RssPlanner.Refuse(Errno.EINVAL, rss, Operation, $"It has {queues} receive queues, 0 to {queues - 1}; more come with Set-NicChannel.");
        }

        if (wish.Table is int[] table)
        {
            return entries % table.Length == 0
                ? Enumerable.Range(0, entries).Select(entry => table[entry % table.Length]).ToArray()
                : RssPlanner.Refuse(Errno.EINVAL, rss, Operation, $"The table has {entries} entries; a list of {table.Length} does not fill it evenly.");
        }

        return wish.Weights is int[] weights ? ByWeight(rss, weights, entries) : NicRssSetting.DefaultTable(entries, wish.QueueCount!.Value);
    }

    // As ethtool fills it (fill_indir_table): blocks of entries, one queue after the other.
    private static Answer<int[]> ByWeight(NicRss rss, int[] weights, int entries)
    {
        long sum = weights.Sum(weight => (long)weight);
        if (sum == 0 || sum > entries || weights.Min() < 0)
        {
            return RssPlanner.Refuse(Errno.EINVAL, rss, Operation, $"The weights have to be 0 or more and add up to 1 to {entries}, the entries of the table; these add up to {sum}.");
        }

        int[] table = new int[entries];
        int queue = -1;
        long partial = 0;
        for (int entry = 0; entry < entries; entry++)
        {
            while (entry >= entries * partial / sum)
            {
                partial += weights[++queue];
            }

            table[entry] = queue;
        }

        return table;
    }
}
