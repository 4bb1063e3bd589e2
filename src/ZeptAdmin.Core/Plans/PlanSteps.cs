using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Cpus;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>All kinds of rows: the one place that knows how a row becomes changes of the module's settings.</summary>
internal static class PlanSteps
{
    private const int HighestNumber = 1_000_000;
    private const int HighestPort = 65535;
    private const string On = "on";
    private const string OnOrOff = "'on' or 'off'";

    private static readonly NicChannelSetting Channel = new();
    private static readonly NicRingSetting Ring = new();
    private static readonly NicPrivateFlagSetting PrivateFlag = new();
    private static readonly NicFeatureSetting Feature = new();
    private static readonly NicCoalesceSetting Coalesce = new();
    private static readonly NicLinkSetting Link = new();
    private static readonly NicIpv6Setting Ipv6 = new();
    private static readonly QueueRpsSetting Rps = new();

    private static readonly Dictionary<PlanRowKind, PlanStep> Steps = new PlanStep[]
    {
        new(PlanRowKind.Queues, PlanScope.Port, "a number of queues, from 1 on", PlanStep.IsNumber(1, 4096), (sensor, _, row) => [Queues(sensor, row)], change => $"{(long)change.Before["Combined"]! + (long)change.Before["Rx"]!}"),
        new(PlanRowKind.RxRing, PlanScope.Port, "a number of descriptors", PlanStep.IsNumber(1, 65536), (sensor, _, row) => [Ring.Plan(sensor, row.Target, ("Rx", PlanStep.Number(row.Value)))], change => $"{change.Before["Rx"]}"),
        new(PlanRowKind.PrivateFlag, PlanScope.PartOfPort, OnOrOff, PlanStep.IsWord(On, "off"), (sensor, _, row) => [PrivateFlag.Plan(sensor, Port(row), Part(row), row.Value == On)], change => PlanStep.OnOff(change.Before)),
        new(PlanRowKind.Feature, PlanScope.PartOfPort, OnOrOff, PlanStep.IsWord(On, "off"), (sensor, _, row) => [Feature.Plan(sensor, Port(row), Part(row), row.Value == On)], change => PlanStep.OnOff(change.Before)),
        new(PlanRowKind.Coalescing, PlanScope.Port, "a number of microseconds", PlanStep.IsNumber(0, 10000), (sensor, _, row) => [Coalesce.Plan(sensor, row.Target, ("AdaptiveRx", 0), ("RxMicroseconds", PlanStep.Number(row.Value)))], change => (long)change.Before["AdaptiveRx"]! != 0 ? $"adaptive, {change.Before["RxMicroseconds"]}" : $"{change.Before["RxMicroseconds"]}"),
        new(PlanRowKind.Pause, PlanScope.Port, OnOrOff, PlanStep.IsWord(On, "off"), (sensor, _, row) => [PauseFrames(sensor, row)], change => $"receipt {PlanStep.OnOff(change.Before["Rx"])}, sending {PlanStep.OnOff(change.Before["Tx"])}"),
        new(PlanRowKind.HashFields, PlanScope.Port, "'sd' or 'sdfn'", PlanStep.IsWord("sd", "sdfn"), (sensor, _, row) => Rss(sensor, row.Target, new RssWish { Fields = RssFieldsText.Parse(row.Value) }), change => string.Join(' ', ((JObject)change.Before).Properties().Select(property => $"{property.Name}={property.Value}"))),
        new(PlanRowKind.SymmetricHash, PlanScope.Port, "'on'", PlanStep.IsWord(On), (sensor, _, row) => Rss(sensor, row.Target, new RssWish { IsSymmetric = true }), _ => "off"),
        new(PlanRowKind.HashQueues, PlanScope.Port, "a number of queues, from 1 on", PlanStep.IsNumber(1, 4096), (sensor, _, row) => Rss(sensor, row.Target, new RssWish { QueueCount = PlanStep.Number(row.Value) }), change => $"{((JArray)change.Before["Table"]!).Select(queue => (int)queue).Distinct().Count()}"),
        new(PlanRowKind.DropUdpPort, PlanScope.PartOfPort, "'on'", PlanStep.IsWord(On), (sensor, _, row) => [Drop(sensor, row)], _ => "off"),
        new(PlanRowKind.Link, PlanScope.Port, "'capture'", PlanStep.IsWord("capture"), (sensor, _, row) => [Link.PlanCapture(sensor, row.Target)], change => $"up {PlanStep.OnOff(change.Before["Up"])}, ARP {PlanStep.OnOff(change.Before["Arp"])}, promiscuous {PlanStep.OnOff(change.Before["Promiscuous"])}"),
        new(PlanRowKind.Ipv6, PlanScope.Port, OnOrOff, PlanStep.IsWord(On, "off"), (sensor, _, row) => [File(Ipv6, sensor, row.Target, row.Value == On ? "0" : "1")], change => (string?)change.Before == "0" ? On : "off"),
        new(PlanRowKind.IrqAffinity, PlanScope.Port, "a CPU for each queue, such as 1,2,3,1", IsCpus, (sensor, _, row) => Irq(sensor, row), change => string.Join(' ', ((JObject)change.Before).Properties().Select(property => $"{property.Name}={property.Value}"))),
        new(PlanRowKind.Rps, PlanScope.Port, "'off'", PlanStep.IsWord("off"), (sensor, _, row) => RpsOff(sensor, row.Target), change => $"CPUs {change.Before}"),
        new(PlanRowKind.IrqBalance, PlanScope.Machine, "a list of CPUs such as 1-13", IsCpus, (sensor, plan, row) => [Fence(sensor, plan, row)], _ => "otherwise") { Targets = ["machine"] },
        new(PlanRowKind.NetBudget, PlanScope.Machine, "a number", PlanStep.IsNumber(1, HighestNumber), (sensor, _, row) => [File(new NetBudgetSetting(), sensor, row.Target, row.Value)], change => $"{change.Before}") { Targets = ["netdev_budget", "netdev_budget_usecs"] },
        new(PlanRowKind.Governor, PlanScope.Cpus, "the name of a governor", text => text.Length is > 0 and < 32 && text.All(char.IsAsciiLetter), Governor, change => Texts(change.Before)),
        new(PlanRowKind.IdleLatency, PlanScope.Cpus, "a number of microseconds", PlanStep.IsNumber(0, HighestNumber), (sensor, _, row) => [CpuLatencyLimits.Plan(sensor, CpuList.Parse(row.Target), PlanStep.Number(row.Value))], change => Texts(change.Before)),
        new(PlanRowKind.Housekeeping, PlanScope.Machine, "a list of CPUs such as 0-3", IsCpus, (sensor, _, row) => CpuHousekeepings.Plan(sensor, CpuList.Parse(row.Value), [Enum.Parse<CpuHousekeepingPart>(row.Target)]), change => change.Before is JObject threads ? string.Join(' ', threads.Properties().Select(thread => (string?)thread.Value).Distinct()) : $"{change.Before}") { Targets = Enum.GetNames<CpuHousekeepingPart>() },
        new(PlanRowKind.KernelArgument, PlanScope.Machine, "a text without white space", text => !text.Any(char.IsWhiteSpace), null, _ => ""),
        new(PlanRowKind.Zeek, PlanScope.Free, "a text", text => !text.Contains('\n', StringComparison.Ordinal), null, _ => ""),
        new(PlanRowKind.Suricata, PlanScope.Free, "a text", text => !text.Contains('\n', StringComparison.Ordinal), null, _ => ""),
    }.ToDictionary(step => step.Kind);

    /// <summary>The step of a kind.</summary>
    public static PlanStep Of(PlanRowKind kind) => Steps[kind];

    /// <summary>Rows in the order in which they have to be made, whatever their order in a file: card by card, what resets before what is reset, the machine last.</summary>
    public static PlanRow[] InOrder(NsmPlan plan) =>
    [
        .. plan.Rows.OrderBy(row => Of(row.Kind).Scope switch
            {
                PlanScope.Port or PlanScope.PartOfPort => Array.FindIndex(plan.Ports, port => port.InterfaceName == Port(row)),
                _ => plan.Ports.Length,
            })
            .ThenBy(row => row.Kind)

            // What hangs on another feature goes before it, or the kernel turns it off in passing: tx-tcp-mangleid-segmentation before
            // tx-tcp-segmentation (netdev_fix_features of net/core/dev.c). The order of names is that order.
            .ThenBy(row => row.Kind == PlanRowKind.Feature ? row.Target : "", StringComparer.Ordinal),
    ];

    private static string Port(PlanRow row) => row.Target.Split('/')[0];

    private static string Part(PlanRow row) => row.Target[(row.Target.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static bool IsCpus(string text) => text.Split(',').All(part => CpuList.TryParse(part, out CpuList? cpus) && !cpus.IsEmpty);

    private static string Texts(JToken value) => string.Join(' ', ((JObject)value).Properties().Select(property => $"{property.Name}={property.Value}"));

    private static Answer<PlannedChange> Queues(Sensor sensor, PlanRow row)
    {
        Answer<NicChannel> channels = NicChannels.Get(sensor, row.Target);
        return channels.Refusal is Refusal refusal
            ? refusal
            : Channel.Plan(sensor, row.Target, (channels.Value.CombinedMaximum > 0 ? "Combined" : "Rx", PlanStep.Number(row.Value)));
    }

    // What is negotiated comes back with the link (seen on igb and e1000e), so negotiation ends with the frames, where the driver lets it.
    private static Answer<PlannedChange> PauseFrames(Sensor sensor, PlanRow row)
    {
        bool isOn = row.Value == On;
        bool? autoneg = isOn || NicPauses.KeepsNegotiation(sensor, row.Target) ? null : false;
        return NicPauses.Plan(sensor, row.Target, autoneg, isOn, isOn);
    }

    private static IEnumerable<Answer<PlannedChange>> Rss(Sensor sensor, string interfaceName, RssWish wish)
    {
        Answer<RssPlan> plan = RssPlanner.Plan(sensor, interfaceName, wish);
        return plan.Refusal is Refusal refusal ? [refusal] : plan.Value.Changes.Select(change => (Answer<PlannedChange>)change);
    }

    private static Answer<PlannedChange> Drop(Sensor sensor, PlanRow row)
    {
        if (!PlanStep.IsNumber(1, HighestPort)(Part(row)))
        {
            return new Refusal(Errno.EINVAL, "drop packets in the card", row.Target) { Detail = "The part behind the slash is a port, 1 to 65535." };
        }

        NicFlowRuleWish wish = new() { FlowType = FlowRuleType.Udp4, DestinationPort = PlanStep.Number(Part(row)), Action = FlowRuleAction.Drop };
        return NicFlowRulePlanner.Add(sensor, Port(row), wish).Select(plan => plan.Change);
    }

    // Queues that are not there yet, or not any more, have no interrupts to move: the row is planned anew once their number is set.
    private static Answer<PlannedChange>[] Irq(Sensor sensor, PlanRow row)
    {
        int[] cpus = [.. row.Value.Split(',').Select(PlanStep.Number)];
        Answer<IrqAffinity[]> records = new IrqAffinities(sensor).Get(row.Target);
        if (records.Refusal is Refusal refusal)
        {
            return [refusal];
        }

        int[] queues = [.. records.Value.Select(record => record.Queue).OfType<int>().Distinct().Where(queue => queue < cpus.Length).Order()];
        Answer<IrqPlan> plan = IrqPlan.Make(sensor, row.Target, new IrqWish
        {
            Cpus = queues.Length == 0 ? cpus : [.. queues.Select(queue => cpus[queue])],
            Queues = queues.Length == 0 ? null : queues,
        });
        return plan.Refusal is Refusal refused ? [refused] : plan.Value.Changes;
    }

    private static IEnumerable<Answer<PlannedChange>> RpsOff(Sensor sensor, string interfaceName) =>
        from name in sensor.Files.List($"/sys/class/net/{interfaceName}/queues")
        where name.StartsWith("rx-", StringComparison.Ordinal)
        let queue = int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1
        where queue >= 0
        let change = Rps.Plan(sensor, interfaceName, queue, CpuList.Empty)
        where change.IsKnown || !change.Refusal!.Errno.MeansUnsupported()
        select change;

    private static Answer<PlannedChange> Fence(Sensor sensor, NsmPlan plan, PlanRow row)
    {
        IrqAffinities all = new(sensor);
        int[] irqs = [.. plan.Ports.SelectMany(port => all.Get(port.InterfaceName).Try(out IrqAffinity[]? records) ? records.Where(record => record.Queue is not null).Select(record => record.Irq) : []).Distinct().Order()];
        try
        {
            return IrqBalanceBans.PlanFence(sensor, CpuList.Parse(row.Value), irqs, out _);
        }
        catch (KernelFormatException e)
        {
            return new Refusal(Errno.EINVAL, "edit the settings of irqbalance", sensor.Name) { Detail = e.Message };
        }
    }

    private static Answer<PlannedChange>[] Governor(Sensor sensor, NsmPlan plan, PlanRow row)
    {
        CpuList cpus = CpuList.Parse(row.Target);
        Answer<CpuFrequencyPolicy[]> policies = CpuFrequencyPolicies.Get(sensor);
        return policies.Refusal is Refusal refusal
            ? [refusal]
            : CpuFrequencyPolicies.Plan(sensor, [.. policies.Value.Where(policy => policy.Cpu.Overlaps(cpus))], new CpuFrequencyWish { Governor = row.Value });
    }

    private static Answer<PlannedChange> File(FileSetting setting, Sensor sensor, string target, string wanted) =>
        setting.Read(sensor, target).Select(before => new PlannedChange(setting, target, before, new JValue(wanted)));
}
