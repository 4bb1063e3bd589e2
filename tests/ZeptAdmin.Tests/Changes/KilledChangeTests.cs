using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Changes;

/// <summary>zept is killed (SIGKILL, by strace) at each write to its journal, before and after each write to the kernel; undoing brings the machine back.</summary>
public sealed class KilledChangeTests : IDisposable
{
    private const int Changes = 10;

    // Ten settings of real devices, each changed once.
    private const string Script =
        """
        $ErrorActionPreference = 'Stop'
        Set-NicFeature v1 rx-gro -On
        Set-NicFeature v1 tx-tcp-segmentation -Off
        Set-NicFeature v1 tx-tcp6-segmentation -Off
        Set-NicFeature v1 tx-generic-segmentation -Off
        Set-NicChannel v1 -Rx 2 -Confirm:$false
        Set-NicChannel v1 -Tx 3 -Confirm:$false
        Set-NicCoalesce tap0 -RxFrames 7
        Set-NicFeature tap0 rx-gro -Off
        Set-NicFeature tap0 tx-generic-segmentation -Off
        Set-NicFeature v0 tx-tcp-segmentation -Off
        """;

    private static readonly string[] Verbs = ["-k", "-l", "-c", "-g", "-a", "-i"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_kill_at_any_write_of_ten_changes_can_be_taken_back()
    {
        InNamespace(() =>
        {
            string before = State();
            HashSet<(int Lines, string State)> leftBehind = [];
            for (int write = 1; write <= 2 * Changes; write++)
            {
                string state = Path.Combine(_folder.Path, $"kill{write}");
                Assert.True(KilledZept.RunUntil(write, state, "-File", Path.Combine(_folder.Path, "ten.ps1")), $"zept was not killed at write {write}");
                int lines = KilledZept.Lines(state);
                Assert.Equal(write - 1, lines);
                _ = leftBehind.Add((lines, State()));

                Undo(state);
                Assert.Equal(before, State());
            }

            // Each kill found the machine at another point of the way.
            Assert.Equal(2 * Changes, leftBehind.Count);
            Assert.Equal(Changes + 1, leftBehind.Select(each => each.State).Distinct().Count());
        });
    }

    [Fact]
    public void A_kill_while_undoing_can_be_taken_back()
    {
        InNamespace(() =>
        {
            string before = State();
            foreach (int write in new[] { 1, Changes / 2 })
            {
                string state = Path.Combine(_folder.Path, $"undo{write}");
                Assert.False(KilledZept.RunUntil(KilledZept.Never, state, "-File", Path.Combine(_folder.Path, "ten.ps1")));
                Assert.Equal(2 * Changes, KilledZept.Lines(state));
                Assert.NotEqual(before, State());

                Assert.True(KilledZept.RunUntil(write, state, "-Command", "Undo-NsmChange -After 2000-01-01 -Confirm:$false"));
                Undo(state);
                Assert.Equal(before, State());
            }
        });
    }

    private void InNamespace(Action step)
    {
        KilledZept.NeedStrace();
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1 numrxqueues 4 numtxqueues 4"), "this kernel has no veth");
        Assert.SkipUnless(network.Ip("tuntap add dev tap0 mode tap"), "this kernel has no tap");
        _ = _folder.Write("ten.ps1", Script);
        network.Run(step);
    }

    private static void Undo(string state)
    {
        ZeptResult undo = Zept.RunWith(
            "",
            new() { ["ZEPTADMIN_STATE"] = state },
            "-Command",
            "Undo-NsmChange -After 2000-01-01 -Confirm:$false; @(Get-NsmChange -State Done, Interrupted, Failed).Length");
        Assert.Equal((0, "0", ""), (undo.ExitCode, undo.Output.Trim(), undo.Errors));
    }

    private static string State() => string.Join('\n', from device in (string[])["v0", "v1", "tap0"] from verb in Verbs select Answer(verb, device));

    private static string Answer(string verb, string device)
    {
        (int exitCode, string output, string errors) = ExternalTool.TryRun("ethtool", verb, device);
        return $"{verb} {exitCode} {output}{errors}";
    }
}
