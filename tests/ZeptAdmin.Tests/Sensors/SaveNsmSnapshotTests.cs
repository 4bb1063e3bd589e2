using ZeptAdmin.Nics;
using ZeptAdmin.Reports;

namespace ZeptAdmin.Tests.Sensors;

public sealed class SaveNsmSnapshotTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();

    private string Zip => Path.Combine(_folder.Path, "sensor.zip");

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Saves_a_machine_that_the_other_cmdlets_read()
    {
        SavedSnapshot saved = Assert.IsType<SavedSnapshot>(_engine.Run("Save-NsmSnapshot $args[0] -Snapshot $args[1]", Zip, Repository.Snapshot("two-port-i40e")).Single);

        Assert.Equal((Zip, 3, new FileInfo(Zip).Length), (saved.Path, saved.Interfaces, saved.Bytes));
        Assert.Equal(4096L, Assert.IsType<NicRing>(_engine.Run("Get-NicRing ens1f0 -Snapshot $args[0]", Zip).Single).RxMaximum);
        Assert.Equal(["NotSupportedByDriver"], _engine.Run("Get-NicRing lo -Snapshot $args[0]", Zip).ErrorIds);
    }

    [Fact]
    public void Replaces_a_file_only_when_it_is_told_to()
    {
        string source = Repository.Snapshot("two-port-i40e");
        _ = _engine.Run("Save-NsmSnapshot $args[0] -Snapshot $args[1]", Zip, source).Single;

        Assert.Equal(["SnapshotExists"], _engine.Run("Save-NsmSnapshot $args[0] -Snapshot $args[1]", Zip, source).ErrorIds);
        Assert.Empty(_engine.Run("Save-NsmSnapshot $args[0] -Snapshot $args[1] -Force", Zip, source).Errors);
    }

    [Fact]
    public void Writes_nothing_under_WhatIf()
    {
        EngineResult result = _engine.Run("Save-NsmSnapshot $args[0] -WhatIf", Zip);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.False(File.Exists(Zip));
    }

    [Theory]
    [InlineData("Get-NicRing -Snapshot $args[0]")]
    [InlineData("Get-Nic -Snapshot $args[0]")]
    [InlineData("Save-NsmSnapshot $args[1] -Snapshot $args[0]")]
    public void One_terminating_error_for_what_is_no_snapshot(string script)
    {
        string file = _folder.Write("hostile.zip", "PK\u0003\u0004");

        EngineResult result = _engine.Run($"try {{ {script}; 'went on' }} catch {{ throw }}", file, Zip);

        Assert.Equal(["UnreadableData"], result.ErrorIds);
        Assert.Empty(result.Output);
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }
}
