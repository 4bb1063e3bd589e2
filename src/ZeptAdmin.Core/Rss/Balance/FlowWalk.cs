using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>One walk over parts of a flow table: what each setting does with their flows, and the heaviest of them.</summary>
/// <param name="settings">The settings.</param>
/// <param name="hashedBy">For each setting the first one with the same hashes.</param>
/// <param name="seed">Seed of the numbers of the keys.</param>
/// <param name="spare">Flows with packets that did not fit the table. Those that are met are taken out; several walks share it.</param>
/// <param name="top">How many heavy flows.</param>
internal sealed class FlowWalk(
    RssBalanceSetting[] settings, int[] hashedBy, ulong seed, Dictionary<FlowKey, (ulong Packets, ulong Bytes)> spare, int top)
{
    private readonly uint?[] _hashes = new uint?[settings.Length];
    private readonly uint?[] _backHashes = new uint?[settings.Length];

    /// <summary>Sums by setting.</summary>
    public SettingSums[] Sums { get; } = Array.ConvertAll(settings, setting => new SettingSums(setting));

    /// <summary>The heaviest, both directions under one key.</summary>
    public HeaviestFlows Heaviest { get; } = new(top);

    /// <summary>Walks over a part.</summary>
    public void Add(FlowPart part)
    {
        foreach (ref readonly FlowEntry entry in part.Table.Entries)
        {
            if (entry.Packets == 0)
            {
                continue;
            }

            FlowKey reversed = entry.Key.Reversed();
            bool isFlow = entry.Key.IsIp && !entry.Key.IsFragment;
            int order = FlowKey.Compare(entry.Key, reversed);
            (ulong packets, ulong bytes) = (0UL, 0UL);
            bool hasReverse = isFlow && order != 0 && part.Table.TryFind(reversed, reversed.Mix(seed), out packets, out bytes);
            AddToSums(entry, reversed, isFlow, hasReverse, order);
            if (isFlow && hasReverse)
            {
                if (order < 0)
                {
                    Heaviest.Offer(entry.Packets >= packets ? entry.Key : reversed, entry.Packets + packets, entry.Bytes + bytes);
                }
            }
            else if (isFlow)
            {
                (packets, bytes) = TakeSpare(order <= 0 ? entry.Key : reversed);
                Heaviest.Offer(entry.Key, entry.Packets + packets, entry.Bytes + bytes);
            }
        }
    }

    private (ulong Packets, ulong Bytes) TakeSpare(in FlowKey flow)
    {
        lock (spare)
        {
            _ = spare.Remove(flow, out (ulong Packets, ulong Bytes) rest);
            return rest;
        }
    }

    private void AddToSums(in FlowEntry entry, in FlowKey reversed, bool isFlow, bool hasReverse, int order)
    {
        for (int i = 0; i < settings.Length; i++)
        {
            RssBalanceSetting setting = settings[i];
            SettingSums sum = Sums[i];
            _hashes[i] = hashedBy[i] == i ? setting.Hash(entry.Key) : _hashes[hashedBy[i]];
            int queue = setting.QueueOf(_hashes[i]);
            sum.Add(entry.Key, _hashes[i], queue, entry.Packets, entry.Bytes);
            if (!isFlow || (hasReverse && order > 0))
            {
                continue;
            }

            sum.TotalFlows++;
            sum.Flows[queue]++;
            if (hasReverse)
            {
                _backHashes[i] = hashedBy[i] == i ? setting.Hash(reversed) : _backHashes[hashedBy[i]];
                int returnQueue = setting.QueueOf(_backHashes[i]);
                sum.TwoWayFlows++;
                if (returnQueue != queue)
                {
                    sum.AsymmetricFlows++;
                    sum.Flows[returnQueue]++;
                    AddTwice(sum, setting.WorkerGroups, queue, returnQueue);
                }
            }
        }
    }

    private static void AddTwice(SettingSums sum, RssWorkerGroup[] groups, int queue, int returnQueue)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            int member = groups[i].MemberOfQueue[queue];
            if (member == groups[i].MemberOfQueue[returnQueue])
            {
                sum.Twice[i][member]++;
            }
        }
    }
}
