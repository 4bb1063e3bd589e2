using ZeptAdmin.Changes;
using ZeptAdmin.Cpus;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Changes;

/// <summary>Idle states and limits of latency of this very machine, changed and taken back through the real kernel.</summary>
[Collection("journal")]
public sealed class CpuChangeTests : IDisposable
{
    private const string Idle = "/sys/devices/system/cpu/cpu0/cpuidle";
    private const string Own = "/sys/devices/system/cpu/cpu0/power/pm_qos_resume_latency_us";
    private const string Device = "/dev/cpu_dma_latency";

    private readonly TemporaryFolder _state = new();
    private readonly Engine _engine = new();
    private readonly ThisMachine _machine;

    public CpuChangeTests()
    {
        ExternalTool.NeedRoot();
        _machine = new ThisMachine();
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", _state.Path);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", null);
        _engine.Dispose();
        _state.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void An_idle_state_is_turned_off_and_on_again_by_undoing()
    {
        Assert.SkipUnless(File.Exists(Idle + "/state0/disable"), "this machine has no idle states");
        string name = File.ReadAllText(Idle + "/state0/name").Trim();
        string before = File.ReadAllText(Idle + "/state0/disable");
        string verb = before == "0\n" ? "Off" : "On";

        EngineResult set = _engine.Run($"Set-CpuIdleState -Cpu 0 -Name $args[0] -{verb} -PassThru", name);
        Assert.Empty(set.Errors);
        Assert.Equal(verb == "On", Assert.IsType<CpuIdleState>(set.Single).IsEnabled);
        Assert.Equal(verb == "On" ? "0\n" : "1\n", File.ReadAllText(Idle + "/state0/disable"));

        EngineResult again = _engine.Run($"Get-CpuIdleState 0 $args[0] | Set-CpuIdleState -{verb} -Verbose", name);
        Assert.Contains(again.Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));

        Undo();
        Assert.Equal(before, File.ReadAllText(Idle + "/state0/disable"));
    }

    [Fact]
    public void The_machines_limit_outlives_the_process_that_set_it_and_ends_when_undone()
    {
        Assert.SkipUnless(File.Exists(Device), "this machine has no /dev/cpu_dma_latency");
        Assert.SkipWhen(Held() is not null || InForce() is < 1000, "somebody holds a limit on this machine already");
        int before = InForce();
        Assert.Equal(0, Zept.Run("-Command", "Start-CpuLatencyLimit 1000").ExitCode);
        try
        {
            Assert.Equal((1000, 1000), (InForce(), Held()));

            // A stricter one takes the place of the first.
            Assert.Empty(_engine.Run("Start-CpuLatencyLimit 500").Errors);
            Assert.Equal((500, 500), (InForce(), Held()));

            // Undone in the order of the changes: 500, then 1000, then none.
            Undo();
        }
        finally
        {
            _ = _engine.Run("Stop-CpuLatencyLimit");
        }

        Assert.Null(Held());
        Assert.Equal(before, InForce());
        Assert.Empty(Directory.GetFiles("/run", "zeptadmin-cpu-latency-*"));
    }

    [Fact]
    public void A_holder_that_was_killed_is_seen_and_set_again()
    {
        Assert.SkipUnless(File.Exists(Device), "this machine has no /dev/cpu_dma_latency");
        Assert.SkipWhen(Held() is not null || InForce() is < 1000, "somebody holds a limit on this machine already");
        Assert.SkipWhen(Directory.Exists("/run/systemd/system"), "systemd starts it again");
        try
        {
            CpuLatencyLimit limit = Assert.IsType<CpuLatencyLimit>(_engine.Run("Start-CpuLatencyLimit 1000 -PassThru").Single);
            using (System.Diagnostics.Process holder = System.Diagnostics.Process.GetProcessById(Assert.Single(limit.ProcessIds)))
            {
                holder.Kill();
            }

            // It is a child of this process, which takes no notice of its end: it stays a zombie, without a command line and without the device.
            Assert.True(SpinWait.SpinUntil(() => Held() is null, TimeSpan.FromMinutes(1)));
            Assert.Empty(_engine.Run("Start-CpuLatencyLimit 1000").Errors);
            Assert.Equal((1000, 1000), (InForce(), Held()));
        }
        finally
        {
            _ = _engine.Run("Stop-CpuLatencyLimit");
        }

        Assert.Null(Held());
    }

    [Fact]
    public void A_cpus_own_limit_is_set_and_taken_back()
    {
        Assert.SkipUnless(File.Exists(Own), "this kernel has no limit of latency by CPU");
        string before = File.ReadAllText(Own);

        Assert.Empty(_engine.Run("Start-CpuLatencyLimit 0 -Cpu 0").Errors);
        Assert.Equal("n/a\n", File.ReadAllText(Own));
        Assert.Empty(_engine.Run("Start-CpuLatencyLimit 1234 -Cpu 0").Errors);
        Assert.Equal("1234\n", File.ReadAllText(Own));
        Assert.Empty(_engine.Run("Stop-CpuLatencyLimit -Cpu 0").Errors);
        Assert.Equal("0\n", File.ReadAllText(Own));

        Undo();
        Assert.Equal(before, File.ReadAllText(Own));
    }

    [Theory]
    [InlineData("Set-CpuIdleState -MaxLatencyMicroseconds 0 -WhatIf -WarningAction Ignore")]
    [InlineData("Start-CpuLatencyLimit 0 -WhatIf")]
    [InlineData("Start-CpuLatencyLimit 0 -Cpu 0 -WhatIf")]
    public void Nothing_is_changed_under_WhatIf(string script)
    {
        _ = _engine.Run(script);

        Assert.Empty(Directory.GetFileSystemEntries(_state.Path));
        Assert.Null(Held());
    }

    // What the kernel itself says, read as any program would.
    private static int InForce()
    {
        byte[] value = new byte[4];
        using FileStream device = new(Device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        device.ReadExactly(value);
        return BitConverter.ToInt32(value);
    }

    private int? Held() => _engine.Run("Get-CpuLatencyLimit").Output.Select(limit => (CpuLatencyLimit)limit.BaseObject).Single(limit => limit.IsOfMachine).HeldMicroseconds;

    private void Undo()
    {
        EngineResult undo = _engine.Run("Get-NsmChange | Undo-NsmChange -PassThru -Confirm:$false");
        Assert.Empty(undo.Errors);
        Assert.All(undo.Output, change => Assert.Equal(ChangeState.Undone, ((NsmChange)change.BaseObject).State));
    }
}
