using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Rss;

public sealed class GetNicRssTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Reads_what_a_sensor_wants()
    {
        NicRss rss = Read("ens1f0");

        Assert.Equal(("i40e", 4, "toeplitz", 512), (rss.Driver, rss.Queues, rss.Function, rss.TableSize));
        Assert.Equal(52, rss.Key?.Length);
        Assert.StartsWith("6D:5A:6D:5A:", rss.Key?.ToString(), StringComparison.Ordinal);
        Assert.Equal(RssKeySource.Driver, rss.KeySource);
        Assert.True(rss.IsKeySymmetric);
        Assert.Equal(RssInputTransform.None, rss.InputTransform);
        Assert.Equal([128, 128, 128, 128], rss.QueueShare.Select(queue => queue.Entries));
        Assert.Equal(["sd", "sd", "sd", "sd", "sd", "sd", "sd", "sd"], rss.Fields.Select(fields => fields.Letters));
        Assert.Equal("52 B 6D:5A:6D:5A…", rss.KeySummary);
        Assert.Equal("512: 128 each of 4", rss.TableSummary);
    }

    [Fact]
    public void Reads_what_a_driver_does_by_itself()
    {
        NicRss rss = Read("ens1f1");

        Assert.False(rss.IsKeySymmetric);
        Assert.Equal("512: 21-22 each of 24", rss.TableSummary);
        Assert.Equal("sdfn", rss.Fields.Single(fields => fields.FlowType == RssFlowType.Tcp4).Letters);
    }

    [Fact]
    public void Takes_the_key_that_igb_hides_from_the_kernel()
    {
        NicRss rss = Read("eno1");

        Assert.Equal(RssKeySource.Kernel, rss.KeySource);
        Assert.Equal(40, rss.Key?.Length);
        Assert.StartsWith("A1:0B:", rss.Key?.ToString(), StringComparison.Ordinal);
        Assert.Contains(rss.Notes, note => note.Contains("netdev_rss_key", StringComparison.Ordinal));
    }

    [Fact]
    public void Passes_over_loopback_unless_it_is_named()
    {
        Assert.Empty(_engine.Run("Get-NicRss -Snapshot $args[0]", _snapshot).Errors);
        Assert.Equal(["NotSupportedByDriver"], _engine.Run("Get-NicRss lo -Snapshot $args[0]", _snapshot).ErrorIds);
    }

    [Fact]
    public void Survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $rss = Get-NicRss ens1f0 -Snapshot $args[0]
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($rss))
            [ZeptAdmin.Rss.NicRss]$wire
            """,
            _snapshot);

        NicRss rss = Assert.IsType<NicRss>(result.Single);
        NicRss before = Read("ens1f0");
        Assert.Equal(before.Key, rss.Key);
        Assert.Equal(before.IndirectionTable, rss.IndirectionTable);
        Assert.Equal(before.Fields, rss.Fields);
        Assert.Equal(before.QueueShare, rss.QueueShare);
        Assert.Equal((before.KeySource, before.InputTransform), (rss.KeySource, rss.InputTransform));
    }

    [Fact]
    public void A_key_is_made_of_text() =>
        Assert.Equal(2, Assert.IsType<RssKey>(_engine.Run("[ZeptAdmin.Rss.RssKey]'6d:5a'").Single).Length);

    private NicRss Read(string name) => Assert.IsType<NicRss>(_engine.Run("Get-NicRss $args[1] -Snapshot $args[0]", _snapshot, name).Single);
}
