using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Flows;

/// <summary>All that decides the way of packets through one interface, read once for many flows.</summary>
internal sealed record FlowSurroundings
{
    private const string AtrOfIxgbe = "ixgbe";
    private const string NtupleFeature = "rx-ntuple-filter";

    /// <summary>Kernel name of the interface.</summary>
    public required string InterfaceName { get; init; }

    /// <summary>Its receive-side scaling; null when the driver says nothing of it.</summary>
    public NicRss? Rss { get; init; }

    /// <summary>True when the key is one that the user gave, as the one that the card really uses.</summary>
    public bool IsKeyGiven { get; init; }

    /// <summary>The kernel, by which quirks of drivers are known.</summary>
    public KernelVersion? Kernel { get; init; }

    /// <summary>Receive queues as sysfs lists them; 0 when the machine does not tell.</summary>
    public int RxQueues { get; init; }

    /// <summary>Rules of the receive classifier, by location.</summary>
    public NicFlowRule[] Rules { get; init; } = [];

    /// <summary>Queues and their interrupts.</summary>
    public IrqAffinity[] Irqs { get; init; } = [];

    /// <summary>Threads of the machine, by CPU.</summary>
    public IReadOnlyDictionary<int, int?> Nodes { get; init; } = new Dictionary<int, int?>();

    /// <summary>What to say of ATR for TCP; null where it is off or the card has none.</summary>
    public string? Atr { get; init; }

    /// <summary>Who captures from it; null when the machine does not tell.</summary>
    public FlowWorkers? Workers { get; init; }

    /// <summary>What could not be read and why, as sentences.</summary>
    public string[] Notes { get; init; } = [];

    /// <summary>Reads them.</summary>
    /// <returns>ENODEV for an interface that is not there; all else that is missing is a note.</returns>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<FlowSurroundings> Read(Sensor sensor, string interfaceName, RssKey? key = null, IReadOnlyList<AfPacketFanout>? measured = null)
    {
        if (!sensor.HasInterface(interfaceName))
        {
            return new Refusal(Errno.ENODEV, "find the queues", interfaceName);
        }

        List<string> notes = [];
        Answer<NicRss> rss = NicRssReader.Get(sensor, interfaceName);
        Answer<NicFlowRule[]> rules = NicFlowRules.Get(sensor, interfaceName);
        Answer<IrqAffinity[]> irqs = new IrqAffinities(sensor).Get(interfaceName);
        foreach (Refusal? refusal in new[] { rss.Refusal, irqs.Refusal, rules.Refusal is { Errno: var errno } && !errno.MeansUnsupported() ? rules.Refusal : null })
        {
            if (refusal is not null)
            {
                notes.Add(refusal.Reason);
            }
        }

        NicRss? known = rss.Try(out NicRss? read) ? WithKey(WithTransform(read, notes), key) : null;
        Dictionary<int, int?> nodes = NsmTopologies.Get(sensor).Threads.ToDictionary(thread => thread.Cpu, thread => thread.Node);
        Answer<FlowWorkers> workers = FlowWorkers.Read(sensor, interfaceName, nodes, measured);
        if (workers.Refusal is Refusal untold)
        {
            notes.Add($"Which worker gets the packets is not known. {untold.Detail ?? untold.Reason}");
        }

        NicFlowRule[] ordered = rules.Try(out NicFlowRule[]? all) ? all : [];
        return new FlowSurroundings
        {
            InterfaceName = interfaceName,
            Rss = known,
            IsKeyGiven = key is not null,
            Kernel = KernelVersion.Of(sensor.Files),
            RxQueues = new QueueCpus(sensor.Files, interfaceName).RxCount,
            Rules = ordered,
            Irqs = irqs.Try(out IrqAffinity[]? records) ? records : [],
            Nodes = nodes,
            Workers = workers.Try(out FlowWorkers? whoCaptures) ? whoCaptures : null,
            Atr = AtrOf(sensor, interfaceName, known?.Driver, ordered),
            Notes = [.. notes],
        };
    }

    // field.md H10: mlx5 is symmetric by default, and tells the kernel so from 6.15 on only.
    internal static NicRss WithTransform(NicRss rss, List<string> notes)
    {
        if (DriverTable.Find(rss.Driver)?.Symmetry.HasFlag(SymmetryMethods.AlwaysOn) != true || rss.InputTransform is not (null or RssInputTransform.None))
        {
            return rss;
        }

        notes.Add($"{rss.Driver} does not tell what it does to the input of the hash; symmetric-or-xor is assumed, which it is known for (rx_hash_symmetric).");
        return rss with { InputTransform = RssInputTransform.SymmetricOrXor };
    }

    private static NicRss WithKey(NicRss rss, RssKey? key) =>
        key is null ? rss : rss with { Key = key, KeySource = null, Function = rss.Function ?? "toeplitz" };

    // field.md G1: ATR learns connections from what the port sends, TCP only; a TCP rule of the classifier turns it off (i40e).
    internal static string? AtrOf(Sensor sensor, string interfaceName, string? driver, NicFlowRule[] rules)
    {
        bool isOn;
        if (driver == AtrOfIxgbe)
        {
            isOn = NicFeatures.Get(sensor, interfaceName).Try(out NicFeature[]? features)
                && Array.Exists(features, feature => feature is { Feature: NtupleFeature, IsOn: false });
        }
        else
        {
            isOn = DriverTable.Find(driver)?.AtrFlag is string name
                && NicPrivateFlags.Get(sensor, interfaceName).Try(out NicPrivateFlag[]? flags)
                && Array.Exists(flags, flag => flag.Flag == name && flag.IsOn)
                && !Array.Exists(rules, rule => rule.FlowType is FlowRuleType.Tcp4 or FlowRuleType.Tcp6);
        }

        long? sent = sensor.Files.ReadInt64($"/sys/class/net/{interfaceName}/statistics/tx_packets");
        return !isOn ? null
            : sent == 0 ? "ATR is on, but has nothing to learn from: this port has sent no packet."
            : "ATR is on and goes before the hash: TCP connections of which this port sends packets come to the queue that sends them"
                + (sent is long count ? string.Create(CultureInfo.InvariantCulture, $" (the port has sent {count} packets).") : ".");
    }
}
