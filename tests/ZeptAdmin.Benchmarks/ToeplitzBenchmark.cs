using BenchmarkDotNet.Attributes;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Benchmarks;

/// <summary>The forms of the Toeplitz hash on a thousand IPv4 4-tuples.</summary>
public class ToeplitzBenchmark
{
    private const int Inputs = 1000;
    private const int Length = 12;

    private readonly byte[] _key = new byte[52];
    private readonly byte[] _inputs = new byte[Inputs * Length];
    private ToeplitzHash _table = null!;
    private ToeplitzHash _best = null!;

    [GlobalSetup]
    public void Fill()
    {
        Random random = new(1);
        random.NextBytes(_key);
        random.NextBytes(_inputs);
        _table = new TableToeplitz(_key, RssInput.MostBytes);
        _best = ToeplitzHash.Create(_key);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Inputs)]
    public uint Definition()
    {
        uint sum = 0;
        for (int i = 0; i < _inputs.Length; i += Length)
        {
            sum ^= ToeplitzHash.Define(_key, _inputs.AsSpan(i, Length));
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Inputs)]
    public uint Tables() => Sum(_table);

    [Benchmark(OperationsPerInvoke = Inputs)]
    public uint FastestHere() => Sum(_best);

    private uint Sum(ToeplitzHash hash)
    {
        uint sum = 0;
        for (int i = 0; i < _inputs.Length; i += Length)
        {
            sum ^= hash.Compute(_inputs.AsSpan(i, Length));
        }

        return sum;
    }
}
