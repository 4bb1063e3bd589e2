using BenchmarkDotNet.Attributes;

namespace ZeptAdmin.Benchmarks;

/// <summary>Importing the module into a session that runs already. Goal: under 100 ms.</summary>
public class ImportBenchmark
{
    private WarmEngine _engine = null!;

    [IterationSetup]
    public void Open() => _engine = new WarmEngine(hasModule: false);

    [IterationCleanup]
    public void Close() => _engine.Dispose();

    [Benchmark]
    public int ImportModule() => _engine.Run($"Import-Module '{WarmEngine.Module}'");
}
