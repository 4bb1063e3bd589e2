using Newtonsoft.Json.Linq;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Irqs;

public sealed class IrqSettingTests : IDisposable
{
    private const string Port = "ens1f0";

    private readonly SmallMachine _machine = new();
    private readonly IrqAffinitySetting _setting = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Interrupts_are_known_by_queue_then_name_then_number()
    {
        _ = _machine.WithCard(Port, "i40e", 2, 2)
            .WithIrq(100, "i40e-0000:3b:00.0:misc").WithIrq(101, "i40e-ens1f0-TxRx-0").WithIrq(102, "i40e-ens1f0-TxRx-1")
            .WithIrq(103, "same").WithIrq(104, "same");

        Assert.Equal(["Combined/0", "Combined/1", "i40e-0000:3b:00.0:misc", "irq:103", "irq:104"], ((JObject)Read()).Properties().Select(item => item.Name));
    }

    [Fact]
    public void A_value_outlives_new_numbers_and_lost_queues()
    {
        _ = _machine.WithCard(Port, "i40e", 1, 1).WithIrq(201, "i40e-ens1f0-TxRx-0");
        JToken remembered = new JObject { ["Combined/0"] = "2", ["Combined/1"] = "3" };

        JToken fitting = _setting.Fit(remembered, Read());

        Assert.Equal(new JObject { ["Combined/0"] = "2" }.ToString(), fitting.ToString());
        Assert.Null(_setting.Write(_machine, Port, fitting));
        Assert.Equal([("/proc/irq/201/smp_affinity_list", "2\n")], _machine.Writes);
        Assert.True(_setting.AreSame(Read(), remembered));
    }

    [Fact]
    public void Only_what_differs_is_written()
    {
        _ = _machine.WithCard(Port, "i40e", 2, 2).WithIrq(101, "i40e-ens1f0-TxRx-0", cpus: "1").WithIrq(102, "i40e-ens1f0-TxRx-1");

        Assert.Null(_setting.Write(_machine, Port, new JObject { ["Combined/0"] = "1", ["Combined/1"] = "2" }));
        Assert.Equal([("/proc/irq/102/smp_affinity_list", "2\n")], _machine.Writes);
    }

    [Theory]
    [InlineData(Errno.EIO, "managed")]
    [InlineData(Errno.ENOSPC, "vector")]
    [InlineData(Errno.EINVAL, "online")]
    public void A_refusal_is_told_in_words(Errno errno, string word)
    {
        _ = _machine.WithCard(Port, "i40e", 1, 1).WithIrq(101, "i40e-ens1f0-TxRx-0");
        _machine.Refuse = (_, _) => errno;

        Refusal? refusal = _setting.Write(_machine, Port, new JObject { ["Combined/0"] = "1" });

        Assert.Equal(errno, refusal?.Errno);
        Assert.Contains(word, refusal?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Queues_of_the_kernel_take_and_lose_steering()
    {
        using NetworkNamespace space = new();
        Assert.SkipUnless(space.Ip("link add zept-a numrxqueues 2 numtxqueues 2 type veth peer name zept-b"), "veth devices cannot be made here");
        space.Run(() =>
        {
            using Sensor sensor = Sensor.Open(null);
            foreach ((QueueCpuSetting setting, string target, string file) in (IEnumerable<(QueueCpuSetting, string, string)>)
                [(new QueueRpsSetting(), "zept-a/rx-1", "rx-1/rps_cpus"), (new QueueXpsSetting(), "zept-a/tx-1", "tx-1/xps_cpus")])
            {
                string path = "/sys/class/net/zept-a/queues/" + file;
                string before = File.ReadAllText(path);
                JToken value = setting.Read(sensor, target).Value;

                Assert.Null(setting.Write(sensor, target, "0"));
                Assert.Equal("1", File.ReadAllText(path).Trim('\n', '0', ','));
                Assert.Equal("0", setting.Read(sensor, target).Value);

                Assert.Null(setting.Write(sensor, target, value));
                Assert.Equal(before, File.ReadAllText(path));
            }

            Assert.Equal(Errno.EOPNOTSUPP, new QueueXpsSetting().Read(sensor, "zept-a/tx-9").Refusal?.Errno);
        });
    }

    private JToken Read() => _setting.Read(_machine, Port).Value;
}
