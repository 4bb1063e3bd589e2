using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Tests.Zeek;

public sealed class ZeekNodeConfigsTests
{
    private static readonly ZeekWish Wish = new()
    {
        ManagerCpus = [0],
        LoggerCpus = [1],
        ProxyCpus = [0],
        Captures = [new() { Source = "ens1f0", Workers = 3, WorkerCpus = [4, 5, 6], FanoutId = 101, BlockBytes = 1 << 20 }],
    };

    [Fact]
    public void Node_cfg_is_the_text_of_the_object()
    {
        ZeekNodeConfig config = Assert.Single(ZeekNodeConfigs.Make(Wish).Value);

        Assert.Equal(config.Text, config.ToString());
        Assert.Equal("node.cfg", config.FileName);
        Assert.EndsWith(
            "[worker-ens1f0]\ntype=worker\nhost=localhost\ninterface=af_packet::ens1f0\nlb_method=custom\nlb_procs=3\npin_cpus=4,5,6\naf_packet_fanout_id=101\n"
            + "af_packet_fanout_mode=AF_Packet::FANOUT_QM\naf_packet_buffer_size=134217728\naf_packet_block_size=1048576\n", config.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Method_af_packet_leaves_the_interface_bare() =>
        Assert.Contains("interface=ens1f0\nlb_method=af_packet\n", ZeekNodeConfigs.Make(Wish with { LoadBalanceMethod = "af_packet" }).Value[0].Text, StringComparison.Ordinal);

    [Fact]
    public void A_worker_is_fed_by_the_queue_before_it() =>
        Assert.Equal(
            [("worker-ens1f0-1", 4, 2), ("worker-ens1f0-2", 5, 0), ("worker-ens1f0-3", 6, 1)],
            ZeekNodeConfigs.Make(Wish).Value[0].Workers.Select(worker => (worker.Name, worker.Cpu!.Value, worker.Queue!.Value)));

    [Fact]
    public void Other_modes_have_no_queue_for_a_worker() =>
        Assert.All(ZeekNodeConfigs.Make(Wish with { Captures = [Wish.Captures[0] with { FanoutMode = "FANOUT_HASH" }] }).Value[0].Workers, worker => Assert.Null(worker.Queue));

    [Fact]
    public void Several_hosts_get_one_node_cfg_and_a_zeek_conf_each()
    {
        ZeekWish wish = Wish with { ManagerHost = "m1", Captures = [Wish.Captures[0] with { Host = "w1" }, Wish.Captures[0] with { Host = "w2" }] };

        Assert.Equal(["m1", "m1", "m1", "w1", "w2"], Assert.Single(ZeekNodeConfigs.Make(wish).Value).Nodes.Select(node => node.Host));
        ZeekNodeConfig[] configs = ZeekNodeConfigs.Make(wish with { Format = ZeekConfigFormat.ZeekConf }).Value;
        Assert.Equal(["cluster/m1.zeek.conf", "cluster/w1.zeek.conf", "cluster/w2.zeek.conf"], configs.Select(config => config.FileName));
        Assert.Empty(configs[0].Workers);
        Assert.DoesNotContain("manager", configs[1].Text.Replace("New-", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("udp::0.0.0.0:4789:vxlan", "vxlan_vni")]
    [InlineData("udp::[::]:6081:geneve", "geneve_vni")]
    [InlineData("udp::127.0.0.1:6081:geneve+vxlan:dlt=raw", "geneve_vxlan_vni")]
    public void A_cloud_source_has_no_fanout_and_says_what_balances(string source, string script)
    {
        ZeekNodeConfig config = ZeekNodeConfigs.Make(new ZeekWish { Captures = [new() { Source = source, Workers = 2 }] }).Value[0];

        Assert.Contains($"interface={source}\n", config.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("fanout", config.Text, StringComparison.Ordinal);
        Assert.Contains(config.Notes, note => note.Contains("outer UDP header", StringComparison.Ordinal));
        Assert.Contains(config.Notes, note => note.Contains(script, StringComparison.Ordinal));
    }

    public static TheoryData<string> Outbreaks =>
    [
        "a\nb", "a\rb", "[b", "b]", "50%", "a b", "a,b", "a;b", "#a", "${x}", "a\"b", "a'b", "a\\b", "a\u2028b", "a\u0085b", "a\0b", "`a`", "",
    ];

    [Theory]
    [MemberData(nameof(Outbreaks))]
    public void A_value_that_could_break_out_is_refused_wherever_it_stands(string value)
    {
        ZeekWish[] wishes =
        [
            Wish with { Captures = [Wish.Captures[0] with { Source = value }] },
            Wish with { Captures = [Wish.Captures[0] with { Source = $"udp::{value}:4789:vxlan" }] },
            Wish with { Captures = [Wish.Captures[0] with { Source = $"udp::0.0.0.0:4789:{value}" }] },
            Wish with { Captures = [Wish.Captures[0] with { FanoutMode = value }] },
            Wish with { Captures = [Wish.Captures[0] with { Host = value }] },
            Wish with { ManagerHost = value },
            Wish with { LoadBalanceMethod = value },
            Wish with { Environment = [$"{value}=1"] },
            .. value.Length == 0 ? [] : (ZeekWish[])[Wish with { Environment = [$"A={value}"] }],
        ];

        foreach (ZeekConfigFormat format in Enum.GetValues<ZeekConfigFormat>())
        {
            // The comma parts variables in node.cfg only.
            Assert.All(wishes.Where(wish => format == ZeekConfigFormat.NodeCfg || value != "a,b" || wish.Environment is not ["A=a,b"]), wish => Assert.Equal(Errno.EINVAL, ZeekNodeConfigs.Make(wish with { Format = format }).Refusal?.Errno));
        }
    }

    [Fact]
    public void What_contradicts_itself_is_refused()
    {
        ZeekCapture capture = Wish.Captures[0];
        ZeekWish[] wishes =
        [
            Wish with { Captures = [] },
            Wish with { Captures = [capture with { WorkerCpus = [4, 5] }] },
            Wish with { Captures = [capture with { WorkerCpus = [4, 5, 5] }] },
            Wish with { Captures = [capture with { WorkerCpus = [4, 5, 1] }] },
            Wish with { Captures = [capture, capture with { Source = "ens1f1", WorkerCpus = [7, 8, 9] }] },
            Wish with { Captures = [capture, capture with { Source = "ens1f1", FanoutId = 102 }] },
            Wish with { Captures = [capture, capture with { FanoutId = 102, WorkerCpus = [7, 8, 9] }] },
            Wish with { Captures = [capture with { BlockBytes = 5000 }] },
            Wish with { Captures = [capture with { FanoutMode = "FANOUT_EBPF" }] },
            Wish with { Captures = [capture with { FanoutId = 65536 }] },
            Wish with { Proxies = 0 },
            Wish with { Captures = [capture with { Host = "w1" }] },
        ];

        Assert.All(wishes, wish => Assert.Equal(Errno.EINVAL, ZeekNodeConfigs.Make(wish).Refusal?.Errno));
    }

    [Theory]
    [InlineData("# a comment\n; another\n[manager]\n  type = manager \nhost: localhost\n\n\n[w]\ntype=worker\nhost=localhost\ninterface=eth0 # no comment\n")]
    [InlineData("[manager]\r\ntype=manager\r\nhost=localhost\r\n")]
    [InlineData("[zeek]\nmanager = 1\n# remark\n[interface a]\ninterface = eth0\nworkers = 2\nworker_env =\n  A=1\n\tB=2")]
    [InlineData("")]
    public void Import_keeps_every_byte(string text)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("node.cfg", text);
        ZeekNodeConfig config = ZeekNodeConfigs.Import(new LiveFileTree(), path).Value;

        Assert.Equal(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(config.ToString()));
        Assert.Equal(text, new ZeekIni(text, config.Format).ToString());
        Assert.Equal(path, config.Path);
    }

    [Fact]
    public void Import_gives_back_what_was_made()
    {
        foreach (ZeekConfigFormat format in Enum.GetValues<ZeekConfigFormat>())
        {
            foreach (ZeekNodeConfig config in RandomWishes.Make(50, format, 3).SelectMany(wish => ZeekNodeConfigs.Make(wish).Value))
            {
                ZeekNodeConfig read = ZeekNodeConfigs.Parse(config.Text, ZeekNodeReader.Guess(config.Text));

                Assert.Equal(format, read.Format);
                Assert.Equal(config.Workers.Select(worker => (worker.Name, worker.Cpu, worker.Queue, worker.InterfaceName)), read.Workers.Select(worker => (worker.Name, worker.Cpu, worker.Queue, worker.InterfaceName)));
            }
        }
    }

    [Fact]
    public void An_edit_changes_one_line()
    {
        const string text = "# first\r\n[w]\r\n; note\r\ntype = worker\r\npin_cpus =  1,2\r\nhost=h\r\n";
        ZeekIni ini = new(text, ZeekConfigFormat.NodeCfg);

        Assert.Equal(text.Replace("1,2", "3", StringComparison.Ordinal), ini.With("w", "pin_cpus", "3").ToString());
        Assert.Equal(text + "lb_procs=2\r\n", ini.With("w", "lb_procs", "2").ToString());
    }

    [Fact]
    public void A_file_that_is_no_text_is_said_to_be_none()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "node.cfg");
        File.WriteAllBytes(path, [0xff, 0xfe, 0x00]);

        _ = Assert.Throws<KernelFormatException>(() => ZeekNodeConfigs.Import(new LiveFileTree(), path));
    }
}
