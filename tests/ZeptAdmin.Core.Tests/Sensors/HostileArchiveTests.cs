using System.Formats.Tar;
using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using static ZeptAdmin.Tests.Sensors.ArchiveMaker;

namespace ZeptAdmin.Tests.Sensors;

/// <summary>Whatever is handed in as a snapshot opens, or is one clear error; the disk stays as it is.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, byte[], string> Hostile => new()
    {
        { "empty file", [], "is empty" },
        { "text", "hello"u8.ToArray(), "no zip, no tar" },
        { "zip that is something else", "PK\u0003\u0004 and then nothing of the kind"u8.ToArray(), "cut off" },
        { "empty zip", Zip(), "neither proc nor sys" },
        { "zip with other files", Zip(("readme", "x")), "neither proc nor sys" },
        { "zip, way up", Zip(("proc/version", "x"), ("../x", "x")), "'../x' leads out" },
        { "zip, way up within", Zip(("proc/version", "x"), ("sys/../../x", "x")), "leads out" },
        { "zip, absolute", Zip(("proc/version", "x"), ("/etc/cron.d/x", "x")), "absolute" },
        { "zip, twice", Zip(("proc/version", "x"), ("proc/version", "y")), "'proc/version' appears twice" },
        { "zip, file where a folder is", Zip(("proc/net/dev", "x"), ("proc/net", "y")), "appears twice" },
        { "zip, folder where a file is", Zip(("proc/net", "y"), ("proc/net/dev", "x")), "appears twice" },
        { "zip, link out", Zip(("sys/x->", "../../etc/shadow")), "link that leads out" },
        { "zip, empty link", Zip(("sys/x->", "")), "link to nothing" },
        { "zip, huge name", Zip(("proc/version", "x"), ("proc/" + new string('n', 300), "x")), "no file can have" },
        { "zip, longer name", Zip(("proc/version", "x"), ("proc/" + string.Join('/', Enumerable.Repeat("name", 1000)), "x")), "too long" },
        { "zip, deep name", Zip(("proc/version", "x"), ("proc/" + string.Join('/', Enumerable.Repeat("n", 100)), "x")), "no file can have" },
        { "tar, way up", Tar(TarFile("proc/version", "x"), TarFile("../x", "x")), "leads out" },
        { "tar, absolute", Tar(TarFile("/proc/version", "x")), "absolute" },
        { "tar, twice", Tar(TarFile("proc/version", "x"), TarFile("proc/version", "y")), "appears twice" },
        { "tar, link out", Tar(TarFile("proc/version", "x"), TarLink("sys/x", "../../x")), "link that leads out" },
        { "tar, hard link to nothing", Tar(TarFile("proc/version", "x"), TarLink("proc/x", "etc/shadow", TarEntryType.HardLink)), "hard link to no file" },
        { "tar, pipe", Tar(new PaxTarEntry(TarEntryType.Fifo, "proc/kmsg")), "'proc/kmsg' is a device" },
        { "tar, device", Tar(new PaxTarEntry(TarEntryType.CharacterDevice, "sys/mem")), "is a device" },
        { "tar, cut off", Tar(TarFile("proc/version", "x"))[..1024], "cut off" },
        { "tar.gz, cut off", Gzip(Tar(TarFile("proc/version", "x")))[..60], "" },
        { "manifest, garbage", Zip(("manifest.json", "{ \"format\": ")), "it is not JSON" },
        { "manifest, a list", Zip(("manifest.json", "[1]")), "it is not JSON" },
        { "manifest, no format", Zip(("manifest.json", "{}")), "names no format" },
        { "manifest, wrong kind", Zip(("manifest.json", "{ \"format\": \"x\" }")), "wrong kind" },
        { "manifest, newer", Zip(("manifest.json", "{ \"format\": 99 }")), "its format is 99" },
        { "manifest, wrong time", Zip(("manifest.json", "{ \"format\": 1, \"time\": \"soon\" }")), "wrong kind" },
        { "values, no mark", Zip(("values.txt", "/proc/version\n")), "values.txt, line 1" },
        { "values, unknown mark", Zip(("values.txt", "/proc/version\t*x\n")), "line 1" },
        { "values, way up", Zip(("values.txt", "/proc/../../version\t=x\n")), "leads out" },
        { "values, twice", Zip(("values.txt", "/proc/version\t=x\n"), ("proc/version", "y")), "appears twice" },
        { "ethtool, garbage", Zip(("ethtool.txt", "garbage\n")), "ethtool.txt, line 1" },
        { "netlink, garbage", Zip(("netlink.txt", "garbage\n")), "netlink.txt, line 1" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public void Is_one_clear_error(string name, byte[] archive, string problem)
    {
        string path = Path.Combine(_folder.Path, "snapshot.zip");
        File.WriteAllBytes(path, archive);

        KernelFormatException error = Assert.Throws<KernelFormatException>(() => SnapshotSensor.Open(path));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
        Assert.NotEmpty(name);
    }

    [Fact]
    public void A_link_stays_in_the_tree_also_when_it_is_absolute_or_runs_in_a_circle()
    {
        string path = Path.Combine(_folder.Path, "s");
        File.WriteAllBytes(path, Zip(("etc/passwd", "ours"), ("sys/a->", "/etc/passwd"), ("sys/b->", "c"), ("sys/c->", "b"), ("sys/d->", "../etc/../sys")));
        SnapshotSensor sensor = SnapshotSensor.Open(Path.Combine(_folder.Path, "s"));

        Assert.Equal("ours", sensor.Files.ReadText("/sys/a"));
        Assert.Equal("/sys", sensor.Files.Resolve("/sys/d"));
        Assert.False(sensor.Files.Read("/sys/b").IsKnown);
        Assert.Null(sensor.Files.Resolve("/sys/b"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Everything_of_a_snapshot_is_kept_and_of_another_tools_archive_what_readers_use(bool isSnapshot)
    {
        string path = Path.Combine(_folder.Path, "s");
        (string, string)[] others = [("proc/version", "6.1"), ("home/a.yaml", "x"), ("var/lib/dpkg/status", "x"), ("etc/os-release", "x")];
        File.WriteAllBytes(path, Zip(isSnapshot ? [.. others, ("manifest.json", "{ \"format\": 1 }")] : others));

        FileTree files = SnapshotSensor.Open(path).Files;

        Assert.Equal(("6.1", "x"), (files.ReadText("/proc/version"), files.ReadText("/etc/os-release")));
        Assert.Equal((isSnapshot, isSnapshot), (files.Exists("/home/a.yaml"), files.Exists("/var/lib/dpkg/status")));
    }

    [Fact]
    public void Pipes_in_a_folder_are_not_opened()
    {
        _ = _folder.Write("proc/version", "x");
        _ = ExternalTool.Run("mkfifo", Path.Combine(_folder.Path, "proc", "kmsg"));

        Assert.Equal(Errno.EINVAL, SnapshotSensor.Open(_folder.Path).Files.Read("/proc/kmsg").Errno);
        Assert.Contains("neither a file nor a folder", Assert.Throws<KernelFormatException>(() => SnapshotSensor.Open(Path.Combine(_folder.Path, "proc", "kmsg"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bombs_end_early()
    {
        string path = Path.Combine(_folder.Path, "bomb");
        byte[] zeros = new byte[1 << 20];
        TarEntry Big(int number) => new PaxTarEntry(TarEntryType.RegularFile, $"var/{number}") { DataStream = new MemoryStream(zeros) };
        ArchiveLimits limits = ArchiveLimits.Default with { RatioFrom = 4 << 20, Ratio = 100 };
        File.WriteAllBytes(path, Gzip(Tar([TarFile("proc/version", "x"), .. Enumerable.Range(0, 20).Select(Big)])));
        Assert.Contains("100 times", Open(limits), StringComparison.Ordinal);
        Assert.Contains("more than 3 MiB", Open(limits with { UnpackedBytes = 3 << 20 }), StringComparison.Ordinal);
        Assert.Contains("more than 5 entries", Open(ArchiveLimits.Default with { Entries = 5 }), StringComparison.Ordinal);

        File.WriteAllBytes(path, Zip([("proc/version", "x"), .. Enumerable.Range(0, 20).Select(number => ($"var/{number}", new string('0', 1 << 20)))]));
        Assert.Contains("100 times", Open(limits), StringComparison.Ordinal);
        Assert.Contains("too many entries", Open(ArchiveLimits.Default with { Entries = 5 }), StringComparison.Ordinal);

        File.WriteAllBytes(path, Zip(("proc/a", new string('0', 1 << 20)), ("proc/b", new string('0', 1 << 20))));
        Assert.Contains("'proc/a' has more than 0 MiB", Open(ArchiveLimits.Default with { FileBytes = 1000 }), StringComparison.Ordinal);
        Assert.Contains("its files have more than 1 MiB", Open(ArchiveLimits.Default with { KeptBytes = (1 << 20) + 10 }), StringComparison.Ordinal);

        string Open(ArchiveLimits within) => Assert.Throws<KernelFormatException>(() => SnapshotArchive.Read(path, within, CancellationToken.None)).Message;
    }

    [Fact]
    public void Stops_when_it_is_told_to()
    {
        using CancellationTokenSource stop = new();
        stop.Cancel();
        foreach (byte[] archive in (byte[][])[Zip(("proc/version", "x")), Tar(TarFile("proc/version", "x")), Gzip(Tar(TarFile("proc/version", "x")))])
        {
            string path = Path.Combine(_folder.Path, "s");
            File.WriteAllBytes(path, archive);
            _ = Assert.Throws<OperationCanceledException>(() => SnapshotSensor.Open(path, stop.Token));
        }
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("tar.bz2")]
    [InlineData("tar.xz")]
    public void Damage_anywhere_is_an_error_or_nothing(string kind)
    {
        byte[] whole = Whole(kind);
        string path = Path.Combine(_folder.Path, "damaged");
        Gen.Select(Gen.Int[0, whole.Length], Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[0, 3]).Sample(
            (length, flips) =>
            {
                byte[] damaged = [.. whole];
                foreach ((int at, byte flip) in flips)
                {
                    damaged[at] ^= flip;
                }

                // Half of the runs cut it off, half only turn bits.
                File.WriteAllBytes(path, length % 2 == 0 ? damaged[..length] : damaged);
                try
                {
                    MemoryFolder root = SnapshotArchive.Read(path, ArchiveLimits.Default, CancellationToken.None);
                    Assert.NotEmpty(root.Names);
                }
                catch (KernelFormatException)
                {
                }
            },
            iter: 300,
            threads: 1);
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("tar.bz2")]
    [InlineData("tar.xz")]
    public void Opens_whatever_it_is_called(string kind)
    {
        string path = Path.Combine(_folder.Path, "wrong.name");
        File.WriteAllBytes(path, Whole(kind));
        SnapshotSensor sensor = SnapshotSensor.Open(path);

        Assert.Equal("Linux version 6.1", sensor.Files.ReadText("/proc/version"));
        Assert.Equal("4096", sensor.Files.ReadText("/sys/class/net/ens1/mtu"));
        Assert.Same(sensor, SnapshotSensor.Open(path));
        File.WriteAllBytes(path, Zip(("proc/version", "another")));
        Assert.Equal("another", SnapshotSensor.Open(path).Files.ReadText("/proc/version"));
    }

    private byte[] Whole(string kind)
    {
        byte[] tar = Tar(
            TarFile("top/proc/version", "Linux version 6.1\n"),
            TarFile("top/sys/devices/net/ens1/mtu", "4096\n"),
            TarLink("top/sys/class/net/ens1", "../../devices/net/ens1"));
        switch (kind)
        {
            case "zip":
                return Zip(("proc/version", "Linux version 6.1\n"), ("sys/devices/net/ens1/mtu", "4096\n"), ("sys/class/net/ens1->", "../../devices/net/ens1"));
            case "tar":
                return tar;
            case "tar.gz":
                return Gzip(tar);
            default:
                string file = Path.Combine(_folder.Path, "whole");
                File.WriteAllBytes(file, tar);
                _ = ExternalTool.Run(kind == "tar.xz" ? "xz" : "bzip2", "-k", "-f", file);
                return File.ReadAllBytes(file + kind[3..]);
        }
    }
}
