using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using ZeptAdmin.Changes;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Reports;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Tests.Reports;

public sealed class NsmSnapshotsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_snapshot_of_this_machine_answers_as_the_machine()
    {
        using ThisMachine machine = new();
        using LiveSensor live = new();
        SavedSnapshot saved = Save(live, "live.zip");
        SnapshotSensor snapshot = SnapshotSensor.Open(saved.Path);

        Assert.Equal(live.InterfaceNames, snapshot.InterfaceNames);
        Assert.True(saved.Files > 50 && saved.Answers > 0 && saved.Interfaces > 0);
        foreach (string name in live.InterfaceNames)
        {
            AssertSame(NicRings.Get(live, name), NicRings.Get(snapshot, name));
            AssertSame(NicFeatures.Get(live, name), NicFeatures.Get(snapshot, name));
            AssertSame(NicChannels.Get(live, name), NicChannels.Get(snapshot, name));
            AssertSame(NicPrivateFlags.Get(live, name), NicPrivateFlags.Get(snapshot, name));
            AssertSame(NicFlowRules.Get(live, name), NicFlowRules.Get(snapshot, name));
            AssertSame(NicRssReader.Get(live, name), NicRssReader.Get(snapshot, name));
            AssertSame(NicReader.Get(live, name).Select(WithoutMac), NicReader.Get(snapshot, name).Select(WithoutMac));
        }

        Assert.Equal(Json(NsmTopologies.Get(live) with { Sensor = "" }), Json(NsmTopologies.Get(snapshot) with { Sensor = "" }));
        Assert.Equal(Json(NetBudgets.Get(live)), Json(NetBudgets.Get(snapshot)));
        Assert.Equal(Json(IrqBalances.Get(live)), Json(IrqBalances.Get(snapshot)));
        foreach (string file in (string[])["/proc/sys/kernel/osrelease", "/sys/devices/system/cpu/online", "/sys/devices/system/node/online", "/etc/os-release"])
        {
            Assert.Equal(live.Files.ReadText(file), snapshot.Files.ReadText(file));
        }
    }

    [Fact]
    public void A_snapshot_of_a_snapshot_is_the_same_to_the_byte()
    {
        using LiveSensor live = new();
        SavedSnapshot first = Save(live, "first.zip", interval: 0.05);
        SavedSnapshot second = Save(SnapshotSensor.Open(first.Path), "second.zip");

        Assert.Equal(Entries(first.Path), Entries(second.Path));
        Assert.Equal(File.ReadAllBytes(first.Path), File.ReadAllBytes(second.Path));
        Assert.NotNull(SnapshotSensor.Open(second.Path).Later);
    }

    [Fact]
    public void An_unpacked_snapshot_reads_as_the_zip()
    {
        using LiveSensor live = new();
        SavedSnapshot first = Save(live, "first.zip", interval: 0.05);
        string folder = Path.Combine(_folder.Path, "unpacked");
        ZipFile.ExtractToDirectory(first.Path, folder);

        SavedSnapshot second = Save(SnapshotSensor.Open(folder), "second.zip");

        Assert.Equal(Entries(first.Path), Entries(second.Path));
    }

    [Fact]
    public void The_journal_comes_with_the_snapshot_of_an_unpacked_snapshot_and_nothing_else_of_its_folder_does()
    {
        const string Line = "{\"id\":1}";
        string machine = Path.Combine(_folder.Path, "machine");
        _ = _folder.Write("machine/proc/cmdline", "quiet\n");
        _ = _folder.Write("machine/var/lib/zeptadmin/journal/journal.jsonl", Line + "\n");
        _ = _folder.Write("machine/var/lib/dpkg/status", "Package: zeek\n");
        SavedSnapshot first = Save(SnapshotSensor.Open(machine), "first.zip");
        string folder = Path.Combine(_folder.Path, "unpacked");
        ZipFile.ExtractToDirectory(first.Path, folder);
        _ = _folder.Write("unpacked/var/lib/dpkg/status", "Package: zeek\n");

        Sensor unpacked = SnapshotSensor.Open(folder);
        SavedSnapshot second = Save(unpacked, "second.zip");

        Assert.Equal([Line], unpacked.Files.ReadLines(Journal.SnapshotPath));
        Assert.DoesNotContain("zeek", string.Concat(Entries(second.Path).Values), StringComparison.Ordinal);
        Assert.Equal(Entries(first.Path), Entries(second.Path));
    }

    [Fact]
    public void Zeeks_configuration_is_kept_without_what_is_secret_and_with_its_lines()
    {
        string[] secrets = ["hunter2", "10.20.30.40", "fort.example.org", "token", "xyzzy", "lsof"];
        string machine = Path.Combine(_folder.Path, "machine");
        _ = _folder.Write("machine/proc/cmdline", "quiet\n");
        _ = _folder.Write("machine/proc/77/comm", "lldpd\n");
        _ = _folder.Write("machine/proc/78/comm", "lsof\n");
        _ = _folder.Write(
            "machine/opt/zeek/etc/node.cfg",
            "# the token is hunter2\n[m]\ntype=manager\nhost=fort.example.org\n[w]\ntype=worker\nhost=10.20.30.40\ninterface=af_packet::ens1f0\nlb_procs=2\nenv_vars=API=hunter2\npin_cpus=4,5\n");
        _ = _folder.Write(
            "machine/etc/zeek/zeek.conf", "[zeek]\nmanager = 1\nargs = Key::secret=xyzzy\n\n[interface a]\ninterface = af_packet::ens1f0\nworkers = 2\nworker_args = AF_Packet::fanout_id=42 Key::secret=xyzzy\n");
        _ = _folder.Write("machine/opt/zeek/share/zeek/site/local.zeek", "@load misc/stats\nredef Key::secret = \"hunter2\";\n");

        SavedSnapshot saved = Save(SnapshotSensor.Open(machine), "zeek.zip");

        string all = string.Join('\n', Entries(saved.Path).Select(entry => entry.Key + "\n" + entry.Value));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase));
        SnapshotSensor snapshot = SnapshotSensor.Open(saved.Path);
        ZeekNodeConfig before = ZeekNodeConfigs.Import(SnapshotSensor.Open(machine).Files, "/opt/zeek/etc/node.cfg").Value;
        ZeekNodeConfig after = ZeekNodeConfigs.Import(snapshot.Files, "/opt/zeek/etc/node.cfg").Value;
        Assert.Equal(before.Nodes.Select(node => (node.Name, node.Type, node.Line, node.Interface, node.Processes)), after.Nodes.Select(node => (node.Name, node.Type, node.Line, node.Interface, node.Processes)));
        Assert.Equal([4, 5], after.Nodes[1].PinCpus);
        Assert.Equal(2, after.Nodes.Select(node => node.Host).Distinct().Count());
        Assert.Contains("AF_Packet::fanout_id=42", snapshot.Files.ReadText("/etc/zeek/zeek.conf"), StringComparison.Ordinal);
        Assert.Equal("@load misc/stats", snapshot.Files.ReadText("/opt/zeek/share/zeek/site/local.zeek"));
        Assert.Equal("lldpd", snapshot.Files.ReadText("/proc/77/comm"));
    }

    [Fact]
    public void Addresses_serial_numbers_and_secrets_are_not_in_it()
    {
        const string Mac = "3c:ec:ef:12:34:56";
        string[] secrets = [Mac, "3cecef123456", "10.20.30.40", "fd00:1::5", "hunter2", "0b1c2d3e-1111-2222-3333-444455556666", "SN12345", "nginx"];
        string machine = Path.Combine(_folder.Path, "machine");
        _ = _folder.Write("machine/proc/cmdline", $"root=UUID={secrets[5]} ip=10.20.30.40::10.20.30.1:255.255.255.0 dns=fd00:1::5 rd.iscsi.password=hunter2 isolcpus=1-3\n");
        _ = _folder.Write("machine/proc/cpuinfo", "processor\t: 0\nSerial\t\t: SN12345\nmodel name\t: x\n");
        _ = _folder.Write("machine/proc/77/comm", "nginx\n");
        _ = _folder.Write("machine/proc/78/comm", "irqbalance\n");
        _ = _folder.Write("machine/proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neno1\t00000000\t281E140A\t3\t0\t0\t0\t00000000\neno1\t0A141E00\t00000000\t1\t0\t0\t0\t00FFFFFF\n");
        _ = _folder.Write($"machine/sys/class/net/enx3cecef123456/address", Mac + "\n");
        _ = _folder.Write($"machine/sys/class/net/enx3cecef123456/ifindex", "2\n");
        _ = _folder.Write("machine/sys/class/net/lo/ifindex", "1\n");
        _ = _folder.Write($"machine/sys/class/net/lo/address", "00:00:00:00:00:00\n");
        byte[] request = new byte[40];
        request[0] = 0x20;
        request[4] = 32;
        byte[] answer = [.. request];
        answer[4] = 6;
        Convert.FromHexString("3cecef123456").CopyTo(answer, 8);
        _ = _folder.Write("machine/ethtool.txt", RecordedEthtool.Line("enx3cecef123456", request, answer, Errno.None) + "\n");

        SavedSnapshot saved = Save(SnapshotSensor.Open(machine), "s.zip");

        string all = string.Join('\n', Entries(saved.Path).Select(entry => entry.Key + "\n" + entry.Value));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase));
        SnapshotSensor snapshot = SnapshotSensor.Open(saved.Path);
        string name = Assert.Single(snapshot.InterfaceNames, name => name != "lo");
        Assert.Equal("enx020000000001", name);
        Assert.Equal("02:00:00:00:00:01", snapshot.Files.ReadText($"/sys/class/net/{name}/address"));
        Assert.Equal("02:00:00:00:00:01", NicReader.Get(snapshot, name).Value.PermanentMacAddress);
        Assert.Equal("00:00:00:00:00:00", snapshot.Files.ReadText("/sys/class/net/lo/address"));
        Assert.Contains("isolcpus=1-3", snapshot.Files.ReadText("/proc/cmdline"), StringComparison.Ordinal);
        Assert.Contains("255.255.255.0", snapshot.Files.ReadText("/proc/cmdline"), StringComparison.Ordinal);
        Assert.Equal("eno1", Assert.Single(CaptureInterfaces.Routed(snapshot)));
    }

    [Fact]
    public void Smbios_keeps_its_layout_and_loses_its_numbers()
    {
        byte[] table =
        [
            1, 27, 1, 0, 1, 2, 0, 3, .. Enumerable.Repeat((byte)0xab, 16), 6, 0, 0, .. "Vendor\0Model\0SN-SECRET\0\0"u8,
            17, 28, 2, 0, .. new byte[20], 1, 2, 0, 0, .. "SN-DIMM\0Not Specified\0\0"u8,
            11, 5, 3, 0, 1, .. "Tag SECRET\0\0"u8,
            200, 8, 4, 0, 1, 2, 3, 4, .. "SECRET\0\0"u8,
            127, 4, 5, 0, 0, 0,
        ];
        byte[] replaced = [.. table];
        SmbiosSecrets.Replace(replaced, new Pseudonyms());

        string text = Encoding.Latin1.GetString(replaced);
        Assert.Equal(table.Length, replaced.Length);
        Assert.DoesNotContain("SECRET", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SN-DIMM", text, StringComparison.Ordinal);
        Assert.Contains("Vendor\0Model\0S00000001\0\0"[..14], text, StringComparison.Ordinal);
        Assert.Contains("Not Specified", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u00ab\u00ab\u00ab", text, StringComparison.Ordinal);
        Assert.Equal(table[^6..], replaced[^6..]);
    }

    [Fact]
    public void What_was_refused_is_refused_again()
    {
        string line = SnapshotValues.RefusalLine("/sys/firmware/dmi/tables/DMI", Errno.EACCES);
        _ = _folder.Write("machine/values.txt", line + "\n/sys/class/net/lo/ifindex\t=1\n");

        SavedSnapshot saved = Save(SnapshotSensor.Open(Path.Combine(_folder.Path, "machine")), "s.zip");

        Assert.Equal(1, saved.Refused);
        Assert.Equal(Errno.EACCES, SnapshotSensor.Open(saved.Path).Files.Read("/sys/firmware/dmi/tables/DMI").Errno);
    }

    [Fact]
    public void Nothing_is_left_behind_and_nothing_is_overwritten()
    {
        SnapshotSensor machine = SnapshotSensor.Open(Repository.Snapshot("two-port-i40e"));
        SavedSnapshot saved = Save(machine, "s.zip");

        Assert.Equal(Errno.EEXIST, Assert.Throws<KernelException>(() => Save(machine, "s.zip")).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<KernelException>(() => Save(machine, "no/such/s.zip")).Errno);
        using CancellationTokenSource stop = new();
        _ = Assert.Throws<OperationCanceledException>(() =>
            NsmSnapshots.Save(machine, Path.Combine(_folder.Path, "t.zip"), TimeSpan.Zero, false, false, (_, percent) => { if (percent == 90) { stop.Cancel(); } }, stop.Token));
        Assert.Equal([saved.Path], Directory.GetFiles(_folder.Path));
    }

    private static Nic WithoutMac(Nic nic) => nic with { MacAddress = null, PermanentMacAddress = null };

    // Free memory moves from one reading to the next; all else stands still.
    private static string Json(object record) => Regex.Replace(JsonConvert.SerializeObject(record), @"""MemoryFreeBytes"":\d+", "");

    private static void AssertSame<T>(Answer<T> expected, Answer<T> actual)
        where T : notnull
    {
        Assert.Equal(expected.Refusal?.Errno, actual.Refusal?.Errno);
        if (expected.IsKnown)
        {
            Assert.Equal(JsonConvert.SerializeObject(expected.Value), JsonConvert.SerializeObject(actual.Value));
        }
    }

    private static Dictionary<string, string> Entries(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using StreamReader reader = new(entry.Open(), Encoding.Latin1);
            return reader.ReadToEnd();
        });
    }

    private SavedSnapshot Save(Sensor sensor, string name, double interval = 0) =>
        NsmSnapshots.Save(sensor, Path.Combine(_folder.Path, name), TimeSpan.FromSeconds(interval), false, false, (_, _) => { }, CancellationToken.None);
}
