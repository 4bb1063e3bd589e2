using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Rss;

/// <summary>Scaling, rules and counters equal what Debian's ethtool prints, for each device of a namespace and for the cards of this machine.</summary>
public sealed class RssEthtoolEqualityTests
{
    private static readonly string[] Links =
    [
        "v0 type veth peer name v1 numrxqueues 4 numtxqueues 4", "mv0 link v0 type macvlan mode bridge", "br0 type bridge", "d0 type dummy", "bond7 type bond",
    ];

    [Fact]
    public void Of_every_device_of_a_namespace()
    {
        using NetworkNamespace network = new();
        string[] absent = [.. Links.Where(link => !network.Ip($"link add {link}")).Select(link => link.Split(' ')[0])];
        _ = network.Ip("tuntap add dev tap0 mode tap multi_queue");
        network.Run(() =>
        {
            _ = ExternalTool.TryRun("ip", "link", "set", "v0", "up");
            _ = ExternalTool.TryRun("ip", "link", "set", "v1", "up");
            using Sensor sensor = Sensor.Open(null);
            Assert.Contains("v1", sensor.InterfaceNames);
            Compare(sensor, absent);
        });
    }

    [Fact]
    public void Of_this_machine()
    {
        using Sensor sensor = Sensor.Open(null);
        Compare(sensor, []);
    }

    [Fact]
    public void A_text_of_something_else_is_a_difference()
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip($"link add {Links[0]}"), "this kernel has no veth");
        network.Run(() =>
        {
            using Sensor sensor = Sensor.Open(null);
            foreach (string wrong in new[] { "-x", "-n", "-S" })
            {
                RssEthtoolEquality equality = new(sensor, "v1", words => words[0] == wrong
                    ? new EthtoolText(0, "RX flow hash indirection table for v1 with 9 RX ring(s):\n    0:      0     1\n", "")
                    : Ask(words));
                Assert.NotEmpty(equality.CompareAll());
            }
        });
    }

    [Fact]
    public void A_text_of_a_card_with_everything_is_understood()
    {
        // What ethtool 6.1 prints for the answers of the snapshot (its rxclass.c and ethtool.c).
        using Sensor sensor = Sensor.Open(Repository.Snapshot("sensor-x710"));
        string table = string.Concat(Enumerable.Range(0, 64).Select(row => $"{row * 8,5}:      0     1     2     3     0     1     2     3\n"));
        string key = string.Join(':', Enumerable.Repeat("6d:5a", 26));
        static string Rule(int location, string kind) =>
            $"Filter: {location}\n\tRule Type: {kind} over IPv4\n\tSrc IP addr: 0.0.0.0 mask: 255.255.255.255\n\tDest IP addr: 0.0.0.0 mask: 255.255.255.255\n"
            + "\tTOS: 0x0 mask: 0xff\n\tSrc port: 0 mask: 0xffff\n\tDest port: 514 mask: 0x0\n\tAction: Drop\n\n";
        string counters = "NIC statistics:\n" + string.Concat(
            ZeptAdmin.Nics.NicCounters.Get(sensor, "ens1f0").Value.Select(counter => $"     {counter.Name}: {counter.Value}\n"));
        RssEthtoolEquality equality = new(sensor, "ens1f0", words => new EthtoolText(0, words switch
        {
            ["-x", ..] => $"RX flow hash indirection table for ens1f0 with 4 RX ring(s):\n{table}RSS hash key:\n{key}\nRSS hash function:\n    toeplitz: on\n    xor: off\n    crc32: off\n",
            ["-n", _, "rx-flow-hash", string type] => $"{type} flows use these fields for computing Hash flow key:\nIP SA\nIP DA\n\n",
            ["-n", ..] => $"4 RX rings available\nTotal 2 rules\n\n{Rule(7678, "TCP")}{Rule(7679, "UDP")}",
            _ => counters,
        }, ""));

        Assert.Empty(equality.CompareAll());
        Assert.True(equality.Compared > 100);
    }

    private static EthtoolText Ask(string[] words)
    {
        (int exitCode, string output, string errors) = ExternalTool.TryRun("ethtool", words);
        return new EthtoolText(exitCode, output, errors);
    }

    private static void Compare(Sensor sensor, string[] absent)
    {
        List<string> differences = [];
        int compared = 0;
        foreach (string name in sensor.InterfaceNames)
        {
            RssEthtoolEquality equality = new(sensor, name, Ask);
            differences.AddRange(equality.CompareAll());
            compared += equality.Compared;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{compared} figures and refusals of {string.Join(' ', sensor.InterfaceNames)}; kinds that this kernel lacks: {string.Join(' ', absent)}");
        Assert.Empty(differences);
        Assert.True(compared >= 12 * sensor.InterfaceNames.Count, $"only {compared} figures were compared");
    }
}
