using ZeptAdmin.Cpus;

namespace ZeptAdmin.Tests.Cpus;

public sealed class MeasureCpuEfficiencyTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("cpus-skylake");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Watches_this_machine_with_or_without_counters()
    {
        EngineResult result = _engine.Run("Measure-CpuEfficiency 0 -Duration 0.2 -InterfaceName lo");

        Assert.Empty(result.Errors);
        CpuEfficiency record = Assert.IsType<CpuEfficiency>(result.Single);
        Assert.Equal(("0", false, "lo"), (record.Cpu.ToString(), record.IsTotal, record.InterfaceName));
        Assert.InRange(record.Seconds, 0.2, double.MaxValue);

        // Either there are figures, or it says why there are none.
        Assert.Equal(record.Cycles is null, record.Notes.Any(note => note.StartsWith("Not counted: cycles", StringComparison.Ordinal)));
        Assert.Equal(record.Cycles is null, record.Verdict == CpuEfficiencyVerdict.Unknown);
    }

    [Fact]
    public void Compares_the_two_instants_of_a_snapshot()
    {
        EngineResult result = _engine.Run("Measure-CpuEfficiency 0,2 -InterfaceName ens1f0 -Snapshot $args[0]", _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal([false, false, true], result.Output.Select(record => ((CpuEfficiency)record.BaseObject).IsTotal));
    }

    [Theory]
    [InlineData("Measure-CpuEfficiency 9 -Snapshot $args[0]", "NotPresent")]
    [InlineData("Measure-CpuEfficiency -InterfaceName none0 -Snapshot $args[0]", "InterfaceNotFound")]
    public void Says_what_is_not_there(string script, string id) => Assert.Equal([id], _engine.Run(script, _snapshot).ErrorIds);

    [Fact]
    public void Survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Measure-CpuEfficiency 3 -Snapshot $args[0])))
            [ZeptAdmin.Cpus.CpuEfficiency]$wire
            """,
            _snapshot);

        Assert.Empty(result.Errors);
        CpuEfficiency record = Assert.IsType<CpuEfficiency>(result.Single);
        Assert.Equal((CpuEfficiencyVerdict.Unknown, "C6", 90.0), (record.Verdict, record.IdleStates[3].Name, Math.Round(record.IdleStates[3].Percent, 6)));
    }
}
