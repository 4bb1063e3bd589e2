using System.Globalization;
using System.Runtime.InteropServices;
using ZeptAdmin.Cpus;

namespace ZeptAdmin.Tests.Cpus;

public sealed partial class CpuTenantCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("cpus-tenants");

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Get-CpuTenant -Snapshot $args[0]", 13)]
    [InlineData("Get-CpuTenant 0,3 -Snapshot $args[0]", 5)]
    [InlineData("Get-CpuTenant 3 -IncludeIdle -Snapshot $args[0]", 4)]
    [InlineData("Get-CpuTenant -WorkerCpu 1 -Snapshot $args[0] | Where-Object IsStray", 6)]
    [InlineData("[pscustomobject]@{ Cpu = 2 } | Get-CpuTenant -Snapshot $args[0]", 6)]
    public void Reads_a_capture(string script, int count)
    {
        EngineResult result = _engine.Run(script, _snapshot);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(count, result.Output.Length);
    }

    [Theory]
    [InlineData("Get-CpuTenant 9 -Snapshot $args[0]", "cpus-tenants", "NotPresent")]
    [InlineData("Get-CpuTenant -WorkerCpu 9 -Snapshot $args[0]", "cpus-tenants", "NotPresent")]
    [InlineData("Get-CpuTenant -Snapshot $args[0]", "boot-entries", "NotInSnapshot")]
    public void Says_what_cannot_be(string script, string snapshot, string id) => Assert.Equal([id], _engine.Run(script, Repository.Snapshot(snapshot)).ErrorIds);

    [Fact]
    public void Says_what_a_snapshot_does_not_keep()
    {
        EngineResult result = _engine.Run("Get-CpuTenant -Snapshot $args[0]", Repository.Snapshot("cpus-skylake"));

        Assert.Empty(result.Errors);
        Assert.Contains("keeps the threads of nobody", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-CpuTenant 3 -Snapshot $args[0])[-1]))
            [ZeptAdmin.Cpus.CpuTenant]$wire
            """,
            _snapshot);

        CpuTenant tenant = Assert.IsType<CpuTenant>(result.Single);
        Assert.Equal((CpuTenantKind.Interrupt, 78, 10L, true, "0-3"), (tenant.Kind, tenant.Irq, tenant.Runs, tenant.IsStray, tenant.AllowedCpus!.ToString()));
    }

    // A thread that spins on one CPU is found there, under the number that the kernel gave it, as one that somebody put there.
    [Fact]
    public void Finds_a_thread_of_this_machine_where_it_was_pinned()
    {
        using ThisMachine held = new();
        using CancellationTokenSource done = new();
        using ManualResetEventSlim isPinned = new();
        int id = 0;
        Thread spinner = new(() =>
        {
            using CpuPinning pinning = new(0);
            Volatile.Write(ref id, GetThreadId());
            isPinned.Set();
            while (!done.IsCancellationRequested)
            {
                Thread.SpinWait(1000);
            }
        });
        spinner.Start();
        try
        {
            isPinned.Wait(TestContext.Current.CancellationToken);
            // A machine under load may let it wait: looked at until it had a turn.
            EngineResult result = _engine.Run("for ($i = 0; $i -lt 100 -and -not $found; $i++) { $found = Get-CpuTenant 0 -Interval 0.5 -WorkerCpu 0 | Where-Object ThreadId -eq $args[0] }; $found", id);

            Assert.Empty(result.Errors);
            CpuTenant tenant = Assert.IsType<CpuTenant>(result.Single);
            Assert.Equal((0, CpuTenantKind.Process, Environment.ProcessId, "0", true, false), (tenant.Cpu, tenant.Kind, tenant.ProcessId, tenant.AllowedCpus!.ToString(), tenant.IsGuarded, tenant.IsStray));
            Assert.InRange(tenant.Percent!.Value, double.Epsilon, 100.5);

            // The kernel's own word on it.
            string status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{id}/status"));
            Assert.Contains("Cpus_allowed_list:\t0\n", status, StringComparison.Ordinal);
        }
        finally
        {
            done.Cancel();
            spinner.Join();
        }
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
