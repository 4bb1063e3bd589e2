using System.Globalization;
using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Flows;

/// <summary>Follows flows through one interface of a machine; made once for many flows.</summary>
public sealed class FlowResolver
{
    private readonly FlowSurroundings _around;
    private readonly RssBalanceSetting[] _settings = [];
    private readonly RssSymmetry[] _symmetries = [];
    private readonly string? _noHash;

    internal FlowResolver(FlowSurroundings around)
    {
        _around = around;
        if (around.Rss is NicRss rss)
        {
            _symmetries = RssSymmetries.Of(rss, around.Kernel);
            Answer<RssBalanceSetting[]> settings = RssBalanceSetting.Of(rss, around.Kernel);
            if (settings.Try(out RssBalanceSetting[]? found))
            {
                // A key that is known to be in use has no second one beside it (field.md H15).
                _settings = around.IsKeyGiven ? found[..1] : found;
            }

            _noHash = settings.Refusal?.Detail;
        }
    }

    /// <summary>Reads what decides the way of packets through an interface.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="key">The key that the card really uses, where it is known to use another than it shows; null for the one that it shows.</param>
    /// <param name="measured">Fanout groups that were measured (<see cref="AfPacketFanoutMeter"/>), whose order of members is taken where it still holds; null for none.</param>
    /// <returns>A resolver, or ENODEV for an interface that is not there.</returns>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<FlowResolver> Open(Sensor sensor, string interfaceName, RssKey? key = null, IReadOnlyList<AfPacketFanout>? measured = null) =>
        FlowSurroundings.Read(sensor, interfaceName, key, measured).Select(around => new FlowResolver(around));

    /// <summary>The way of both directions of a flow.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="queue">Queue on which the flow was seen to arrive, where it cannot be reckoned or is known better; null to reckon it.</param>
    /// <param name="returnQueue">Queue of the other direction; null for the same.</param>
    public NsmFlow Resolve(FlowTuple flow, int? queue = null, int? returnQueue = null)
    {
        List<string> notes = [];
        NsmFlowDirection forward = Follow(flow, notes, queue);
        NsmFlowDirection back = Follow(flow.Reversed(), notes, queue is null ? null : returnQueue ?? queue);
        (FlowParting partsAt, bool? isSameQueue, string why) = Compare(flow, forward, back);
        (bool? isSameWorker, partsAt, why) = ToWorkers(ref forward, ref back, isSameQueue, partsAt, why, notes);
        if (flow.Key.Protocol == 6 && _around.Atr is string atr)
        {
            notes.Add(atr);
        }

        if (_settings.Length > 1 && forward.PossibleQueues.Length + back.PossibleQueues.Length > 2)
        {
            notes.Add("The queues are those of the key that the card shows; it may have been given that key one byte late (field.md H15), and PossibleQueues has both. Measure-FlowSymmetry tells, and -Key takes the key that it names.");
        }

        return new NsmFlow
        {
            InterfaceName = _around.InterfaceName,
            Source = flow.Source,
            SourcePort = flow.SourcePort,
            Destination = flow.Destination,
            DestinationPort = flow.DestinationPort,
            Protocol = flow.Key.Protocol,
            FlowType = flow.Key.FlowType,
            Forward = forward,
            Return = back,
            PartsAt = partsAt,
            IsSameQueue = isSameQueue,
            IsSameCpu = isSameQueue == true ? true : forward.Cpu is int one && back.Cpu is int other ? one == other : null,
            IsSameWorker = isSameWorker,
            Why = why,
            Notes = [.. notes.Concat(_around.Notes).Concat(_settings.SelectMany(setting => setting.Notes)).Distinct()],
        };
    }

    private NsmFlowDirection Follow(FlowTuple flow, List<string> notes, int? given)
    {
        NsmFlowDirection direction = new()
        {
            Source = flow.Source,
            SourcePort = flow.SourcePort,
            Destination = flow.Destination,
            DestinationPort = flow.DestinationPort,
        };
        return ToCpu(given is int queue
            ? direction with { Decider = FlowDecider.Given, Queue = queue, PossibleQueues = [queue] }
            : ByRule(direction, flow, notes) ?? ByHash(direction, flow, notes));
    }

    // The rule with the lowest location goes first; a rule that wakes the machine steers nothing.
    private NsmFlowDirection? ByRule(NsmFlowDirection direction, FlowTuple flow, List<string> notes)
    {
        foreach (NicFlowRule rule in _around.Rules.Where(rule => rule.Action != FlowRuleAction.WakeOnLan))
        {
            bool? takes = FlowRuleMatch.Takes(rule, flow);
            if (takes != false && flow.NeedsPorts && FlowRuleLimits.IsOfOtherPackets(_around.Rss?.Driver, rule))
            {
                notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Rule {rule.Location} ({rule.Match}: {rule.Target}) is of fragments and of what is neither TCP, UDP nor SCTP on {_around.Rss?.Driver}: it does not take whole packets of this flow."));
                continue;
            }

            if (takes is null)
            {
                notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Rule {rule.Location} ({rule.Match}: {rule.Target}) goes before the hash; whether it takes these packets hangs on what is not given here."));
            }
            else if (takes.Value)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"Rule {rule.Location} takes {flow.Source} to {flow.Destination}: {rule.Match}: {rule.Target}."));
                int? queue = rule is { Action: FlowRuleAction.Queue, VirtualFunction: null, Queue: long number } ? (int)number : null;
                return direction with
                {
                    Decider = FlowDecider.FlowRule,
                    RuleLocation = rule.Location,
                    IsDropped = rule.Action == FlowRuleAction.Drop,
                    Queue = queue,
                    PossibleQueues = queue is int one ? [one] : [],
                };
            }
        }

        return null;
    }

    private NsmFlowDirection ByHash(NsmFlowDirection direction, FlowTuple flow, List<string> notes)
    {
        if (_settings.Length == 0)
        {
            if ((_around.Rss?.Queues ?? _around.RxQueues) == 1)
            {
                return direction with { Decider = FlowDecider.SingleQueue, Queue = 0, PossibleQueues = [0] };
            }

            notes.Add(_noHash is null ? "The driver tells nothing of its receive-side scaling, and there is not one queue alone." : $"The queue cannot be reckoned. {_noHash}");
            return direction;
        }

        RssBalanceSetting setting = _settings[0];
        RssFields fields = setting.FieldsOf(flow.Key);
        string letters = RssFieldsText.Letters(fields);
        if (flow.NeedsPorts && !flow.HasPorts && (fields & (RssFields.SourcePort | RssFields.DestinationPort)) != 0)
        {
            notes.Add($"{flow.Key.FlowType} is hashed by {letters}: both ports are needed to tell the queue.");
            return direction with { Fields = letters };
        }

        if (setting.Hash(flow.Key) is not uint hash)
        {
            notes.Add("Packets of this kind are not hashed; that they come to queue 0 is what Intel's and virtio's cards do.");
            return direction with { Decider = FlowDecider.NotHashed, Queue = setting.QueueOf(null), PossibleQueues = [setting.QueueOf(null)] };
        }

        return direction with
        {
            Decider = FlowDecider.Rss,
            Fields = letters,
            Hash = hash,
            TableEntry = (int)(hash % (uint)setting.Table.Length),
            Queue = setting.QueueOf(hash),
            PossibleQueues = [.. _settings.Select(each => each.QueueOf(each.Hash(flow.Key))).Distinct()],
        };
    }

    private NsmFlowDirection ToCpu(NsmFlowDirection direction)
    {
        if (direction.Queue is not int queue
            || Array.Find(_around.Irqs, irq => irq.Queue == queue && irq.Direction is IrqDirection.Rx or IrqDirection.Combined) is not IrqAffinity irq)
        {
            return direction;
        }

        CpuList? cpus = irq.EffectiveCpus ?? irq.RequestedCpus;
        int? cpu = cpus is { Count: 1 } ? cpus.First : null;
        return direction with
        {
            Irq = irq.Irq,
            Cpus = cpus,
            Cpu = cpu,
            Node = cpu is int number ? _around.Nodes.GetValueOrDefault(number) : null,
            RpsCpus = irq.RpsCpus,
        };
    }

    private (bool? IsSameWorker, FlowParting PartsAt, string Why) ToWorkers(
        ref NsmFlowDirection forward, ref NsmFlowDirection back, bool? isSameQueue, FlowParting partsAt, string why, List<string> notes)
    {
        if (_around.Workers is not { IsEmpty: false } workers)
        {
            return (null, partsAt, why);
        }

        forward = forward with { Workers = workers.Of(forward) };
        back = back with { Workers = workers.Of(back) };
        if (workers.IsOrderAssumed)
        {
            notes.Add(FlowWorkers.OrderIsAssumed);
        }

        bool? isTogether = workers.AreTogether(forward, back, isSameQueue);
        return isTogether == false && partsAt is (FlowParting.None or FlowParting.Unknown)
            ? (false, FlowParting.Worker, $"{why} A fanout group gives them to different workers.")
            : (isTogether, partsAt, isTogether == true && isSameQueue == false ? $"{why} Each program gets both in one worker all the same." : why);
    }

    private (FlowParting PartsAt, bool? IsSameQueue, string Why) Compare(FlowTuple flow, NsmFlowDirection forward, NsmFlowDirection back)
    {
        bool isRule = forward.Decider == FlowDecider.FlowRule || back.Decider == FlowDecider.FlowRule;
        if (forward.IsDropped || back.IsDropped)
        {
            return forward.IsDropped && back.IsDropped
                ? (FlowParting.None, null, "The card drops both directions.")
                : (FlowParting.FlowRule, false, "A flow rule drops one direction: the host sees half of the connection. A connection needs a rule for each direction.");
        }

        RssSymmetry? symmetry = Array.Find(_symmetries, each => each.FlowType == flow.Key.FlowType);
        if (forward.Queue is not int one || back.Queue is not int other)
        {
            return !isRule && symmetry?.IsSameQueue == true
                ? (FlowParting.None, true, $"They meet, in a queue that cannot be told. {symmetry.Proof}")
                : (FlowParting.Unknown, null, "The queue of one direction or of both cannot be told.");
        }

        if (forward.Decider == FlowDecider.Given)
        {
            return one == other
                ? (FlowParting.None, true, "They meet in the queue that was given.")
                : (FlowParting.Queue, false, "They arrive on different queues, as was given.");
        }

        if (isRule)
        {
            return one == other
                ? (FlowParting.None, true, "They meet: a flow rule takes one direction or both, and the other goes to the same queue.")
                : (FlowParting.FlowRule, false, "A flow rule takes one direction, or each to another queue. A connection needs a rule for each direction.");
        }

        bool[] verdicts = [.. Candidates(flow).Distinct()];
        if (verdicts.Length > 1)
        {
            return (FlowParting.Unknown, null, "They meet by one of the keys that the card may hash with, and part by the other (field.md H15).");
        }

        string proof = symmetry?.Proof is { Length: > 0 } words ? " " + words : "";
        return one != other
            ? (FlowParting.Queue, false, string.Create(CultureInfo.InvariantCulture, $"The hashes of {Kind(flow)} by {forward.Fields} lead to queue {one} and back to queue {other}.{proof}"))
            : (FlowParting.None, true, forward.Hash == back.Hash
                ? $"They meet: {(forward.Hash is null ? "no hash is needed." : "both have one hash.")}"
                : $"They meet, though their hashes differ: two entries of the table lead to one queue. Other connections may part.{proof}");
    }

    private static string Kind(FlowTuple flow) => flow.Key.FlowType == RssFlowType.None ? "such packets" : flow.Key.FlowType.ToString();

    // Whether both directions meet, by each key that the card may use.
    private IEnumerable<bool> Candidates(FlowTuple flow)
    {
        FlowTuple back = flow.Reversed();
        return _settings.Length == 0
            ? [true]
            : _settings.Select(setting => setting.QueueOf(setting.Hash(flow.Key)) == setting.QueueOf(setting.Hash(back.Key)));
    }
}
