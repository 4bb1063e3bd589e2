using BenchmarkDotNet.Attributes;
using ZeptAdmin.Tests;

namespace ZeptAdmin.Benchmarks;

/// <summary>Get-NsmTopology of a server of 256 CPUs, from a file of Save-NsmSnapshot and from a folder. Goal: under 60 ms, warm.</summary>
public class BigMachineBenchmark
{
    private string _folder = "";
    private WarmEngine _engine = null!;

    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("zeptadmin-bench-").FullName;
        BigMachine.Write(Path.Combine(_folder, "machine"));
        _engine = new WarmEngine();
        _ = _engine.Run($"Save-NsmSnapshot '{_folder}/machine.zip' -Snapshot '{_folder}/machine'");
    }

    [GlobalCleanup]
    public void Close()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public int Lstopo() => Tool.Run("lstopo-no-graphics", "--input", $"{_folder}/machine", "--of", "xml");

    [Benchmark]
    public int File() => _engine.Run($"Get-NsmTopology -Snapshot '{_folder}/machine.zip'");

    [Benchmark]
    public int Folder() => _engine.Run($"Get-NsmTopology -Snapshot '{_folder}/machine'");
}
