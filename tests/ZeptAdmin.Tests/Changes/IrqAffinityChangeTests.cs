using ZeptAdmin.Changes;
using ZeptAdmin.Irqs;

namespace ZeptAdmin.Tests.Changes;

/// <summary>Interrupts of this very machine, moved and put back through the real kernel.</summary>
[Collection("journal")]
public sealed class IrqAffinityChangeTests : IDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly Engine _engine = new();
    private readonly ThisMachine _machine;
    private readonly string _snapshot = Repository.Snapshot("irqs-i40e");
    private readonly InterruptsOfThisMachine _interrupts;

    public IrqAffinityChangeTests()
    {
        ExternalTool.NeedRoot();
        _machine = new ThisMachine();
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", _state.Path);
        _interrupts = new InterruptsOfThisMachine();
    }

    public void Dispose()
    {
        // Whatever a test did: this machine gets its interrupts back.
        _interrupts.PutBack();
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", null);
        _engine.Dispose();
        _state.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void Queues_go_where_they_are_sent_and_back()
    {
        (string port, int[] irqs) = Movable();

        EngineResult set = _engine.Run("Set-IrqAffinity $args[0] 1 -PassThru -WarningAction SilentlyContinue", port);
        Assert.Empty(set.Errors);
        Assert.All(irqs, irq => Assert.Equal("1", InterruptsOfThisMachine.CpusOf(irq)));
        Assert.All(
            set.Output.Select(item => Assert.IsType<IrqAffinity>(item.BaseObject)).Where(record => record.Queue is not null),
            record => Assert.Equal("1", record.RequestedCpus?.ToString()));
        Assert.Equal(_interrupts.Before.Where(item => !irqs.Contains(IrqOf(item.Key))), _interrupts.Now().Where(item => !irqs.Contains(IrqOf(item.Key))));
        Assert.Equal(ChangeState.Done, Assert.IsType<NsmChange>(_engine.Run("Get-NsmChange").Single).State);

        EngineResult second = _engine.Run("Set-IrqAffinity $args[0] -Cpu 1 -Verbose -WarningAction SilentlyContinue", port);
        Assert.Empty(second.Errors);
        Assert.Contains(second.Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));
        Assert.Single(_engine.Run("Get-NsmChange").Output);

        EngineResult undo = _engine.Run("Get-NsmChange | Undo-NsmChange -Confirm:$false");
        Assert.Empty(undo.Errors);
        Assert.Equal(_interrupts.Before, _interrupts.Now());
    }

    [Fact]
    public void Nothing_moves_under_WhatIf()
    {
        (string port, _) = Movable();

        EngineResult result = _engine.Run("Set-IrqAffinity $args[0] -Strategy All -FenceIrqBalance -WhatIf -WarningAction SilentlyContinue", port);

        Assert.Empty(result.Errors);
        Assert.Equal(_interrupts.Before, _interrupts.Now());
        Assert.Empty(Directory.GetFileSystemEntries(_state.Path));
    }

    [Theory]
    [InlineData("Set-IrqAffinity ens1f0 0 -Snapshot $args[0] -WarningAction SilentlyContinue", "SnapshotIsReadOnly")]
    [InlineData("Set-IrqAffinity ens1f0 0,1 -Snapshot $args[0]", "ValueRejected")]
    [InlineData("Set-IrqAffinity ens1f0 0,2 -Queue 9 -Snapshot $args[0]", "ValueRejected")]
    [InlineData("Set-IrqAffinity lo 0 -Snapshot $args[0]", "NotSupportedByDriver")]
    [InlineData("Set-IrqAffinity missing0 0 -Snapshot $args[0]", "InterfaceNotFound")]
    [InlineData("Set-IrqAffinity ens1f0 -Strategy Remote -Snapshot $args[0]", "NotSupportedByDriver")]
    [InlineData("Set-IrqAffinity ens1f0 -Strategy Local -Cpu 1 -Snapshot $args[0]", "OneCpuExpected")]
    [InlineData("Set-IrqBalance -BannedCpu 1-2 -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Set-IrqBalance -BannedCpu 0-3 -Snapshot $args[0]", "ValueRejected")]
    public void Refusals_have_their_ids(string script, string id) => Assert.Equal([id], _engine.Run(script, _snapshot).ErrorIds);

    [Theory]
    [InlineData("Set-IrqAffinity ens1f0 0 -Snapshot $args[0] -WhatIf", 1)]
    [InlineData("Set-IrqAffinity ens1f0 0,2 -Snapshot $args[0] -WhatIf", 0)]
    [InlineData("Set-IrqAffinity ens1f0 -Strategy One -Cpu 2 -Snapshot $args[0] -WhatIf", 0)]
    [InlineData("Set-IrqAffinity ens1f0 '2,0' -Xps -Rps '' -Snapshot $args[0] -WhatIf", 0)]
    [InlineData("Set-IrqAffinity * -Strategy Local -Snapshot $args[0] -WhatIf", 0)]
    [InlineData("Get-IrqAffinity ens1f0 -Snapshot $args[0] | Where-Object Queue -eq 1 | Set-IrqAffinity -Cpu 2 -Snapshot $args[0] -WhatIf", 0)]
    [InlineData("Set-IrqBalance -BannedCpu '' -BannedIrq @() -Snapshot $args[0] -WhatIf", 0)]
    public void Wishes_are_understood(string script, int warnings)
    {
        EngineResult result = _engine.Run(script, _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal(warnings, result.Warnings.Length);
    }

    [Fact]
    public void The_settings_of_irqbalance_come_back_byte_for_byte()
    {
        const string Settings = "/etc/default/irqbalance";
        Assert.SkipUnless(File.Exists(Settings) && Environment.ProcessorCount > 1, "irqbalance is not installed here, or there is one CPU only");
        byte[] before = File.ReadAllBytes(Settings);
        UnixFileMode mode = File.GetUnixFileMode(Settings);
        try
        {
            EngineResult set = _engine.Run("Set-IrqBalance -BannedCpu 1 -BannedIrq 38, 39 -PassThru -WarningAction SilentlyContinue");
            Assert.Empty(set.Errors);
            Assert.Equal("1", Assert.IsType<IrqBalance>(set.Single).BannedCpus?.ToString());
            string text = File.ReadAllText(Settings);
            Assert.Contains("\nIRQBALANCE_BANNED_CPULIST=1\n", text, StringComparison.Ordinal);
            Assert.Contains("\nIRQBALANCE_ARGS=\"--banirq=38 --banirq=39\"\n", text, StringComparison.Ordinal);

            EngineResult second = _engine.Run("Set-IrqBalance -BannedCpu 1 -BannedIrq 38, 39 -Verbose -WarningAction SilentlyContinue");
            Assert.Contains(second.Verbose, line => line.StartsWith("Nothing to do", StringComparison.Ordinal));

            Assert.Empty(_engine.Run("Get-NsmChange | Undo-NsmChange -Confirm:$false").Errors);
            Assert.Equal(before, File.ReadAllBytes(Settings));
            Assert.Equal(mode, File.GetUnixFileMode(Settings));
        }
        finally
        {
            File.WriteAllBytes(Settings, before);
        }
    }

    private static int IrqOf(string path) => int.Parse(Path.GetFileName(Path.GetDirectoryName(path))!, System.Globalization.CultureInfo.InvariantCulture);

    // An interface of this machine whose queues have interrupts, on a machine where they have somewhere to go.
    private (string InterfaceName, int[] Irqs) Movable()
    {
        IrqAffinity[] records = [.. _engine.Run("Get-IrqAffinity").Output.Select(item => (IrqAffinity)item.BaseObject).Where(record => record.Queue is not null)];
        Assert.SkipUnless(records.Length > 0 && Environment.ProcessorCount > 1, "no interface here has interrupts of its own, or there is one CPU only");
        string name = records[0].InterfaceName!;
        return (name, [.. records.Where(record => record.InterfaceName == name).Select(record => record.Irq).Distinct()]);
    }
}
