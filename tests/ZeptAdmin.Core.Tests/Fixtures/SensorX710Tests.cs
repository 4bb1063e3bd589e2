namespace ZeptAdmin.Tests.Fixtures;

public sealed class SensorX710Tests
{
    [Fact]
    public void The_snapshot_is_what_the_generator_writes()
    {
        string path = Path.Combine(Repository.Snapshot("sensor-x710"), "ethtool.txt");
        string expected = SensorX710.EthtoolText();
        if (Environment.GetEnvironmentVariable("ZEPTADMIN_ACCEPT") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }
}
