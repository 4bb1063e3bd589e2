using System.Runtime.InteropServices;
using CsCheck;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

public sealed class NetlinkTests
{
    private const uint Sequence = 7;

    [Fact]
    public void Attributes_are_laid_out_as_the_kernel_wants_them()
    {
        byte[] bytes = new NetlinkAttributeWriter().Add(2, "ab").Add(1, 0x01020304u).ToArray();

        // struct nlattr: length with header but without padding, type, payload, padding to four.
        Assert.Equal("07000200" + "61620000" + "08000100" + "04030201", Convert.ToHexString(bytes));
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        Gen.Select(Gen.Int[1, 0x3fff], Gen.Byte.Array[0, 40]).Array[0, 10].Sample(given =>
        {
            NetlinkAttributeWriter writer = new();
            foreach ((int type, byte[] payload) in given)
            {
                _ = writer.Add(type, payload);
            }

            NetlinkAttribute[] read = NetlinkAttributes.Parse(writer.ToArray());
            return read.Length == given.Length
                && read.Zip(given).All(pair => pair.First.Type == pair.Second.Item1 && pair.First.Payload.Span.SequenceEqual(pair.Second.Item2));
        });

    [Fact]
    public void A_nest_is_read_whole()
    {
        byte[] bytes = new NetlinkAttributeWriter().Add(5, new NetlinkAttributeWriter().Add(1, 9u).Add(2, "eth0")).ToArray();

        NetlinkAttribute nest = Assert.Single(NetlinkAttributes.Parse(bytes));
        Assert.Equal(5, nest.Type);
        Assert.Equal(9, nest.Nested.Int32(1));
        Assert.Equal("eth0", nest.Nested[1].Text);
    }

    [Theory]
    [InlineData("0500010009", 9ul)]
    [InlineData("0600010009000000", 9ul)]
    [InlineData("0800010009000000", 9ul)]
    [InlineData("0c0001000900000000000000", 9ul)]
    [InlineData("0700010009000000", null)]
    public void Numbers_come_in_any_width(string hex, ulong? expected) =>
        Assert.Equal(expected, NetlinkAttributes.Parse(Convert.FromHexString(hex)).Number(1));

    [Fact]
    public void A_number_too_large_for_its_place_is_none() =>
        Assert.Null(NetlinkAttributes.Parse(new NetlinkAttributeWriter().Add(1, uint.MaxValue).ToArray()).Int32(1));

    [Fact]
    public void Any_bytes_can_be_read_as_attributes() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            foreach (NetlinkAttribute attribute in NetlinkAttributes.Parse(bytes))
            {
                _ = (attribute.Number, attribute.Text, attribute.Nested);
            }
        });

    [Fact]
    public void Any_bytes_can_be_fed_as_an_answer() =>
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            // Half of the runs get past the header: a true length and sequence.
            if (bytes.Length >= 16 && bytes[0] % 2 == 0)
            {
                MemoryMarshal.Write(bytes, (uint)bytes.Length);
                MemoryMarshal.Write(bytes.AsSpan(8), Sequence);
                MemoryMarshal.Write(bytes.AsSpan(4), (ushort)(bytes[4] % 6));
            }

            NetlinkReply reply = new(Sequence);
            reply.Take(bytes);
            _ = (reply.Errno, reply.Detail, reply.Messages, reply.IsInterrupted);
        });

    [Fact]
    public void Messages_are_gathered_until_the_list_is_done()
    {
        NetlinkReply reply = new(Sequence);
        reply.Take(Message(0x1c, 2, [1, 1, 0, 0, 10, 11, 12, 13]));
        Assert.False(reply.IsComplete);

        reply.Take((byte[])[.. Message(0x1c, 2, [1, 1, 0, 0, 20, 21, 22, 23]), .. Message(3, 2, [0, 0, 0, 0])]);

        Assert.True(reply.IsComplete);
        Assert.Equal(Errno.None, reply.Errno);
        Assert.Equal([10, 11, 12, 13, 20, 21, 22, 23], reply.Messages.SelectMany(message => message));
    }

    [Fact]
    public void Messages_of_another_request_are_passed_over()
    {
        NetlinkReply reply = new(Sequence + 1);
        reply.Take(Message(3, 2, [0, 0, 0, 0]));

        Assert.False(reply.IsComplete);
    }

    [Fact]
    public void A_list_that_changed_meanwhile_is_told()
    {
        NetlinkReply reply = new(Sequence);
        reply.Take(Message(3, 0x12, [0, 0, 0, 0]));

        Assert.True(reply.IsInterrupted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_refusal_carries_the_words_of_the_kernel(bool isCapped)
    {
        byte[] request = new byte[24];
        MemoryMarshal.Write(request, 24u);
        byte[] words = new NetlinkAttributeWriter().Add(1, "no such queue").Add(2, 20u).ToArray();
        NetlinkReply reply = new(Sequence);
        reply.Take(Message(2, (ushort)(0x200 | (isCapped ? 0x100 : 0)), [0xea, 0xff, 0xff, 0xff, .. isCapped ? request[..16] : request, .. words]));

        Assert.True(reply.IsComplete);
        Assert.Equal(Errno.EINVAL, reply.Errno);
        Assert.Contains("no such queue", reply.Detail, StringComparison.Ordinal);
        Assert.Contains("byte 20", reply.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_may_end_in_a_refusal()
    {
        NetlinkReply reply = new(Sequence);
        reply.Take(Message(3, 2, [0xed, 0xff, 0xff, 0xff]));

        Assert.Equal(Errno.ENODEV, reply.Errno);
    }

    [Fact]
    public void An_answer_that_is_cut_off_is_a_failure_not_a_short_list()
    {
        NetlinkReply reply = new(Sequence);
        byte[] message = Message(0x1c, 2, [1, 1, 0, 0, 10, 11, 12, 13]);
        reply.Take(message.AsMemory(0, message.Length - 2));

        Assert.True(reply.IsComplete);
        Assert.Equal(Errno.EIO, reply.Errno);
    }

    private static byte[] Message(ushort type, ushort flags, byte[] body)
    {
        byte[] message = new byte[16 + body.Length];
        MemoryMarshal.Write(message, (uint)message.Length);
        MemoryMarshal.Write(message.AsSpan(4), type);
        MemoryMarshal.Write(message.AsSpan(6), flags);
        MemoryMarshal.Write(message.AsSpan(8), Sequence);
        body.CopyTo(message, 16);
        return message;
    }
}

/// <summary>The running kernel answers; only its shape can be asserted.</summary>
public sealed class LiveNetlinkTests : IDisposable
{
    private readonly LiveNetlinkChannel _channel = new();

    public void Dispose() => _channel.Dispose();

    [Fact]
    public void A_family_that_the_kernel_lacks_is_refused_in_its_words()
    {
        Refusal? refusal = _channel.Request("zeptnone", 1, [], dump: true).Refusal;

        Assert.Equal(Errno.ENOENT, refusal?.Errno);
        Assert.Equal("zeptnone", refusal?.Target);
    }

    [Fact]
    public void The_controller_lists_itself()
    {
        // nlctrl, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME: every kernel with generic netlink has it.
        Answer<byte[][]> families = _channel.Request("nlctrl", 3, [], dump: true);

        Assert.Contains("nlctrl", families.Value.Select(message => NetlinkAttributes.Parse(message).First(attribute => attribute.Type == 2).Text));
    }

    [Fact]
    public void An_unknown_interface_is_refused_with_ENODEV()
    {
        Refusal? refusal = Netdev.Queues(_channel, int.MaxValue).Refusal;
        Assert.SkipWhen(refusal?.Errno is Errno.ENOENT or Errno.EOPNOTSUPP, "this kernel has no queue-get (Linux 6.8)");

        Assert.Equal(Errno.ENODEV, refusal?.Errno);
    }

    [Fact]
    public void Queues_are_as_many_as_sysfs_shows()
    {
        LiveFileTree files = new();
        foreach (string name in files.List("/sys/class/net"))
        {
            int? index = files.ReadInt32($"/sys/class/net/{name}/ifindex");
            if (index is null || (files.ReadText($"/sys/class/net/{name}/flags") is string flags && Convert.ToInt32(flags, 16) % 2 == 0))
            {
                continue;
            }

            Answer<NetdevQueue[]> queues = Netdev.Queues(_channel, index.Value);
            Assert.SkipWhen(queues.Refusal?.Errno is Errno.ENOENT or Errno.EOPNOTSUPP, "this kernel has no queue-get (Linux 6.8)");
            IReadOnlyList<string> folders = files.List($"/sys/class/net/{name}/queues");
            Assert.Equal(
                [folders.Count(folder => folder.StartsWith("rx-", StringComparison.Ordinal)), folders.Count(folder => folder.StartsWith("tx-", StringComparison.Ordinal))],
                [queues.Value.Count(queue => queue.Type == NetdevQueueType.Rx), queues.Value.Count(queue => queue.Type == NetdevQueueType.Tx)]);
        }
    }
}
