using System.IO.Compression;
using ZeptAdmin.Reports;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Tests.Suricata;

/// <summary>What of Suricata's files leaves the machine in a snapshot: what the checks read, and nothing else.</summary>
public sealed class SuricataSecretsTests : IDisposable
{
    private static readonly string S1 = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Fixtures", "suricata", "s1.yaml"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vars:\n  address-groups:\n    HOME_NET: \"[hunter2]\"\n", "vars:\n left-out:\n\n")]
    [InlineData("outputs:\n- redis:\n    password: hunter2\n", "outputs:\n left-out:\n\n")]
    [InlineData("sensor-name: hunter2\n", "sensor-name:\n")]
    [InlineData("# hunter2\nrunmode: workers # hunter2\n", "\nrunmode: workers\n")]
    [InlineData("af-packet:\n  - interface: eth0\n    bpf-filter: not host hunter2\n", "af-packet:\n  - interface: eth0\n    bpf-filter: left-out\n")]
    [InlineData("af-packet:\n  - interface: eth0\n    bpf-filter: >\n      host hunter2\n    threads: 4\n", "af-packet:\n  - interface: eth0\n    bpf-filter:\n\n    threads: 4\n")]
    [InlineData("af-packet:\n  - interface: eth0\n    pasword: hunter2\n    threads: \"4\"\n", "af-packet:\n  - interface: eth0\n    pasword:\n    threads: \"4\"\n")]
    [InlineData("stream:\n  memcap: 64 MiB\n  nonsense: {a: hunter2}\n", "stream:\n  memcap: 64 MiB\n  nonsense:\n")]
    [InlineData("threading:\n  cpu-affinity:\n    - worker-cpu-set:\n        cpu: [ 1, \"2-3\",\n               5 ] # hunter2\n", "threading:\n  cpu-affinity:\n    - worker-cpu-set:\n        cpu: [ 1, \"2-3\",\n               5 ]\n")]
    [InlineData("include:\n  - a.yaml\n  - /srv/b.yaml # hunter2\naf-packet: !include c.yaml\n", "include:\n  - a.yaml\n  - /srv/b.yaml\naf-packet: !include c.yaml\n")]
    [InlineData("root:$6$hunter2:19000:0:99999:7:::\nhunter2:x:1\n", "\n\n")]
    [InlineData("hosts: {a: hunter2}\nhost:\n  memcap: hunter two\n", "hosts:\nhost:\n  memcap: left-out\n")]
    public void What_may_be_secret_is_left_out_and_lines_keep_their_numbers(string text, string expected) => Assert.Equal(expected, SuricataSecrets.Mask(text));

    [Theory]
    [InlineData("/usr/bin/suricata\0-c\0/srv/a.yaml\0--set\0outputs.0.password=hunter2\0", "/usr/bin/suricata\0-c\0/srv/a.yaml\0")]
    [InlineData("/usr/bin/suricata\0--set\0a=hunter2\0-c/srv/a.yaml\0", "/usr/bin/suricata\0-c/srv/a.yaml\0")]
    [InlineData("suricata\0--pcap=hunter2", "suricata\0")]
    public void Of_the_arguments_the_file_stays(string text, string expected) => Assert.Equal(expected, SuricataSecrets.Arguments(text));

    [Fact]
    public void The_checks_find_the_same_in_what_stays()
    {
        using Sensor sensor = Sensor.Open(null);
        foreach (string text in (string[])[S1, S1.Replace("    threads: 11", "    threds: 11", StringComparison.Ordinal), S1.Replace("12gb", "12GiB", StringComparison.Ordinal)])
        {
            Assert.Equal(Found(text, sensor), Found(SuricataSecrets.Mask(text), sensor));
        }
    }

    [Fact]
    public void So_they_do_with_debians_template()
    {
        string text = File.ReadAllText(Path.Combine(RealSuricata.Root, "etc/suricata/suricata.yaml"));
        using Sensor sensor = Sensor.Open(null);

        string masked = SuricataSecrets.Mask(text);

        Assert.Equal(Found(text, sensor), Found(masked, sensor));
        Assert.DoesNotContain("192.168.0.0", masked, StringComparison.Ordinal);
        Assert.InRange(masked.Length, 1000, text.Length / 4);
    }

    [Fact]
    public void A_snapshot_has_the_files_of_the_running_engine_and_gives_the_same_checks()
    {
        const string secret = "hunter2";
        _ = _folder.Write("machine/proc/cmdline", "quiet\n");
        _ = _folder.Write("machine/proc/77/comm", "Suricata-Main\n");
        _ = _folder.Write("machine/proc/77/cmdline", $"/usr/bin/suricata\0-c\0/data/sensor.yaml\0--set\0a={secret}\0");
        _ = _folder.Write("machine/proc/78/comm", "nginx\n");
        _ = _folder.Write("machine/proc/78/cmdline", $"nginx\0-c\0{secret}\0");
        _ = _folder.Write("machine/etc/suricata/suricata.yaml", $"%YAML 1.1\n---\n# {secret} of the file that nobody reads\n");
        _ = _folder.Write("machine/data/sensor.yaml", S1 + $"vars:\n  address-groups:\n    HOME_NET: \"[10.20.30.40, {secret}]\"\nstreem: {secret}\ninclude:\n  - more.yaml\n  - /etc/shadow\n");
        _ = _folder.Write("machine/data/more.yaml", $"%YAML 1.1\n---\nflow:\n  memcap: 1gb # {secret}\n");
        _ = _folder.Write("machine/etc/shadow", $"root:$6${secret}:19000:0:99999:7:::\n");
        SnapshotSensor machine = SnapshotSensor.Open(Path.Combine(_folder.Path, "machine"));

        string path = Path.Combine(_folder.Path, "s.zip");
        _ = NsmSnapshots.Save(machine, path, TimeSpan.Zero, false, false, (_, _) => { }, CancellationToken.None);

        using (ZipArchive zip = ZipFile.OpenRead(path))
        {
            Assert.All(zip.Entries, entry =>
            {
                using StreamReader reader = new(entry.Open(), System.Text.Encoding.Latin1);
                string text = reader.ReadToEnd();
                Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
                Assert.DoesNotContain("10.20.30.40", text, StringComparison.Ordinal);
            });
        }

        SnapshotSensor snapshot = SnapshotSensor.Open(path);
        Assert.False(snapshot.Files.Exists("/etc/suricata/suricata.yaml") && snapshot.Files.Read("/etc/suricata/suricata.yaml").IsKnown);
        Assert.Equal(["/data/sensor.yaml"], SuricataFiles.Find(snapshot.Files));
        Assert.NotEmpty(SuricataFiles.Test(machine).Single().Checks);
        Assert.Equal(SuricataFiles.Test(machine).Single().Checks.Select(Line), SuricataFiles.Test(snapshot).Single().Checks.Select(Line));
        ZipFile.ExtractToDirectory(path, Path.Combine(_folder.Path, "unpacked"));
        Assert.Equal(SuricataFiles.Test(snapshot).Single().Checks.Select(Line), SuricataFiles.Test(SnapshotSensor.Open(Path.Combine(_folder.Path, "unpacked"))).Single().Checks.Select(Line));
        Assert.Equal(1L << 30, SuricataConfigs.Import(snapshot, snapshot.Files, "/data/sensor.yaml").Value.Memory.FlowBytes);
    }

    [Fact]
    public void An_include_of_any_name_in_any_folder_is_in_the_zip_and_read_back()
    {
        const string Include = "var/lib/engine/flow.conf";
        _ = _folder.Write("machine/proc/77/comm", "Suricata-Main\n");
        _ = _folder.Write("machine/proc/77/cmdline", "/usr/bin/suricata\0-c\0/home/nsm/sensor.cfg\0");
        _ = _folder.Write("machine/home/nsm/sensor.cfg", S1 + $"include:\n  - /{Include}\n");
        _ = _folder.Write($"machine/{Include}", "%YAML 1.1\n---\nflow:\n  memcap: 3gb\n");
        string path = Path.Combine(_folder.Path, "s.zip");
        _ = NsmSnapshots.Save(SnapshotSensor.Open(Path.Combine(_folder.Path, "machine")), path, TimeSpan.Zero, false, false, (_, _) => { }, CancellationToken.None);
        string unpacked = Path.Combine(_folder.Path, "unpacked");
        ZipFile.ExtractToDirectory(path, unpacked);
        string packed = Path.Combine(_folder.Path, "s.tar");
        System.Formats.Tar.TarFile.CreateFromDirectory(unpacked, packed, includeBaseDirectory: true);

        Assert.True(File.Exists(Path.Combine(unpacked, Include)));
        foreach (string kind in (string[])[path, unpacked, packed])
        {
            SnapshotSensor snapshot = SnapshotSensor.Open(kind);
            Assert.Equal(["/home/nsm/sensor.cfg"], SuricataFiles.Find(snapshot.Files));
            Assert.Equal(3L << 30, SuricataConfigs.Import(snapshot, snapshot.Files, "/home/nsm/sensor.cfg").Value.Memory.FlowBytes);
        }
    }

    [Theory]
    [InlineData("%YAML 1.1\n---\naf-packet: [\n# hunter2\ninclude: x.yaml\n")]
    [InlineData("hunter2\n")]
    public void A_file_that_is_no_configuration_leaves_nothing_behind(string text)
    {
        SmallMachine machine = new SmallMachine().With("/etc/suricata/suricata.yaml", text);

        Assert.DoesNotContain("hunter2", SuricataFiles.Masks(machine.Files)["/etc/suricata/suricata.yaml"](text), StringComparison.Ordinal);
    }

    private static string[] Found(string text, Sensor sensor) => [.. SuricataLint.Test(SuricataConfigs.Parse(text, 7, sensor), sensor).Select(Line)];

    private static string Line(ConfigCheck check) => $"{check.Id} {check.Severity} {check.Line} {check.Target} {check.Actual}";
}
