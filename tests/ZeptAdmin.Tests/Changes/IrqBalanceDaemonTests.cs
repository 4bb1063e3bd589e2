using System.Diagnostics;
using ZeptAdmin.Audit;
using ZeptAdmin.Irqs;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Changes;

/// <summary>The real irqbalance of Debian beside Set-IrqAffinity, on the interrupts of this very machine.</summary>
[Collection("journal")]
public sealed class IrqBalanceDaemonTests : IDisposable
{
    private const string Settings = "/etc/default/irqbalance";

    private readonly TemporaryFolder _state = new();
    private readonly Engine _engine = new();
    private readonly ThisMachine _machine;
    private readonly InterruptsOfThisMachine _interrupts;
    private readonly byte[] _settings;

    public IrqBalanceDaemonTests()
    {
        ExternalTool.NeedRoot();
        _ = ExternalTool.TryRun("irqbalance", "--version");
        _machine = new ThisMachine();
        Assert.SkipUnless(Process.GetProcessesByName("irqbalance").Length == 0, "an irqbalance runs on this machine, which the test would disturb");
        Assert.SkipUnless(File.Exists(Settings), $"irqbalance has no {Settings} here");
        _settings = File.ReadAllBytes(Settings);
        _interrupts = new InterruptsOfThisMachine();
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", _state.Path);
    }

    public void Dispose()
    {
        File.WriteAllBytes(Settings, _settings);
        _interrupts.PutBack();
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", null);
        _engine.Dispose();
        _state.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void Without_the_fence_it_moves_what_was_placed_and_that_is_found_and_named()
    {
        (string port, int[] irqs) = Crowded();
        Assert.Empty(_engine.Run("Set-IrqAffinity $args[0] 0", port).Errors);

        using (IrqBalanceDaemon daemon = new([]))
        {
            daemon.WaitForRounds(2);
            Assert.Contains(irqs, irq => InterruptsOfThisMachine.CpusOf(irq) != "0");

            CheckResult told = Assert.IsType<CheckResult>(_engine.Run("Test-NsmSensor -Id F6.IrqBalance -InterfaceName $args[0]", port).Single);
            Assert.Equal(CheckSeverity.Warn, told.Severity);
            Assert.Contains("may move", told.Actual, StringComparison.Ordinal);
            Assert.Contains("-FenceIrqBalance", told.Remedy, StringComparison.Ordinal);
            Assert.Contains(
                _engine.Run("Set-IrqAffinity $args[0] 0 -WhatIf", port).Warnings,
                warning => warning.Contains($"irqbalance runs (process {daemon.Id})", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_fence_holds_over_its_rounds_and_over_its_restart()
    {
        (string port, int[] irqs) = Crowded();
        using (IrqBalanceDaemon daemon = new([]))
        {
            daemon.WaitForRounds(1);
            Assert.Empty(_engine.Run("Set-IrqAffinity $args[0] 0 -FenceIrqBalance", port).Errors);

            daemon.WaitForRounds(3);
            Assert.All(irqs, irq => Assert.Equal("0", InterruptsOfThisMachine.CpusOf(irq)));
            CheckResult told = Assert.IsType<CheckResult>(_engine.Run("Test-NsmSensor -Id F6.IrqBalance -InterfaceName $args[0]", port).Single);
            Assert.Equal(CheckSeverity.Pass, told.Severity);
        }

        // It places every interrupt anew when it starts, by its settings file: the hardest of its rounds.
        using (IrqBalanceDaemon again = IrqBalanceDaemon.WithItsFile(Settings))
        {
            again.WaitForRounds(3);
            Assert.All(irqs, irq => Assert.Equal("0", InterruptsOfThisMachine.CpusOf(irq)));
        }

        Assert.Empty(_engine.Run("Get-NsmChange | Undo-NsmChange -Confirm:$false").Errors);
        Assert.Equal(_settings, File.ReadAllBytes(Settings));
    }

    // An interface with two interrupts of queues or more: sent to one CPU, an irqbalance that may would part them.
    private (string InterfaceName, int[] Irqs) Crowded()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "there is one CPU only");
        IGrouping<string, int>? crowd = _engine.Run("Get-IrqAffinity").Output
            .Select(item => (IrqAffinity)item.BaseObject)
            .Where(record => record is { Queue: not null, InterfaceName: not null })
            .GroupBy(record => record.InterfaceName!, record => record.Irq)
            .FirstOrDefault(port => port.Distinct().Count() > 1);
        Assert.SkipWhen(crowd is null, "no interface here has two interrupts of queues");
        return (crowd.Key, [.. crowd.Distinct()]);
    }

    /// <summary>irqbalance in the foreground, looking each second.</summary>
    private sealed class IrqBalanceDaemon : IDisposable
    {
        private const int PatienceSeconds = 120;
        private readonly Process _process;
        private int _rounds;

        public IrqBalanceDaemon(string[] arguments, string? bannedCpus = null)
        {
            _ = Directory.CreateDirectory("/run/irqbalance");
            ProcessStartInfo start = new("irqbalance", ["--foreground", "--debug", "--interval=1", .. arguments]) { RedirectStandardOutput = true };
            start.Environment["IRQBALANCE_BANNED_CPULIST"] = bannedCpus;
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) => _ = line.Data?.StartsWith("-----", StringComparison.Ordinal) == true ? Interlocked.Increment(ref _rounds) : 0;
            _process.BeginOutputReadLine();
        }

        public int Id => _process.Id;

        /// <summary>Starts it as its unit does: with what its settings file says.</summary>
        public static IrqBalanceDaemon WithItsFile(string path)
        {
            Dictionary<string, string> values = File.ReadLines(path)
                .Where(line => line.StartsWith("IRQBALANCE_", StringComparison.Ordinal))
                .Select(line => line.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => pair[1].Trim('"'));
            return new(
                values.GetValueOrDefault("IRQBALANCE_ARGS", "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
                values.GetValueOrDefault("IRQBALANCE_BANNED_CPULIST"));
        }

        /// <summary>Waits until it has looked so many times more.</summary>
        public void WaitForRounds(int count)
        {
            int most = Volatile.Read(ref _rounds) + count;
            Assert.True(
                SpinWait.SpinUntil(() => Volatile.Read(ref _rounds) >= most || _process.HasExited, TimeSpan.FromSeconds(PatienceSeconds)) && !_process.HasExited,
                "irqbalance ended, or did not look.");
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
