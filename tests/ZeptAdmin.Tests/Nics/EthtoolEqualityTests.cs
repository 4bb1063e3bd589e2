using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Nics;

/// <summary>Every figure equals what Debian's ethtool prints, for each device of a namespace and for the cards of this machine.</summary>
public sealed class EthtoolEqualityTests
{
    // What "ip link add" is asked for; a kind that this kernel lacks is left out, and said so.
    private static readonly string[] Links =
    [
        "v0 type veth peer name v1 numrxqueues 4 numtxqueues 4", "mv0 link v0 type macvlan mode bridge", "mt0 link v0 type macvtap", "br0 type bridge",
        "ifb7 numrxqueues 2 numtxqueues 2 type ifb", "vx0 type vxlan id 7 dstport 4789 local 192.0.2.1", "vl0 link v0 type vlan id 5", "d0 type dummy",
        "bond7 type bond", "team7 type team", "gre7 type gretap local 192.0.2.1 remote 192.0.2.2",
    ];

    private static readonly string[] Settings = ["ethtool -K v0 gro on tso off", "ethtool -L v1 rx 3 tx 2", "ethtool -K br0 tx off", "ip link set v0 up", "ip link set v1 up", "ip link set mv0 up"];

    [Fact]
    public void Every_figure_of_every_device_of_a_namespace()
    {
        using NetworkNamespace network = new();
        string[] absent = [.. Links.Where(link => !network.Ip($"link add {link}")).Select(link => link.Split(' ')[0])];
        _ = network.Ip("tuntap add dev tun0 mode tun");
        _ = network.Ip("tuntap add dev tap0 mode tap multi_queue");
        network.Run(() =>
        {
            foreach (string setting in Settings)
            {
                string[] words = setting.Split(' ');
                _ = ExternalTool.TryRun(words[0], words[1..]);
            }

            using Sensor sensor = Sensor.Open(null);
            Assert.Contains("v1", sensor.InterfaceNames);
            Assert.DoesNotContain("eth0", sensor.InterfaceNames);
            Compare(sensor, absent);
        });
    }

    [Fact]
    public void Every_figure_of_this_machine()
    {
        using Sensor sensor = Sensor.Open(null);
        Compare(sensor, []);
    }

    [Fact]
    public void The_cmdlets_read_the_namespace_of_their_session()
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip($"link add {Links[0]}"), "this kernel has no veth");
        network.Run(() =>
        {
            using Engine engine = new();

            Assert.Equal(["v0", "v1"], engine.Run("Get-Nic").Output.Select(nic => ((Nic)nic.BaseObject).InterfaceName));
            Assert.Equal(4L, Assert.IsType<NicChannel>(engine.Run("Get-NicChannel v1").Single).RxMaximum);
            Assert.Equal(["InterfaceNotFound"], engine.Run("$null = ip link del v0; Get-NicFeature v1").ErrorIds);
        });
    }

    // dev_valid_name of net/core/dev.c forbids little: '/', ':' and white space.
    [Fact]
    public void A_name_that_looks_like_a_pattern_or_a_script_is_a_name()
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add e[0-9]* type veth peer name $(exit)'s"), "this kernel has no veth");
        Assert.SkipUnless(network.Ip("link add e5 type veth peer name e6"), "this kernel has no veth");
        network.Run(() =>
        {
            using Engine engine = new();

            Assert.Equal(["$(exit)'s", "e5", "e6", "e[0-9]*"], Names("Get-Nic | Get-NicFeature -Feature rx-gro"));
            Assert.Equal(["e[0-9]*"], Names("Get-NicFeature 'e[0-9]*' rx-gro"));
            Assert.Equal(["e5"], Names("Get-NicFeature e[5] rx-gro"));
            Assert.Equal(
                ["'$(exit)''s'", "e5", "e6", "'e[0-9]*'", "lo"],
                engine.Run("([System.Management.Automation.CommandCompletion]::CompleteInput('Get-Nic ', 8, $null)).CompletionMatches | ForEach-Object CompletionText").Output.Select(text => $"{text}"));

            string[] Names(string script) => [.. engine.Run(script).Output.Select(feature => ((NicFeature)feature.BaseObject).InterfaceName)];
        });
    }

    // The comparison itself: the text of another device, or of a tool that ended otherwise, is told apart for every option.
    [Fact]
    public void A_text_of_something_else_is_a_difference()
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip($"link add {Links[0]}") && network.Ip("tuntap add dev tap0 mode tap multi_queue"), "this kernel has no veth or no tap");
        network.Run(() =>
        {
            using Sensor sensor = Sensor.Open(null);
            foreach (string wrong in EthtoolEquality.Options)
            {
                EthtoolEquality equality = new(sensor, "v0", option => option == wrong ? new EthtoolText(0, "Settings for v0:\n\tNothing: yes\n", "") : Ask(option, "v0"));
                IReadOnlyList<string> differences = equality.CompareAll();
                // v0 has no permanent address, and text without one says the same.
                Assert.Equal(wrong != "-P", differences.Count > 0);
            }

            EthtoolEquality other = new(sensor, "v0", option => Ask(option, "tap0"));
            Assert.True(other.CompareAll().Count > 10);
        });
    }

    private static EthtoolText Ask(string option, string name)
    {
        (int exitCode, string output, string errors) = ExternalTool.TryRun("ethtool", option.Length == 0 ? [name] : [option, name]);
        return new EthtoolText(exitCode, output, errors);
    }

    private static void Compare(Sensor sensor, string[] absent)
    {
        List<string> differences = [];
        int compared = 0;
        foreach (string name in sensor.InterfaceNames)
        {
            EthtoolEquality equality = new(sensor, name, option => Ask(option, name));
            differences.AddRange(equality.CompareAll());
            compared += equality.Compared;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{compared} figures and refusals of {string.Join(' ', sensor.InterfaceNames)}; kinds that this kernel lacks: {string.Join(' ', absent)}");
        Assert.Empty(differences);
        Assert.True(compared >= 70 * sensor.InterfaceNames.Count, $"only {compared} figures were compared");
    }
}
