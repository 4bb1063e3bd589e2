using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Planning;

/// <summary>.link files: only keys that the installed systemd knows, beside the lines of the file whose place they take.</summary>
public sealed class PlanLinkFilesTests
{
    private const string Udevadm = "usr/bin/udevadm";
    private const string Default = "usr/lib/systemd/network/99-default.link";

    [Fact]
    public void An_old_systemd_gets_the_keys_that_it_knows()
    {
        // systemd 239 knew channels, 240 rings; moderation came with 248.
        string text = Assert.Single(Files("Link.CombinedChannels\0Link.RxBufferSize\0Link.GenericReceiveOffload\0")).Text;

        Assert.Equal(
            """
            # mark
            [Match]
            Path=pci-0000:07:00.1

            [Link]
            NamePolicy=keep kernel database onboard slot path
            MACAddressPolicy=persistent
            CombinedChannels=10
            RxBufferSize=512
            GenericReceiveOffload=no

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public void A_newer_one_gets_moderation_and_flow_control_too()
    {
        string text = Assert.Single(Files("Link.RxCoalesceSec\0Link.UseAdaptiveRxCoalesce\0Link.RxFlowControl\0Link.TxFlowControl\0")).Text;

        Assert.EndsWith("RxCoalesceSec=84us\nUseAdaptiveRxCoalesce=no\nRxFlowControl=no\nTxFlowControl=no\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("CombinedChannels", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Systemds_policy_for_interrupts_is_used_only_where_it_is_what_the_plan_wants()
    {
        Assert.Empty(Files("Link.IRQAffinityPolicy\0"));
        Assert.EndsWith("IRQAffinityPolicy=single\n", Assert.Single(Files("Link.IRQAffinityPolicy\0", onFirst: true)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Offloads_that_newer_ones_know_are_set_too() =>
        Assert.Contains("ReceiveVLANCTAGHardwareAcceleration=yes\n", Assert.Single(Files("Link.ReceiveVLANCTAGHardwareAcceleration\0Link.GenericReceiveOffloadHardware\0")).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("", true)]
    [InlineData("Link.CombinedChannels\0", false)]
    public void Without_known_keys_or_the_distributions_own_file_there_is_none(string keys, bool hasDefault) => Assert.Empty(Files(keys, hasDefault));

    private static (string Path, string Text)[] Files(string keys, bool hasDefault = true, bool onFirst = false)
    {
        MemoryFolder root = new();
        void Add(string path, string text) => Assert.True(root.TryAdd(path, new MemoryFile(Encoding.ASCII.GetBytes(text))));
        Add(Udevadm, "\0" + keys);
        if (hasDefault)
        {
            Add(Default, "# SPDX\n[Match]\nOriginalName=*\n\n[Link]\nNamePolicy=keep kernel database onboard slot path\n# a comment\nMACAddressPolicy=persistent\n");
        }

        using Sensor talk = Sensor.Open(Path.Combine(Repository.Root, "examples", "sensors", "talk.zip"));
        NsmPlan plan = PlanFacts.Plan(talk, ["enp7s0f1"], new PlanWish()).Value;
        plan = onFirst ? plan with { Ports = [plan.Ports[0] with { IrqCpus = [0] }] } : plan;
        return [.. PlanLinkFiles.Of(new Both(new CapturedFileTree(root), talk.Files), plan, "/etc/systemd/network", "# mark")];
    }

    // A root with systemd in it, and the talk's sensor for the rest.
    private sealed class Both(FileTree system, FileTree rest) : FileTree
    {
        public override FileAnswer Read(string path) => system.Read(path) is { IsKnown: true } known ? known : rest.Read(path);

        public override IReadOnlyList<string> List(string path) => rest.List(path);

        public override bool Exists(string path) => system.Exists(path) || rest.Exists(path);

        public override string? ReadLink(string path) => rest.ReadLink(path);

        public override string? Resolve(string path) => rest.Resolve(path);
    }
}
