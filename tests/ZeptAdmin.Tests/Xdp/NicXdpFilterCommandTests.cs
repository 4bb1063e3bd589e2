using ZeptAdmin.Linux;
using ZeptAdmin.Xdp;

namespace ZeptAdmin.Tests.Xdp;

/// <summary>XDP on a veth in a network namespace, with xdp-filter itself.</summary>
[Collection("journal")]
public sealed class NicXdpFilterCommandTests : IDisposable
{
    private const int Frames = 20;

    private readonly TemporaryFolder _state = new();

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData("Native")]
    [InlineData("Generic")]
    public void Frames_to_a_blocked_port_are_gone_before_a_packet_socket_sees_them_others_are_not_and_removal_restores(string mode) => InNamespace(engine =>
    {
        using FrameSender sender = new("za");
        using CaptureGroup capture = new("zb", members: 1, receiveBuffer: 1 << 22);
        Assert.Equal((2 * Frames, 0), Seen(sender, capture, 2 * Frames));

        EngineResult added = engine.Run("Add-NicXdpFilter zb -Port 53 -Direction Destination -Protocol Udp -Mode $args[0] -Confirm:$false -PassThru", mode);
        Assert.Empty(added.Errors);
        NicXdpFilter filter = Assert.IsType<NicXdpFilter>(added.Single);
        Assert.Equal(["port 53 dst udp"], filter.Rules.Select(rule => rule.Rule));
        NicXdp program = Assert.IsType<NicXdp>(engine.Run("Get-NicXdp zb").Single);
        Assert.Equal((mode, "xdpfilt_alw_all", true, null), (program.Mode.ToString(), program.ProgramName, program.IsFilter, program.NotAsked));
        Assert.Matches("^[0-9a-f]{16}$", program.Tag);
        Assert.NotEmpty(program.MapIds);

        // Only those from the port, none of those to it: dropped before any packet socket.
        Assert.Equal((Frames, 0), Seen(sender, capture, Frames));
        Assert.Equal(Frames, Assert.IsType<NicXdpFilter>(engine.Run("Add-NicXdpFilter zb -Port 53 -Direction Destination -Protocol Udp -Mode $args[0] -Confirm:$false -PassThru", mode).Single).Rules.Single().Hits);

        Assert.Empty(engine.Run("Remove-NicXdpFilter zb -Port 53 -Confirm:$false").Errors);
        Assert.Equal((2 * Frames, 0), Seen(sender, capture, 2 * Frames));

        Assert.Empty(engine.Run("Remove-NicXdpFilter zb -Confirm:$false").Errors);
        Assert.Equal(XdpMode.None, Assert.IsType<NicXdp>(engine.Run("Get-NicXdp zb").Single).Mode);
        Assert.Equal((2 * Frames, 0), Seen(sender, capture, 2 * Frames));
    });

    [Fact]
    public void It_asks_is_idempotent_widens_a_rule_puts_back_what_it_disturbs_and_is_undone() => InNamespace(engine =>
    {
        const string queue = "/sys/class/net/zb/queues/rx-0/rps_cpus";
        File.WriteAllText(queue, "1");
        string before = File.ReadAllText(queue);

        Assert.Empty(engine.Run("Add-NicXdpFilter zb -Port 53 -WhatIf").Errors);
        Assert.Equal(XdpMode.None, Assert.IsType<NicXdp>(engine.Run("Get-NicXdp zb").Single).Mode);

        Assert.Empty(engine.Run("Add-NicXdpFilter zb -Port 53 -Direction Destination -Protocol Tcp -Confirm:$false").Errors);
        Assert.Empty(engine.Run("Add-NicXdpFilter zb -Port 53 -Direction Source -Protocol Udp -Address 192.0.2.9, 2001:db8::1 -Confirm:$false").Errors);
        EngineResult again = engine.Run("Add-NicXdpFilter zb -Port 53 -Address 192.0.2.9 -Direction Both -Confirm:$false -PassThru -Verbose");
        Assert.Equal(["ip 192.0.2.9 src,dst", "ip 2001:db8::1 src", "port 53 src,dst tcp,udp"], Assert.IsType<NicXdpFilter>(again.Single).Rules.Select(rule => rule.Rule));
        Assert.Contains(again.Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));
        Assert.Equal(before, File.ReadAllText(queue));

        Assert.Empty(engine.Run("Get-NsmChange | Undo-NsmChange -Confirm:$false").Errors);
        Assert.Equal(XdpMode.None, Assert.IsType<NicXdp>(engine.Run("Get-NicXdp zb").Single).Mode);
        Assert.Empty(Assert.IsType<NicXdpFilter>(engine.Run("Remove-NicXdpFilter zb -Confirm:$false -PassThru").Single).Rules);
        Assert.Equal(before, File.ReadAllText(queue));
    });

    [Fact]
    public void A_program_of_somebody_else_is_not_replaced_and_nonsense_is_refused() => InNamespace(engine =>
    {
        Assert.Equal(["ValueRejected"], engine.Run("Add-NicXdpFilter zb -Confirm:$false").ErrorIds);
        Assert.Equal(["InterfaceNotFound"], engine.Run("Add-NicXdpFilter nothere -Port 1 -Confirm:$false").ErrorIds);

        _ = ExternalTool.Run("xdp-loader", "load", "--mode", "skb", "zb", XdpObject);
        Assert.Equal(["DeviceBusy"], engine.Run("Add-NicXdpFilter zb -Port 1 -Confirm:$false").ErrorIds);
        NicXdp program = Assert.IsType<NicXdp>(engine.Run("Get-NicXdp zb").Single);
        Assert.Equal((XdpMode.Generic, false), (program.Mode, program.IsFilter));
    });

    // Debian keeps it in the folder of its architecture, others in /usr/lib itself.
    private static string XdpObject => Directory.GetDirectories("/usr/lib").Select(folder => Path.Combine(folder, "bpf")).Prepend("/usr/lib/bpf")
        .Select(folder => Path.Combine(folder, "xdpfilt_dny_eth.o")).First(File.Exists);

    // Sends frames to the port, then as many from it; the last of these tell when all have come by, for there is one queue.
    private static (long Packets, long Dropped) Seen(FrameSender sender, CaptureGroup capture, int expected)
    {
        for (int i = 0; i < Frames; i++)
        {
            sender.Send(FrameSender.Udp(i, isReturn: false));
        }

        for (int i = 0; i < Frames; i++)
        {
            sender.Send(FrameSender.Udp(i, isReturn: true));
        }

        (long packets, long dropped) = (0, 0);
        Wait.Until(
            () =>
            {
                (long more, long lost) = capture.TakeStatistics();
                packets += more;
                dropped += lost;
                return packets >= expected;
            },
            () => $"{packets} of {expected} frames came");
        return (packets, dropped);
    }

    private void InNamespace(Action<Engine> step)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/xdp-filter"), "xdp-filter (package xdp-tools) is not installed");
        using NetworkNamespace network = NetworkNamespace.WithVeth(1);
        network.Run(() =>
        {
            Assert.SkipUnless(Bpf.Program(uint.MaxValue).Refusal is { Errno: Errno.ENOENT }, "bpf(2) is not permitted here");
            Assert.SkipUnless(ExternalTool.TryRun("mount", "-t", "bpf", "bpf", "/sys/fs/bpf").ExitCode == 0, "a bpffs cannot be mounted here");
            using Engine engine = new();
            Assert.Empty(engine.Run("$env:ZEPTADMIN_STATE = $args[0]", _state.Path).Errors);
            step(engine);
        });
    }
}
