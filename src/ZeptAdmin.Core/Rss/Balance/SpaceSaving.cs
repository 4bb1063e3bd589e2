using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>The heaviest of more flows than can be kept: Space-Saving.</summary>
/// <remarks>
/// Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams" (2005). A newcomer takes the place and
/// the count of the lightest; a flow with more than total/counters packets is never missed, and no count is too high by more than that.
/// </remarks>
internal sealed class SpaceSaving(int counters)
{
    private readonly Dictionary<FlowKey, int> _places = new(counters);
    private readonly List<(FlowKey Key, ulong Packets, ulong Bytes)> _heap = new(counters);

    /// <summary>The flows kept, in no order; counts are upper bounds.</summary>
    public IReadOnlyList<(FlowKey Key, ulong Packets, ulong Bytes)> Flows => _heap;

    /// <summary>Adds packets of a flow.</summary>
    public void Add(in FlowKey key, ulong packets, ulong bytes)
    {
        if (_places.TryGetValue(key, out int place))
        {
            (_, ulong before, ulong bytesBefore) = _heap[place];
            _heap[place] = (key, before + packets, bytesBefore + bytes);
            Sink(place);
        }
        else if (_heap.Count < counters)
        {
            _heap.Add((key, packets, bytes));
            _places[key] = _heap.Count - 1;
            Rise(_heap.Count - 1);
        }
        else
        {
            (FlowKey lightest, ulong before, ulong bytesBefore) = _heap[0];
            _ = _places.Remove(lightest);
            _heap[0] = (key, before + packets, bytesBefore + bytes);
            _places[key] = 0;
            Sink(0);
        }
    }

    private void Sink(int place)
    {
        while (true)
        {
            int child = (2 * place) + 1;
            if (child + 1 < _heap.Count && _heap[child + 1].Packets < _heap[child].Packets)
            {
                child++;
            }

            if (child >= _heap.Count || _heap[place].Packets <= _heap[child].Packets)
            {
                return;
            }

            Swap(place, child);
            place = child;
        }
    }

    private void Rise(int place)
    {
        for (int parent = (place - 1) / 2; place > 0 && _heap[place].Packets < _heap[parent].Packets; parent = (place - 1) / 2)
        {
            Swap(place, parent);
            place = parent;
        }
    }

    private void Swap(int left, int right)
    {
        (_heap[left], _heap[right]) = (_heap[right], _heap[left]);
        _places[_heap[left].Key] = left;
        _places[_heap[right].Key] = right;
    }
}
