using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Tests.Zeek;

/// <summary>What New-ZeekNodeConfig writes, read by somebody else: Python's configparser, and the grammar of the generator.</summary>
public sealed class ZeekReaderEqualityTests
{
    private const int Wishes = 1000;

    [Fact]
    public void Configparser_reads_the_nodes_pins_environment_and_options_of_the_object()
    {
        (ZeekNodeConfig Config, string Name)[] configs = [.. RandomWishes.Make(Wishes, ZeekConfigFormat.NodeCfg, 7).Select((wish, i) => (Assert.Single(ZeekNodeConfigs.Make(wish).Value), $"{i}.cfg"))];
        JObject read = Read(configs);

        foreach ((ZeekNodeConfig config, string name) in configs)
        {
            string[] expected =
            [
                .. config.Nodes.SelectMany(node => Enumerable.Range(0, node.Processes).Select(i => string.Join(' ',
                    node.LoadBalanceMethod is null ? node.Name : $"{node.Name}-{i + 1}",
                    node.PinCpus.Length == 0 ? "" : node.PinCpus[i],
                    string.Join(',', node.Environment),
                    string.Join(',', node.Options.Select(option => $"{option.Key}={option.Value}")
                        .Append($"type={node.Type.ToString().ToLowerInvariant()}").Append($"host={node.Host}").Concat(node.Interface is null ? [] : [$"interface={node.Interface}"]).Order(StringComparer.Ordinal))))),
            ];
            string[] actual =
            [
                .. read[name]!.Select(node => string.Join(' ',
                    (string)node["name"]!,
                    node["cpu"]!.Type == JTokenType.Null ? "" : (string)node["cpu"]!,
                    string.Join(',', node["env"]!.Values<string>()),
                    string.Join(',', ((JObject)node["options"]!).Properties().Select(option => $"{option.Name}={(string)option.Value!}").Order(StringComparer.Ordinal)))),
            ];
            Assert.Equal(expected, actual);
            Assert.Equal(config.Workers.Select(worker => worker.Name), actual.Select(line => line.Split(' ')[0]).Where(item => item.StartsWith("worker-", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void The_grammar_of_the_generator_gives_the_sections_and_options_of_the_object()
    {
        (ZeekNodeConfig Config, string Name)[] configs = [.. RandomWishes.Make(Wishes, ZeekConfigFormat.ZeekConf, 8).SelectMany(wish => ZeekNodeConfigs.Make(wish).Value).Select((config, i) => (config, $"{i}.conf"))];
        JObject read = Read(configs);

        foreach ((ZeekNodeConfig config, string name) in configs)
        {
            JObject sections = (JObject)read[name]!;
            foreach (ZeekNode node in config.Nodes.Where(node => node.Type == ZeekNodeType.Worker))
            {
                JToken section = sections[$"interface {node.Name["worker-".Length..]}"]!;
                Assert.Equal(node.Interface, Joined(section, "interface"));
                Assert.Equal(node.Processes.ToString(CultureInfo.InvariantCulture), Joined(section, "workers"));
                Assert.Equal(string.Join(',', node.PinCpus), Joined(section, "workers_cpu_list"));
                Assert.Equal(string.Join(' ', node.Environment), Joined(section, "worker_env"));
                Assert.Equal(
                    string.Join(' ', node.Options.Where(option => option.Key.StartsWith("af_packet_", StringComparison.Ordinal)).Select(option => $"AF_Packet::{option.Key["af_packet_".Length..]}={option.Value}")),
                    Joined(section, "worker_args"));
            }

            foreach ((ZeekNodeType type, string key, string cpus) in ((ZeekNodeType, string, string)[])[(ZeekNodeType.Manager, "manager", "manager_cpu_set"), (ZeekNodeType.Logger, "loggers", "logger_cpu_set"), (ZeekNodeType.Proxy, "proxies", "proxy_cpu_set")])
            {
                ZeekNode? node = Array.Find(config.Nodes, item => item.Type == type);
                Assert.Equal(node?.Processes ?? 0, int.TryParse(Joined(sections["zeek"]!, key), CultureInfo.InvariantCulture, out int count) ? count : 0);
                Assert.True(node is null || string.Join(',', node.PinCpus) == Joined(sections["zeek"]!, cpus));
            }

            Assert.Equal(config.Nodes.Count(node => node.Type == ZeekNodeType.Worker) + 1, sections.Count);
        }
    }

    private static string Joined(JToken section, string key) => string.Join(' ', section[key]?.Values<string>() ?? []);

    private static JObject Read(IEnumerable<(ZeekNodeConfig Config, string Name)> configs)
    {
        using TemporaryFolder folder = new();
        foreach ((ZeekNodeConfig config, string name) in configs)
        {
            _ = folder.Write(name, config.Text);
        }

        return JObject.Parse(ExternalTool.Run("python3", Path.Combine(Repository.Root, "tests", "Fixtures", "zeek", "read_config.py"), folder.Path));
    }
}
