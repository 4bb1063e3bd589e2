using System.Globalization;
using ZeptAdmin.Cpus;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuHousekeepingCommandTests : IDisposable
{
    // All but the other threads of the kernel: one of those may begin at any moment.
    private const string Parts = "UnboundWork, Writeback, Watchdog, NewInterrupts, RcuThreads";

    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("cpus-tenants");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Reads_a_capture()
    {
        EngineResult result = _engine.Run("Get-CpuHousekeeping -Snapshot $args[0]", _snapshot);

        Assert.Empty(result.Errors);
        Assert.All(result.Output, part => Assert.Equal("2-3", ((CpuHousekeeping)part.BaseObject).StrayCpus.ToString()));
        Assert.Equal(6, result.Output.Length);
    }

    [Theory]
    [InlineData("Set-CpuHousekeeping 0-1 -Snapshot $args[0]", "SnapshotIsReadOnly")]
    [InlineData("Set-CpuHousekeeping 0,9 -Snapshot $args[0]", "NotPresent")]
    [InlineData("Set-CpuHousekeeping '' -Snapshot $args[0]", "ValueRejected")]
    public void Says_what_cannot_be(string script, string id) => Assert.Contains(id, _engine.Run(script, _snapshot).ErrorIds);

    [Fact]
    public void Warns_when_the_work_is_put_on_a_guarded_cpu() =>
        Assert.Contains("CPU 3", Assert.Single(_engine.Run("Set-CpuHousekeeping 1,3 -Snapshot $args[0] -WhatIf", _snapshot).Warnings), StringComparison.Ordinal);

    [Fact]
    public void Parts_pipe_back_in_also_over_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-CpuHousekeeping -Snapshot $args[0])[0..1]))
            $wire | Set-CpuHousekeeping 0 -WhatIf -PassThru -Snapshot $args[0]
            """,
            _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal([CpuHousekeepingPart.UnboundWork, CpuHousekeepingPart.Writeback], result.Output.Select(part => ((CpuHousekeeping)part.BaseObject).Part));
    }

    [Fact]
    public void Moves_the_work_of_this_machine_and_takes_it_back()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        Assert.SkipUnless(Environment.ProcessorCount > 1, "needs two CPUs");
        using ThisMachine held = new();
        using TemporaryFolder state = new();
        ZeptResult Run(string command) => Zept.RunWith("", new() { ["ZEPTADMIN_STATE"] = Path.Combine(state.Path, "state") }, "-Command", command);
        string before = Kernel();
        Assert.SkipWhen(before.Length == 0, "this kernel tells of none of it");

        Assert.Equal(0, Run("Set-CpuHousekeeping 0 -WhatIf").ExitCode);
        Assert.Equal(before, Kernel());
        try
        {
            ZeptResult made = Run($"Set-CpuHousekeeping 0 {Parts} -Confirm:$false -PassThru | ForEach-Object {{ \"$($_.Part)=$($_.Cpus)\" }}");
            Assert.Equal((0, ""), (made.ExitCode, made.Errors));
            Assert.All(Lines(made.Output), line => Assert.EndsWith("=0", line, StringComparison.Ordinal));

            // The kernel's own files, not those of the module: all that was there says CPU 0 now, as a mask or as a list.
            Assert.All(Lines(Kernel()), line => Assert.Contains(line[^2..], (string[])["=1", "=0"]));
            Assert.Equal("0", Run($"$before = @(Get-NsmChange).Count; Set-CpuHousekeeping 0 {Parts} -Confirm:$false; @(Get-NsmChange).Count - $before").Output.Trim());
        }
        finally
        {
            Assert.Equal(0, Run("Undo-NsmChange -After 2000-01-01 -Confirm:$false").ExitCode);
        }

        Assert.Equal(before, Kernel());
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // Masks (where 1 is CPU 0), the list of the watchdog, and the CPUs of RCU's threads, by the kernel's own files. A mask has leading zeros on large machines.
    private static string Kernel()
    {
        List<string> lines = [];
        foreach (string path in (string[])["/sys/devices/virtual/workqueue/cpumask", "/sys/devices/virtual/workqueue/writeback/cpumask", "/proc/irq/default_smp_affinity", "/proc/sys/kernel/watchdog_cpumask"])
        {
            if (File.Exists(path))
            {
                string text = File.ReadAllText(path).Trim().Replace(",", "", StringComparison.Ordinal).TrimStart('0');
                lines.Add($"{path}={(text.Length == 0 ? "0" : text)}");
            }
        }

        foreach (string folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                string name = File.ReadAllText(folder + "/comm").Trim();
                if (name.StartsWith("rcu_preempt", StringComparison.Ordinal) || name.StartsWith("rcu_sched", StringComparison.Ordinal) || name.StartsWith("rcuo", StringComparison.Ordinal))
                {
                    lines.Add($"{name}={File.ReadAllLines(folder + "/status").Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))[18..].Trim()}");
                }
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }
}
