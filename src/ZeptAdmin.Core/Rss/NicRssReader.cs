using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Rss;

/// <summary>Reads receive-side scaling: key, function, table and hash fields.</summary>
public static class NicRssReader
{
    private const string KernelKey = "/proc/sys/net/core/netdev_rss_key";

    /// <summary>All kinds of packets that the kernel sets apart.</summary>
    internal static readonly RssFlowType[] FlowTypes = [.. Enum.GetValues<RssFlowType>().Where(type => type != RssFlowType.None)];

    /// <summary>Receive-side scaling of one interface.</summary>
    /// <returns>What the driver says; its refusal when it says nothing of table, key, queues and fields alike.</returns>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<NicRss> Get(Sensor sensor, string interfaceName)
    {
        Answer<EthtoolRssSettings> settings = EthtoolRss.Get(sensor.Ethtool, interfaceName);
        Answer<int> rings = EthtoolRxRings.Get(sensor.Ethtool, interfaceName);
        NicHashFields[] fields = GetFields(sensor, interfaceName);
        if (settings.Refusal is Refusal refusal && !rings.IsKnown && fields.Length == 0)
        {
            return refusal;
        }

        string? driver = EthtoolDriverInfo.Get(sensor.Ethtool, interfaceName).Try(out EthtoolDriver info) && info.Driver.Length > 0 ? info.Driver : null;
        _ = settings.Try(out EthtoolRssSettings? answered);
        (RssKey? key, RssKeySource? source) = FindKey(sensor, driver, answered);
        string[] functions = EthtoolStrings.Get(sensor.Ethtool, interfaceName, EthtoolStringSet.ETH_SS_RSS_HASH_FUNCS).Try(out string[]? names) ? names : [];
        int[] table = [.. (answered?.Indirection ?? []).Select(queue => (int)Math.Min(queue, int.MaxValue))];
        int? queues = rings.Try(out int count) ? count : null;
        NicRss rss = new()
        {
            InterfaceName = interfaceName,
            Driver = driver,
            Queues = queues,
            Function = FunctionName(answered?.HashFunction ?? 0, functions),
            KnownFunctions = functions,
            Key = key,
            KeySource = source,
            IsKeySymmetric = key?.IsSymmetric,
            InputTransform = (RssInputTransform?)answered?.InputTransform,
            IndirectionTable = table,
            TableSize = table.Length > 0 ? table.Length : null,
            QueueShare = Shares(table, queues ?? 0),
            Fields = fields,
        };
        return rss with { Notes = RssNotes.Of(rss, KernelVersion.Of(sensor.Files)) };
    }

    /// <summary>How often the table names each queue; queues that no entry names are listed with 0.</summary>
    internal static NicQueueShare[] Shares(int[] table, int queues)
    {
        if (table.Length == 0)
        {
            return [];
        }

        SortedDictionary<int, int> entries = [];
        for (int queue = 0; queue < queues; queue++)
        {
            entries[queue] = 0;
        }

        foreach (int queue in table)
        {
            entries[queue] = entries.GetValueOrDefault(queue) + 1;
        }

        return [.. entries.Select(pair => new NicQueueShare { Queue = pair.Key, Entries = pair.Value, Share = (double)pair.Value / table.Length })];
    }

    private static NicHashFields[] GetFields(Sensor sensor, string interfaceName)
    {
        List<NicHashFields> fields = [];
        foreach (RssFlowType type in FlowTypes)
        {
            if (EthtoolHashFields.Get(sensor.Ethtool, interfaceName, (uint)type).Try(out ulong bits))
            {
                // The kernel's field has 64 bits, the highest that has a meaning is 31 (RXH_DISCARD).
                fields.Add(new NicHashFields { FlowType = type, Fields = (RssFields)(uint)bits });
            }
        }

        return [.. fields];
    }

    private static (RssKey? Key, RssKeySource? Source) FindKey(Sensor sensor, string? driver, EthtoolRssSettings? settings)
    {
        if (settings is { Key.Length: > 0 })
        {
            return (new RssKey(settings.Key), RssKeySource.Driver);
        }

        // field.md H14. A kernel that no driver has asked for its key shows zeros (net/core/sysctl_net_core.c).
        if (settings is not null
            && DriverTable.Find(driver) is { TakesKernelKey: true, KeyLength: int length }
            && RssKey.TryParse(sensor.Files.ReadText(KernelKey), out RssKey? kernelKey)
            && kernelKey.Length >= length
            && kernelKey.AsSpan().ContainsAnyExcept((byte)0))
        {
            return (new RssKey(kernelKey.AsSpan()[..length]), RssKeySource.Kernel);
        }

        return (null, null);
    }

    // hfunc has one bit set, in the order of the string set (ETH_RSS_HASH_TOP_BIT, XOR_BIT, CRC32_BIT).
    private static string? FunctionName(byte function, string[] names)
    {
        int bit = function == 0 ? -1 : System.Numerics.BitOperations.TrailingZeroCount(function);
        return bit >= 0 && bit < names.Length && names[bit].Length > 0 ? names[bit] : null;
    }
}
