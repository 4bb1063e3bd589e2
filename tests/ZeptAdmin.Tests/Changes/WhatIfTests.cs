using System.Text.RegularExpressions;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Changes;

/// <summary>
/// -WhatIf writes nothing: strace records every request of zept to the kernel. zept runs without CAP_NET_ADMIN, so that each request that would
/// change a device stands in the record as EPERM; that they do stand there is seen without -WhatIf.
/// </summary>
public sealed partial class WhatIfTests : IDisposable
{
    private const string Calls = "trace=ioctl,openat,open,creat,mkdir,mkdirat,rename,renameat2,unlink,unlinkat,truncate,ftruncate,sendto,sendmsg";

    // Each changes something of these devices, the last two of this machine.
    private static readonly string[] DeviceChanges =
        ["Set-NicFeature v1 rx-gro -On", "Set-NicFeature v1 -CaptureProfile", "Set-NicChannel v1 -Rx 2 -Tx 3", "Set-NicCoalesce tap0 -RxFrames 7"];

    private static readonly string[] MachineChanges = ["Set-NetBudget -Packets 12345", "Set-IrqBalance -BannedCpu 1"];

    private readonly TemporaryFolder _folder = new();

    private string State => Path.Combine(_folder.Path, "state");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_rehearsal_asks_the_kernel_and_tells_it_nothing()
    {
        Assert.SkipUnless(ExternalTool.TryRun("strace", "-o", "/dev/null", "true").ExitCode == 0, "strace may not trace here");
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1 numrxqueues 4 numtxqueues 4"), "this kernel has no veth");
        Assert.SkipUnless(network.Ip("tuntap add dev tap0 mode tap"), "this kernel has no tap");
        network.Run(() =>
        {
            (string[] planned, _, string[] rehearsed) = Record([.. DeviceChanges, .. MachineChanges], "-WhatIf");
            Assert.InRange(planned.Count(line => line.StartsWith("What if: ", StringComparison.Ordinal)), DeviceChanges.Length + MachineChanges.Length, 50);
            Assert.Contains(rehearsed, call => call.Contains("SIOCETHTOOL", StringComparison.Ordinal));
            Assert.Empty(Writes(rehearsed));
            Assert.False(Directory.Exists(State));

            // The same without -WhatIf: one write of a device for each sentence of the rehearsal.
            (_, string errors, string[] tried) = Record(DeviceChanges, "-Confirm:$false");
            int sentences = planned.Count(line => line.Contains("'v1'", StringComparison.Ordinal) || line.Contains("'tap0'", StringComparison.Ordinal));
            Assert.Equal(sentences, Writes(tried).Count(call => call.Contains("SIOCETHTOOL", StringComparison.Ordinal)));
            Assert.Equal(sentences, CapabilityTold().Count(errors));
            Assert.Contains(Writes(tried), call => call.Contains("journal.jsonl", StringComparison.Ordinal));
        });
    }

    private (string[] Output, string Errors, string[] Calls) Record(string[] changes, string how)
    {
        string record = Path.Combine(_folder.Path, "calls");
        (int exitCode, string output, string errors) = ExternalTool.TryRun(
            "strace",
            [
                "-f", "-qq", "-o", record, "-e", Calls, "-E", $"ZEPTADMIN_STATE={State}",
                "setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin", Zept.Path, "-Command", string.Join("; ", changes.Select(change => $"{change} {how}")),
            ]);
        Assert.True(exitCode == 0, errors);
        return (output.Split('\n'), errors, File.ReadAllLines(record));
    }

    // Requests that the kernel refused for lack of the capability, and files of the machine or the journal that were opened to write.
    private string[] Writes(string[] calls) =>
        [.. calls.Where(call => call.Contains("EPERM", StringComparison.Ordinal) || (Writing().IsMatch(call) && (Machine().IsMatch(call) || call.Contains(State, StringComparison.Ordinal))))];

    [GeneratedRegex("O_WRONLY|O_RDWR|O_CREAT| (creat|mkdir|mkdirat|rename|renameat2|unlink|unlinkat|truncate)\\(")]
    private static partial Regex Writing();

    // The names of its own threads are the runtime's affair.
    [GeneratedRegex("\"/(?!proc/self/task/\\d+/comm)(proc|sys|etc|boot|var/lib)/")]
    private static partial Regex Machine();

    [GeneratedRegex("it needs CAP_NET_ADMIN")]
    private static partial Regex CapabilityTold();
}
