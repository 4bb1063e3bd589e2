using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Sensors;

public sealed class RecordedNetlinkTests
{
    [Fact]
    public void Replays_what_was_recorded() => Gen.Select(Gen.Byte, Gen.Byte.Array[0, 40], Gen.Bool, Gen.Byte.Array[0, 40].Array[0, 5]).Sample((command, request, dump, messages) =>
    {
        RecordedNetlink replay = new(RecordedNetlink.Line("netdev", command, request, dump, messages) + "\n", "netlink.txt");

        Assert.Equal(messages, replay.Request("netdev", command, request, dump).Value);
        Assert.Equal(Errno.ENODATA, replay.Request("netdev", command, request, !dump).Refusal!.Errno);
        Assert.Equal(Errno.ENODATA, replay.Request("devlink", command, request, dump).Refusal!.Errno);
    });

    [Fact]
    public void Replays_a_refusal()
    {
        RecordedNetlink replay = new(RecordedNetlink.Line("netdev", 10, [], true, new Refusal(Errno.ENOENT, "ask", "netdev")), "netlink.txt");

        Assert.Equal(Errno.ENOENT, replay.Request("netdev", 10, [], true).Refusal!.Errno);
    }

    [Theory]
    [InlineData("netdev 0a dump -")]
    [InlineData("netdev 0a some - -")]
    [InlineData("netdev 0a dump - 0")]
    [InlineData("netdev 0a dump - 00")]
    [InlineData("netdev 0a dump - zz;")]
    [InlineData("netdev 0a dump - errno=99999999999")]
    public void Names_the_line_that_is_none(string line) =>
        Assert.Equal(2, Assert.Throws<KernelFormatException>(() => new RecordedNetlink($"# head\n{line}\n", "netlink.txt")).Line);
}
