using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>The heaviest of the flows that it was shown.</summary>
/// <param name="top">How many.</param>
internal sealed class HeaviestFlows(int top)
{
    private readonly PriorityQueue<HeavyFlow, HeavyFlow> _flows = new(HeavyFlow.LightestFirst);
    private ulong _least;

    /// <summary>They, the heaviest first; of equal ones by key, since the order of the table is another in every run.</summary>
    public IEnumerable<HeavyFlow> InOrder => _flows.UnorderedItems.Select(item => item.Element).OrderDescending(HeavyFlow.LightestFirst);

    /// <summary>Shows it a flow.</summary>
    public void Offer(in FlowKey key, ulong packets, ulong bytes)
    {
        // Most flows are light: those are passed over before anything is made of them.
        if (packets >= _least)
        {
            Offer(new HeavyFlow(key, packets, bytes));
        }
    }

    /// <summary>Shows it a flow.</summary>
    public void Offer(HeavyFlow flow)
    {
        if (_flows.Count < top)
        {
            _flows.Enqueue(flow, flow);
        }
        else if (top > 0)
        {
            _ = _flows.EnqueueDequeue(flow, flow);
        }

        _least = top == 0 ? ulong.MaxValue : _flows.Count == top ? _flows.Peek().Packets : 0;
    }
}
