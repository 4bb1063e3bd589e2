using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Sensors;

/// <summary>Captures of other projects open as they are.</summary>
public sealed class CapturedMachinesTests
{
    [Theory]
    [InlineData("machines-hwloc", "*.tar.bz2")]
    [InlineData("machines-lscpu", "*.tar.gz")]
    public void Every_capture_opens(string folder, string pattern)
    {
        string[] archives = Directory.GetFiles(Repository.Captured(folder), pattern);

        Assert.NotEmpty(archives);
        Assert.All(archives, archive => Assert.NotEmpty(SnapshotSensor.Open(archive).Files.List("/sys/devices/system")));
    }

    [Fact]
    public void An_unpacked_capture_reads_as_the_archive()
    {
        string archive = Repository.Captured("machines-hwloc/16amd64-8n2c.tar.bz2");
        using TemporaryFolder folder = new();
        _ = ExternalTool.Run("tar", "xjf", archive, "-C", folder.Path);
        SnapshotSensor packed = SnapshotSensor.Open(archive);
        SnapshotSensor unpacked = SnapshotSensor.Open(folder.Path);

        string[] files = [.. Walk(packed, "")];
        Assert.True(files.Length > 100);
        Assert.Equal(files, Walk(unpacked, ""));
        Assert.All(files, file => Assert.Equal(packed.Files.Read(file).Bytes.ToArray(), unpacked.Files.Read(file).Bytes.ToArray()));
    }

    // Folders that readers use, files only, links not followed.
    private static IEnumerable<string> Walk(SnapshotSensor sensor, string folder) =>
        sensor.Files.List(folder).Where(name => folder.Length > 0 || name is "proc" or "sys").Select(name => $"{folder}/{name}")
            .Where(path => sensor.Files.ReadLink(path) is null)
            .SelectMany(path => sensor.Files.Read(path).IsKnown ? [path] : Walk(sensor, path));
}
