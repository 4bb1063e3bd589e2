using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Suricata;

namespace ZeptAdmin.Tests.Suricata;

/// <summary>What New-SuricataConfig writes, read by somebody else: Python's YAML, with the values as text.</summary>
public sealed class SuricataReaderEqualityTests
{
    private const int Wishes = 300;

    private const string Reader = """
        import json, sys, yaml
        print(json.dumps([yaml.load(text, Loader=yaml.BaseLoader) for text in json.load(open(sys.argv[1]))]))
        """;

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Another_library_reads_the_interfaces_threads_CPUs_and_memory_of_the_wish(int version)
    {
        SuricataWish[] wishes = [.. RandomSuricataWishes.Make(Wishes, version, version)];
        SuricataConfig[] configs = [.. wishes.Select(wish => SuricataConfigs.Make(wish).Value)];
        JToken[] read = [.. Read(configs.Select(config => config.Text))];

        for (int i = 0; i < wishes.Length; i++)
        {
            SuricataWish wish = wishes[i];
            JToken file = read[i];
            Assert.Equal(
                wish.Captures.Select(capture => string.Create(CultureInfo.InvariantCulture, $"{capture.InterfaceName} {capture.Threads} {capture.ClusterId} {capture.ClusterType} {capture.RingSize} {capture.BlockBytes} {(capture.TpacketVersion == 3 ? "yes" : "no")} {capture.XdpMode} {capture.XdpFilterFile} {capture.EbpfFilterFile} {capture.EbpfLoadBalancerFile}")),
                file["af-packet"]!.Select(item => $"{item["interface"]} {item["threads"]} {item["cluster-id"]} {item["cluster-type"]} {item["ring-size"]} {item["block-size"] ?? item["v2-block-size"]} {item["tpacket-v3"]} {item["xdp-mode"]} {item["xdp-filter-file"]} {item["ebpf-filter-file"]} {item["ebpf-lb-file"]}"));
            Assert.Equal($"{wish.FlowBytes >> 20}mb {wish.StreamBytes >> 20}mb {wish.ReassemblyBytes >> 20}mb", $"{file["flow"]!["memcap"]} {file["stream"]!["memcap"]} {file["stream"]!["reassembly"]!["memcap"]}");
            bool isPinned = wish.ManagementCpus.Length > 0;
            Assert.Equal(isPinned ? "yes" : "no", (string?)file["threading"]!["set-cpu-affinity"]);
            if (isPinned)
            {
                JToken sets = file["threading"]!["cpu-affinity"]!;
                JToken workers = version < 8 ? sets[1]!["worker-cpu-set"]! : sets["worker-cpu-set"]!;
                Assert.Equal(wish.Captures.SelectMany(capture => capture.Cpus).Order().Select(cpu => cpu.ToString(CultureInfo.InvariantCulture)), workers["cpu"]!.Values<string>());
                if (version >= 8)
                {
                    Assert.Equal(
                        wish.Captures.Select(capture => $"{capture.InterfaceName}: {string.Join(',', capture.Cpus)}"),
                        workers["interface-specific-cpu-set"]!.Select(item => $"{item["interface"]}: {string.Join(',', item["cpu"]!.Values<string>())}"));
                }
            }

            // And the object tells the same.
            Assert.Equal(wish.Captures.SelectMany(capture => capture.Cpus.Length > 0 ? capture.Cpus.Select(cpu => (int?)cpu) : Enumerable.Repeat<int?>(null, capture.Threads)), configs[i].Workers.Select(worker => worker.Cpu));
            Assert.Equal(wish.ManagementCpus, configs[i].ManagementCpus);
            Assert.Equal((wish.FlowBytes, wish.StreamBytes, wish.ReassemblyBytes), (configs[i].Memory.FlowBytes, configs[i].Memory.StreamBytes, configs[i].Memory.ReassemblyBytes));
        }
    }

    [Fact]
    public void Debians_own_file_is_read_as_the_other_library_reads_it()
    {
        string path = Path.Combine(RealSuricata.Root, "etc/suricata/suricata.yaml");
        string text = File.ReadAllText(path);
        JToken theirs = Read([text]).Single();
        ZeptAdmin.Suricata.SuricataFile ours = ZeptAdmin.Suricata.SuricataFile.Read(text, path, null);

        Assert.Equal(Flat(theirs, "").Order(StringComparer.Ordinal), Flat(ours.Root, "").Order(StringComparer.Ordinal));
        Assert.Empty(ours.Redefinitions);
        Assert.Empty(ours.WithoutHeader);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Every_key_is_in_that_versions_template_with_its_type(int version)
    {
        foreach (SuricataWish wish in RandomSuricataWishes.Make(Wishes, version, version + 10))
        {
            SuricataFile file = SuricataFile.Read(SuricataConfigs.Make(wish).Value.Text, null, null);
            foreach ((string path, string? value) in Paths(file.Root, ""))
            {
                SuricataKey? key = SuricataKeys.Find(version, path);
                Assert.True(key is not null, $"version {version} has no {path}");
                Assert.True(value is null || IsOf(key, value, version), $"{path} is {key.Type} {string.Join('|', key.Allowed)}, not {value}");
            }
        }
    }

    private static bool IsOf(SuricataKey key, string value, int version) => key.Type switch
    {
        "number" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        "size" => SuricataSize.Parse(value, version) is not null,
        "boolean" => value is "yes" or "no",
        "word" => key.Allowed.Length == 0 || key.Allowed.Contains(value),
        "text" => value.Length > 0,
        _ => false,
    };

    private static IEnumerable<(string Path, string? Value)> Paths(SuricataNode node, string path)
    {
        foreach (SuricataNode child in node.Children)
        {
            bool isList = SuricataKeys.Find(7, path)?.Type == "list" || path.EndsWith(".cpu", StringComparison.Ordinal);
            if (isList)
            {
                Assert.True(int.TryParse(child.Value, out _), path);
                continue;
            }

            string below = node.IsList && path == "threading.cpu-affinity" ? path : node.IsList ? path + "[]" : path == "threading.cpu-affinity" || (path.Length == 0 && node.Name.Length > 0) ? path + ".*" : path.Length == 0 ? child.Name : path + "." + child.Name;
            if (below.Contains("[]", StringComparison.Ordinal) && below.EndsWith("[]", StringComparison.Ordinal))
            {
                foreach ((string Path, string? Value) inner in Paths(child, below))
                {
                    yield return inner;
                }

                continue;
            }

            if (node.IsList)
            {
                foreach ((string Path, string? Value) inner in child.Children.SelectMany(set => Paths(set, path + ".*").Prepend((path + ".*", null))))
                {
                    yield return inner;
                }

                continue;
            }

            yield return (below, child.Value);
            foreach ((string Path, string? Value) inner in Paths(child, below))
            {
                yield return inner;
            }
        }
    }

    private static IEnumerable<string> Flat(JToken token, string path) => token switch
    {
        JObject map => map.Properties().SelectMany(property => Flat(property.Value, $"{path}/{property.Name.Replace('_', '-')}")),
        JArray list => list.SelectMany((item, i) => Flat(item, $"{path}/{i}")),
        _ => (string?)token is "" or "~" or "null" ? [] : [$"{path}={(string?)token}"],
    };

    private static IEnumerable<string> Flat(SuricataNode node, string path) =>
        node.Value is string value ? [$"{path}={value}"] : node.Children.SelectMany(child => Flat(child, $"{path}/{child.Name.Replace('_', '-')}"));

    private static JArray Read(IEnumerable<string> texts)
    {
        Assert.SkipUnless(ExternalTool.TryRun("python3", "-c", "import yaml").ExitCode == 0, "python3 has no yaml module here (python3-yaml)");
        using TemporaryFolder folder = new();
        string script = folder.Write("read.py", Reader);
        return JArray.Parse(ExternalTool.Run("python3", script, folder.Write("texts.json", new JArray(texts).ToString())));
    }
}
