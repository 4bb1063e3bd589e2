using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Topology;

/// <summary>Holds the topology against the lstopo and lscpu of this machine: of itself, and of a made-up one of 256 CPUs.</summary>
public sealed class InstalledToolTests
{
    [Fact]
    public void This_machine_is_as_lstopo_has_it()
    {
        using Sensor sensor = Sensor.Open(null);
        HwlocExpectation expected = HwlocExpectation.ParseXml(Lstopo());

        new HwlocComparison(NsmTopologies.Get(sensor), expected) { ComparesMemory = false }.AssertEqual();
    }

    [Fact]
    public void A_server_of_256_CPUs_is_as_lstopo_has_it()
    {
        using TemporaryFolder folder = new();
        BigMachine.Write(folder.Path);
        using Sensor sensor = Sensor.Open(folder.Path);
        HwlocExpectation expected = HwlocExpectation.ParseXml(Lstopo("--input", folder.Path));

        new HwlocComparison(NsmTopologies.Get(sensor), expected).AssertEqual();
    }

    [Fact]
    public void This_machine_is_as_lscpu_has_it()
    {
        JToken[] rows = [.. JObject.Parse(ExternalTool.Run("lscpu", "-J", "-e=CPU,CORE,SOCKET,NODE,ONLINE"))["cpus"]!];
        using Sensor sensor = Sensor.Open(null);
        NsmTopology topology = NsmTopologies.Get(sensor);

        int[] online = [.. rows.Where(row => row.Value<string>("online") is "yes" or "True" or "true").Select(row => Number(row, "cpu"))];
        Assert.Equal(topology.OnlineCpus, CpuList.Of(online));
        Assert.Equal(Groups("core"), Texts(topology.Cores.Select(core => core.SiblingCpus).Distinct()));
        Assert.Equal(Groups("socket"), Texts(topology.Packages.Select(package => package.Cpus)));
        if (topology.HasNumaNodes)
        {
            Assert.Equal(Groups("node"), Texts(topology.Nodes.Where(node => !node.Cpus.IsEmpty).Select(node => node.Cpus)));
        }

        string[] Groups(string column) => Texts(rows.Where(row => online.Contains(Number(row, "cpu")))
            .GroupBy(row => (string?)row[column]).Select(group => CpuList.Of(group.Select(row => Number(row, "cpu")))));
    }

    private static int Number(JToken row, string column) => int.Parse((string)row[column]!, CultureInfo.InvariantCulture);

    private static string[] Texts(IEnumerable<CpuList> sets) => [.. sets.Select(set => set.ToString()).Order(StringComparer.Ordinal)];

    private static string Lstopo(params string[] arguments)
    {
        _ = ExternalTool.Run("lstopo-no-graphics", "--version");

        // Only what Linux says: the CPUID of a virtual machine, which lstopo would ask too, may tell another tale.
        return ExternalTool.Run("env", ["HWLOC_COMPONENTS=linux,stop", "lstopo-no-graphics", .. arguments, "--of", "xml", "-"]);
    }
}
