using System.Diagnostics;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Irqs;

/// <summary>A real irqbalance, kept from moving anything, is told what to leave alone.</summary>
public sealed class IrqBalanceSocketTests
{
    [Fact]
    public void A_running_process_takes_bans_and_lets_them_go()
    {
        ExternalTool.NeedRoot();
        Assert.SkipUnless(File.Exists("/usr/sbin/irqbalance"), "irqbalance is not installed");
        using ThisMachine machine = new();
        _ = Directory.CreateDirectory("/run/irqbalance");
        ProcessStartInfo start = new("unshare", ["-m", "sh", "-c", "mount --bind /proc/irq /proc/irq && mount -o remount,ro,bind /proc/irq && exec irqbalance --foreground --interval=1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            Assert.True(Eventually(process, () => IrqBalanceSocket.Ask(process.Id) is not null), "irqbalance does not answer");

            Assert.True(IrqBalanceSocket.Tell(process.Id, CpuList.Parse("1"), [1234, 1235]));
            Assert.Equal([1234, 1235], IrqBalanceSocket.Ask(process.Id)!.Value.Irqs.Order());
            Assert.True(Eventually(process, () => IrqBalanceSocket.Ask(process.Id)?.Cpus.ToString() == "1"), "the CPU was not banned");

            Assert.True(IrqBalanceSocket.Tell(process.Id, null, []));
            Assert.Empty(IrqBalanceSocket.Ask(process.Id)!.Value.Irqs);
            Assert.True(Eventually(process, () => IrqBalanceSocket.Ask(process.Id)?.Cpus.Contains(1) == false), "the CPU is banned still");
            Assert.False(IrqBalanceSocket.Tell(process.Id, null, [.. Enumerable.Range(1000, 200)]));
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
            File.Delete(IrqBalanceSocket.PathOf(process.Id));
        }
    }

    [Fact]
    public void A_process_that_is_no_irqbalance_does_not_answer() => Assert.Null(IrqBalanceSocket.Ask(Environment.ProcessId));

    // It looks around once a second here, twice before it has taken over new bans.
    private static bool Eventually(Process process, Func<bool> condition)
    {
        for (int i = 0; i < 300 && !process.HasExited; i++)
        {
            if (condition())
            {
                return true;
            }

            Thread.Sleep(100);
        }

        return false;
    }
}
