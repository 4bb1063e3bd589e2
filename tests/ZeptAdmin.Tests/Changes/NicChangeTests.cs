using System.Management.Automation;
using ZeptAdmin.Changes;

namespace ZeptAdmin.Tests.Changes;

/// <summary>Each setter on real kernel devices: set, seen by Debian's ethtool, idle the second time, silent under -WhatIf, taken back to the byte.</summary>
[Collection("journal")]
public sealed class NicChangeTests : IDisposable
{
    private static readonly string[] Verbs = ["-k", "-l", "-c", "-g", "-a", "-i", "--show-priv-flags"];

    private readonly TemporaryFolder _state = new();

    public NicChangeTests()
    {
        ExternalTool.NeedRoot();
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", _state.Path);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ZEPTADMIN_STATE", null);
        _state.Dispose();
    }

    [Theory]
    [InlineData("v1", "Set-NicFeature v1 rx-gro -On", "-k", "generic-receive-offload: on")]
    [InlineData("v1", "Set-NicFeature v1 tx-tcp*segmentation -Off", "-k", "tx-tcp-segmentation: off")]
    [InlineData("v1", "Set-NicFeature v1 -CaptureProfile", "-k", "generic-segmentation-offload: off")]
    [InlineData("v1", "Set-NicChannel v1 -Rx 2 -Tx 3 -Confirm:$false", "-l", "RX: 2 TX: 3")]
    [InlineData("tap0", "Set-NicCoalesce tap0 -RxFrames 7", "-c", "rx-frames: 7")]
    public void Is_set_and_seen_and_idle_and_taken_back(string device, string command, string verb, string seen)
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1 numrxqueues 4 numtxqueues 4"), "this kernel has no veth");
        Assert.SkipUnless(network.Ip("tuntap add dev tap0 mode tap"), "this kernel has no tap");
        network.Run(() =>
        {
            using Engine engine = new();
            string before = State(device);
            Assert.DoesNotContain(seen, Folded(ExternalTool.Run("ethtool", verb, device)), StringComparison.Ordinal);

            Assert.Empty(engine.Run($"{command} -WhatIf").Errors);
            Assert.Equal(before, State(device));
            Assert.Empty(engine.Run("Get-NsmChange").Output);

            EngineResult set = engine.Run($"{command} -PassThru");
            Assert.Empty(set.Errors);
            Assert.NotEmpty(set.Output);
            Assert.Contains(seen, Folded(ExternalTool.Run("ethtool", verb, device)), StringComparison.Ordinal);
            int made = engine.Run("Get-NsmChange").Output.Length;
            Assert.InRange(made, 1, 20);

            EngineResult again = engine.Run($"{command} -Verbose");
            Assert.Empty(again.Errors);
            Assert.Equal(made, engine.Run("Get-NsmChange").Output.Length);

            EngineResult undo = engine.Run("Get-NsmChange | Undo-NsmChange -Confirm:$false -PassThru");
            Assert.Empty(undo.Errors);
            Assert.All(undo.Output, change => Assert.Equal(ChangeState.Undone, ((NsmChange)change.BaseObject).State));
            Assert.Equal(before, State(device));
        });
    }

    [Theory]
    [InlineData("Set-NicRing v1 -Rx 4096 -Confirm:$false", "NotSupportedByDriver")]
    [InlineData("Set-NicPrivateFlag v1 flow-director-atr -Off -Confirm:$false", "NotSupportedByDriver")]
    [InlineData("Set-NicChannel v1 -Rx 9 -Confirm:$false", "ValueRejected")]
    [InlineData("Set-NicRing gone0 -Rx 4096 -Confirm:$false", "InterfaceNotFound")]
    [InlineData("Set-NicFeature v1 no-such-feature -Off", "NotSupportedByDriver")]
    public void What_cannot_be_is_one_error_and_nothing_is_half_done(string command, string id)
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1 numrxqueues 4 numtxqueues 4"), "this kernel has no veth");
        network.Run(() =>
        {
            using Engine engine = new();
            string before = State("v1");

            EngineResult result = engine.Run(command);

            Assert.Equal([id], result.ErrorIds);
            Assert.Equal(before, State("v1"));
        });
    }

    [Theory]
    [InlineData("ro", 0)]
    [InlineData("size=4k", 4096)]
    public void Without_room_for_the_journal_a_command_of_many_changes_is_one_error(string option, int filled)
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1"), "this kernel has no veth");
        network.Run(() =>
        {
            (int exitCode, _, string errors) = ExternalTool.TryRun("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", _state.Path);
            Assert.SkipUnless(exitCode == 0, $"no tmpfs can be mounted here: {errors.Trim()}");
            try
            {
                File.WriteAllBytes(Path.Combine(_state.Path, "filler"), new byte[filled]);
                _ = ExternalTool.Run("mount", "-o", $"remount,{option}", _state.Path);
                using Engine engine = new();
                string before = State("v1");

                EngineResult result = engine.Run("Set-NicFeature v1 -CaptureProfile -PassThru");

                Assert.Equal(["JournalNotWritable"], result.ErrorIds);
                Assert.Matches("EROFS|ENOSPC", result.Errors[0].Exception.Message);
                Assert.Empty(result.Output);
                Assert.Equal(before, State("v1"));
                Assert.Empty(engine.Run("Set-NicFeature v1 -CaptureProfile -WhatIf; Get-NsmChange").Errors);
            }
            finally
            {
                _ = ExternalTool.Run("umount", _state.Path);
            }
        });
    }

    [Fact]
    public void Another_writer_is_one_error_that_says_so()
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1"), "this kernel has no veth");
        network.Run(() =>
        {
            using Engine engine = new();
            using (Journal.Open(Journal.DefaultFolder))
            {
                Assert.Equal(["JournalBusy"], engine.Run("Set-NicFeature v1 -CaptureProfile").ErrorIds);
            }

            Assert.Empty(engine.Run("Set-NicFeature v1 -CaptureProfile; Get-NsmChange | Undo-NsmChange -Confirm:$false").Errors);
        });
    }

    [Fact]
    public void A_feature_that_the_kernel_keeps_leaves_no_wish_behind()
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1"), "this kernel has no veth");
        Assert.SkipUnless(network.Ip("link add link v1 name m0 type macvlan"), "this kernel has no macvlan");
        network.Run(() =>
        {
            using Engine engine = new();

            // A macvlan has no rx-gro-list; asked for it, the kernel notes "off [requested on]".
            string before = State("m0");

            EngineResult result = engine.Run("Set-NicFeature m0 rx-gro-list -On");

            Assert.Equal(["NotSupportedByDriver"], result.ErrorIds);
            Assert.Equal(before, State("m0"));
        });
    }

    [Theory]
    [InlineData("Undo-NsmChange -Id ", "1")]
    [InlineData("Get-NsmChange -Id ", "2,1")]
    public void A_change_is_offered_by_its_number_as_long_as_it_can_be_taken_back(string line, string offered)
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1"), "this kernel has no veth");
        network.Run(() =>
        {
            using Engine engine = new();
            _ = engine.Run("Set-NicFeature v1 tx-tcp-segmentation, tx-tcp6-segmentation -Off; Undo-NsmChange 2 -Confirm:$false");

            PSObject[] matches = engine.Run("([System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null)).CompletionMatches", line).Output;

            Assert.Equal(offered, string.Join(',', matches.Select(match => ((CompletionResult)match.BaseObject).CompletionText)));
            Assert.Equal("Turn the feature 'tx-tcp-segmentation' of 'v1' off", ((CompletionResult)matches[^1].BaseObject).ToolTip);
        });
    }

    [Fact]
    public void A_wildcard_passes_over_what_has_no_such_setting()
    {
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1"), "this kernel has no veth");
        network.Run(() =>
        {
            using Engine engine = new();

            EngineResult result = engine.Run("Set-NicRing * -Rx 512 -Confirm:$false -Verbose");

            Assert.Empty(result.Errors);
            Assert.NotEmpty(result.Verbose);
        });
    }

    // ethtool's columns differ by version; its words do not.
    private static string Folded(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string State(string device) =>
        string.Join('\n', Verbs.Select(verb =>
        {
            (int exitCode, string output, string errors) = ExternalTool.TryRun("ethtool", verb, device);
            return $"{verb} {exitCode} {output}{errors}";
        }));
}
