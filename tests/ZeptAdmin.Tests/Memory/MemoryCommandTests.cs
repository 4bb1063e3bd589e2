using System.Management.Automation;
using ZeptAdmin.Memory;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Memory;

public sealed class MemoryCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("memory-two-packages");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Get_MemoryModule_gives_every_slot_with_its_place()
    {
        EngineResult result = _engine.Run("Get-MemoryModule -Snapshot $args[0]", _snapshot);
        MemoryModule[] modules = [.. result.Output.Select(item => Assert.IsType<MemoryModule>(item.BaseObject))];

        Assert.Empty(result.Errors);
        Assert.Equal(24, modules.Length);
        Assert.Equal(("CPU2_DIMM_F1", 1, 5, 0, 0L, false), (modules[22].Locator, modules[22].Package, modules[22].Channel, modules[22].Slot, modules[22].SizeBytes, modules[22].IsPopulated));
        Assert.Equal((34359738368L, "DDR4", "DIMM", 2, 2933, 2666, "EM32G-2933R"), (modules[12].SizeBytes, modules[12].Type, modules[12].FormFactor, modules[12].Ranks, modules[12].RatedSpeed, modules[12].ConfiguredSpeed, modules[12].PartNumber));
    }

    [Fact]
    public void Get_MemoryModule_leaves_out_empty_slots_when_asked() =>
        Assert.Equal(11, _engine.Run("Get-MemoryModule -Populated -Snapshot $args[0]", _snapshot).Output.Length);

    [Fact]
    public void Get_MemoryModule_never_gives_a_serial_number()
    {
        PSObject[] modules = _engine.Run("Get-MemoryModule -Snapshot $args[0]", _snapshot).Output;

        Assert.All(modules, module => Assert.DoesNotContain(module.Properties, property => $"{property.Value}".Contains("SERIAL", StringComparison.Ordinal)));
    }

    [Fact]
    public void Get_MemoryModule_says_that_a_snapshot_has_no_table() =>
        Assert.Equal(["NotPresent"], _engine.Run("Get-MemoryModule -Snapshot $args[0]", Repository.Snapshot("two-port-i40e")).ErrorIds);

    [Fact]
    public void Get_MemoryModule_says_that_a_table_cannot_be_understood()
    {
        using TemporaryFolder folder = new();
        _ = folder.Write("sys/firmware/dmi/tables/DMI", "rubbish");
        _ = folder.Write("sys/firmware/dmi/tables/smbios_entry_point", "rubbish");

        Assert.Equal(["UnreadableData"], _engine.Run("Get-MemoryModule -Snapshot $args[0]", folder.Path).ErrorIds);
    }

    [Fact]
    public void Test_MemoryLayout_tells_the_empty_channel_the_clock_and_the_imbalance()
    {
        EngineResult result = _engine.Run("Test-MemoryLayout -Snapshot $args[0] | Where-Object Severity -in Warn, Fail", _snapshot);
        MemoryCheck[] checks = [.. result.Output.Select(item => Assert.IsType<MemoryCheck>(item.BaseObject))];

        Assert.Equal(["C1.MemoryChannels 1 Fail", "C3.MemorySpeed 1 Warn", "C1.PackageBalance  Warn"], checks.Select(check => $"{check.Id} {check.Package} {check.Severity}"));
        Assert.Contains("CPU2_DIMM_F1", checks[0].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_MemoryLayout_is_no_error_where_nothing_can_be_read()
    {
        EngineResult result = _engine.Run("Test-MemoryLayout -Snapshot $args[0]", Repository.Snapshot("two-port-i40e"));

        Assert.Empty(result.Errors);
        Assert.Equal(6, result.Output.Length);
    }

    [Fact]
    public void Records_survive_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $found = (Get-MemoryModule -Snapshot $args[0])[12], (Test-MemoryLayout -Snapshot $args[0])[1]
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($found))
            [ZeptAdmin.Memory.MemoryModule]$wire[0]
            [ZeptAdmin.Memory.MemoryCheck]$wire[1]
            """,
            _snapshot);

        Assert.Equal(2666, Assert.IsType<MemoryModule>(result.Output[0].BaseObject).ConfiguredSpeed);
        Assert.Equal(CheckSeverity.Fail, Assert.IsType<MemoryCheck>(result.Output[1].BaseObject).Severity);
    }
}
