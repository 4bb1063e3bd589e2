using System.Management.Automation;
using System.Text.RegularExpressions;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Vm;

/// <summary>The guest's snapshot, opened here, tells what the guest told of itself, and what Debian's ethtool printed there.</summary>
public sealed class GuestSnapshotTests(GuestResults guest) : IClassFixture<GuestResults>
{
    // What a snapshot keeps to itself, what moves between two readings, and what file modes alone tell (FileTree.Mode: a capture has none).
    private const string Volatile = "<ToString>[^<]*</ToString>|; ended early [0-9]+ times? since boot|" +
        "<[A-Za-z0-9]+ N=\"(MacAddress|PermanentMacAddress|Sensor|Interrupts|InterruptsOnBusiestCpu|BusiestCpu|MemoryFreeBytes|IsManaged|Processed|TimeSqueeze|Value)\"( />|>[^<]*</[A-Za-z0-9]+>)";

    private static string Snapshot
    {
        get
        {
            string path = GuestResults.PathOf("guest.zip");
            Assert.SkipUnless(File.Exists(path), "Save-NsmSnapshot did not run in the guest");
            return path;
        }
    }

    [Theory]
    [MemberData(nameof(GuestResults.Devices), MemberType = typeof(GuestResults))]
    public void Every_figure_that_ethtool_printed_is_in_the_snapshot(string device)
    {
        using Sensor sensor = Sensor.Open(Snapshot);
        EthtoolEquality equality = new(sensor, device, option => GuestResults.Ethtool(device, option));

        // Hardware addresses are replaced in a snapshot; ETHTOOL_GLINK is not in it, since Get-Nic asks sysfs (see GuestNicTests).
        string[] differences = [.. equality.CompareAll().Where(difference => !difference.Contains(" -P: ", StringComparison.Ordinal) && !difference.Contains(" Link detected: ", StringComparison.Ordinal))];
        Assert.True(differences.Length == 0, string.Join('\n', differences));
        Assert.True(equality.Compared >= 70, $"only {equality.Compared} figures were compared");
    }

    [Theory]
    [InlineData("Get-Nic")]
    [InlineData("Get-NicRing")]
    [InlineData("Get-NicFeature")]
    [InlineData("Get-NicChannel")]
    [InlineData("Get-NicCoalesce")]
    [InlineData("Get-NicPause")]
    [InlineData("Get-NicCounter")]
    [InlineData("Get-NicRss")]
    [InlineData("Get-NicFlowRule")]
    [InlineData("Get-NicPrivateFlag")]
    [InlineData("Get-IrqAffinity")]
    [InlineData("Get-IrqBalance")]
    [InlineData("Get-NsmTopology")]
    [InlineData("Test-PcieLink")]
    [InlineData("Get-MemoryModule")]
    [InlineData("Test-MemoryLayout")]
    [InlineData("Get-SoftnetStat")]
    [InlineData("Test-NsmSensor")]
    public void A_command_gives_the_records_that_it_gave_in_the_guest(string command)
    {
        string live = GuestResults.PathOf($"records/{command}.clixml");
        Assert.SkipUnless(File.Exists(live), $"{command} did not run in the guest");
        EngineResult result = guest.Engine.Run(
            "[System.Management.Automation.PSSerializer]::Serialize(@(& $args[0] -Snapshot $args[1] -ErrorAction SilentlyContinue), 8)", command, Snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal(Steady(File.ReadAllText(live)), Steady((string)((PSObject)Assert.Single(result.Output)).BaseObject));
    }

    private static string Steady(string records) => Regex.Replace(records.ReplaceLineEndings("\n"), Volatile, "");
}
