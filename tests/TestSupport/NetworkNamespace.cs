using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Tests;

/// <summary>A network namespace of the test's own; gone after it, with all devices in it. Skips the test where it cannot be made.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int CLONE_NEWNS = 0x00020000;
    private const int CLONE_NEWNET = 0x40000000;
    private const int O_RDONLY_CLOEXEC = 0x80000;
    private const int MS_REC = 0x4000;
    private const int MS_PRIVATE = 0x40000;

    private readonly MachineLock _traffic;

    /// <summary>Makes the namespace.</summary>
    /// <param name="isAlone">
    /// True to wait until no other test has a namespace: for one that disturbs the traffic of all, since the kernel's backlog is one for the
    /// whole machine. Never inside another namespace of the test's.
    /// </param>
    public NetworkNamespace(bool isAlone = false)
    {
        ExternalTool.NeedRoot();
        _traffic = new MachineLock("traffic", isShared: !isAlone);
        (int exitCode, _, string errors) = ExternalTool.TryRun("ip", "netns", "add", Name);
        if (exitCode != 0)
        {
            _traffic.Dispose();
            Assert.Skip($"network namespaces cannot be made here: {errors}");
        }
    }

    /// <summary>Its name, unlike any other.</summary>
    public string Name { get; } = $"zept-{Guid.NewGuid():N}"[..20];

    /// <summary>Runs <c>ip</c> in it; false where the kernel has no such thing.</summary>
    public bool Ip(string arguments) => ExternalTool.TryRun("ip", ["-n", Name, .. arguments.Split(' ')]).ExitCode == 0;

    /// <summary>Runs a step on a thread inside the namespace, with /sys showing its interfaces. Processes and threads started there are inside as well.</summary>
    public void Run(Action step)
    {
        ExceptionDispatchInfo? failure = null;
        // xunit keeps the test that runs in an AsyncLocal, so the new thread has it too.
        Thread thread = new(() =>
        {
            try
            {
                Enter();
                step();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>A namespace with a veth of some queues in it: za and zb, up, and silent by themselves.</summary>
    public static NetworkNamespace WithVeth(int queues, bool isAlone = false)
    {
        NetworkNamespace network = new(isAlone);
        Assert.SkipUnless(
            network.Ip($"link add za numtxqueues {queues} numrxqueues {queues} type veth peer name zb numtxqueues {queues} numrxqueues {queues}"),
            "this kernel has no veth");
        network.Run(() =>
        {
            // No neighbour discovery: what is sent is all that is sent.
            foreach (string name in (string[])["za", "zb"])
            {
                string path = $"/proc/sys/net/ipv6/conf/{name}/disable_ipv6";
                if (File.Exists(path))
                {
                    File.WriteAllText(path, "1");
                }
            }
        });
        Assert.True(network.Ip("link set za up") && network.Ip("link set zb up"));

        // The kernel gives an interface its queue for sending some time after its carrier came; until then it drops what is sent, without a word.
        network.Run(() => Assert.True(
            SpinWait.SpinUntil(() => Array.TrueForAll(["za", "zb"], name => File.ReadAllText($"/sys/class/net/{name}/operstate").Trim() == "up"), TimeSpan.FromMinutes(1)),
            "the veth did not come up"));

        // It does both under its lock, which this takes after it.
        Assert.True(network.Ip("link set za up") && network.Ip("link set zb up"));
        return network;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = ExternalTool.TryRun("ip", "netns", "del", Name);
        _traffic.Dispose();
    }

    private void Enter()
    {
        Check(Unshare(CLONE_NEWNS), "unshare");
        Check(Mount("none", "/", null, MS_REC | MS_PRIVATE, 0), "make mounts private");
        int descriptor = Open($"/run/netns/{Name}", O_RDONLY_CLOEXEC);
        Check(descriptor, "open the namespace");
        Check(SetNamespace(descriptor, CLONE_NEWNET), "enter the namespace");
        _ = Close(descriptor);
        Check(Mount("sysfs", "/sys", "sysfs", 0, 0), "mount /sys");
    }

    private static void Check(int result, string step) =>
        Assert.True(result >= 0, $"{step}: error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, nuint flags, nint data);
}
