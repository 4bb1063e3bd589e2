using System.Runtime.CompilerServices;

namespace ZeptAdmin.Logs;

/// <summary>Counters of one thread at one instant, while they are read. Counters are numbers of <see cref="NamePool"/>.</summary>
internal sealed class SuricataReading
{
    /// <summary>Thread of the sums.</summary>
    public const string Total = "Total";

    private long[] _values = new long[64];
    private long[] _deltas = new long[64];
    private byte[] _has = new byte[64];

    /// <summary>When it was written (UTC).</summary>
    public DateTime Time { get; set; }

    /// <summary>Seconds since the start; null when the log does not say.</summary>
    public long? Uptime { get; set; }

    /// <summary>The thread.</summary>
    public string Thread { get; set; } = Total;

    /// <summary>True when counters that are 0 are left out of the log.</summary>
    public bool LacksZeros { get; set; }

    /// <summary>Counters, in the order of the log.</summary>
    public List<int> Counters { get; } = [];

    /// <summary>A value; null when there is none.</summary>
    public long? Value(int counter) => counter >= 0 && counter < _has.Length && (_has[counter] & 1) != 0 ? _values[counter] : null;

    /// <summary>A change that the log tells itself; null when it does not.</summary>
    public long? Delta(int counter) => counter >= 0 && counter < _has.Length && (_has[counter] & 2) != 0 ? _deltas[counter] : null;

    /// <summary>Keeps a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Set(int counter, long value)
    {
        Reach(counter);
        if ((_has[counter] & 1) == 0)
        {
            Counters.Add(counter);
        }

        _has[counter] |= 1;
        _values[counter] = value;
    }

    /// <summary>Keeps a change.</summary>
    public void SetDelta(int counter, long value)
    {
        Reach(counter);
        _has[counter] |= 2;
        _deltas[counter] = value;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_has);
        Counters.Clear();
        Uptime = null;
        Thread = Total;
    }

    private void Reach(int counter)
    {
        if (counter >= _values.Length)
        {
            int size = Math.Max(counter + 1, _values.Length * 2);
            Array.Resize(ref _values, size);
            Array.Resize(ref _deltas, size);
            Array.Resize(ref _has, size);
        }
    }
}
