using ZeptAdmin.Irqs;

namespace ZeptAdmin.Tests.Irqs;

public sealed class GetIrqTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("irqs-i40e");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Shows_queue_and_interrupt_of_a_snapshot()
    {
        IrqAffinity[] records = Affinities("Get-IrqAffinity -Snapshot $args[0]");

        Assert.Equal([(0, 101), (1, 102), (null, 100)], records.Select(record => (record.Queue, record.Irq)));
        Assert.Equal("2", records[1].RpsCpus?.ToString());
    }

    [Theory]
    [InlineData("Get-IrqAffinity -Irq 101 -Snapshot $args[0]")]
    [InlineData("Get-IrqAffinity ens1f0 -Irq 101, 7 -Snapshot $args[0]")]
    [InlineData("[pscustomobject]@{ InterfaceName = 'ens1f0'; Irq = 101 } | Get-IrqAffinity -Snapshot $args[0]")]
    [InlineData("Get-IrqAffinity -Irq 101 -Snapshot $args[0] | Get-IrqAffinity -Snapshot $args[0]")]
    public void Finds_one_interrupt(string script) => Assert.Equal(0, Assert.Single(Affinities(script)).Queue);

    [Theory]
    [InlineData("Get-IrqAffinity lo -Snapshot $args[0]", "NotSupportedByDriver")]
    [InlineData("Get-IrqAffinity missing0 -Snapshot $args[0]", "InterfaceNotFound")]
    [InlineData("Get-IrqAffinity -Irq 999 -Snapshot $args[0]", "NotPresent")]
    public void Says_what_is_not_there(string script, string id) => Assert.Equal([id], _engine.Run(script, _snapshot).ErrorIds);

    [Fact]
    public void Passes_over_virtual_interfaces_when_it_was_asked_for_all()
    {
        EngineResult result = _engine.Run("Get-IrqAffinity -Snapshot $args[0] -Verbose", _snapshot);

        Assert.Empty(result.Errors);
        Assert.Single(result.Verbose);
    }

    [Fact]
    public void Survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-IrqAffinity -Irq 102 -Snapshot $args[0])))
            [ZeptAdmin.Irqs.IrqAffinity]$wire
            """,
            _snapshot);

        IrqAffinity record = Assert.IsType<IrqAffinity>(result.Single);
        Assert.Equal((1, IrqDirection.Combined, IrqMapping.Name, "2"), (record.Queue, record.Direction, record.MappedBy, record.EffectiveCpus?.ToString()));
    }

    [Fact]
    public void Tells_what_irqbalance_would_do()
    {
        IrqBalance balance = Assert.IsType<IrqBalance>(_engine.Run("Get-IrqBalance -Snapshot $args[0]", _snapshot).Single);

        Assert.Equal((IrqBalanceState.Stopped, "2-3"), (balance.State, balance.BannedCpus?.ToString()));
        Assert.Equal([101, 102], balance.BannedIrqs);
    }

    [Fact]
    public void Tells_the_softirq_counters_by_CPU()
    {
        SoftnetStat[] stats = [.. _engine.Run("Get-SoftnetStat -Snapshot $args[0]", _snapshot).Output.Select(item => Assert.IsType<SoftnetStat>(item.BaseObject))];

        Assert.Equal([(0, 16u, false), (2, 0xfffffff0u, true)], stats.Select(stat => (stat.Cpu, stat.Processed, stat.IsRpsUsed)));
    }

    [Fact]
    public void A_snapshot_without_the_counters_is_an_error_that_says_so() =>
        Assert.Equal(["NotPresent"], _engine.Run("Get-SoftnetStat -Snapshot $args[0]", Repository.Snapshot("two-port-i40e")).ErrorIds);

    [Fact]
    public void This_machine_agrees_with_its_own_table()
    {
        string interrupts = File.ReadAllText("/proc/interrupts");
        EngineResult result = _engine.Run("Get-IrqAffinity");

        Assert.Empty(result.Errors);
        Assert.All(result.Output.Select(item => Assert.IsType<IrqAffinity>(item.BaseObject)), record =>
        {
            string line = interrupts.Split('\n').First(line => line.TrimStart().StartsWith($"{record.Irq}:", StringComparison.Ordinal));
            Assert.EndsWith(record.Name ?? "", line, StringComparison.Ordinal);
            if (record.Name is string name && name.StartsWith("virtio", StringComparison.Ordinal) && record.Direction == IrqDirection.Rx)
            {
                Assert.EndsWith($"-input.{record.Queue}", name, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public void This_machine_counts_each_online_CPU()
    {
        EngineResult result = _engine.Run("Get-SoftnetStat");

        Assert.Empty(result.Errors);
        Assert.Equal(File.ReadAllLines("/proc/net/softnet_stat").Length, result.Output.Length);
    }

    private IrqAffinity[] Affinities(string script)
    {
        EngineResult result = _engine.Run(script, _snapshot);
        Assert.Empty(result.Errors);
        return [.. result.Output.Select(item => Assert.IsType<IrqAffinity>(item.BaseObject))];
    }
}
