using System.Runtime.InteropServices;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

public sealed class EthtoolStringsTests
{
    [Fact]
    public void Keeps_the_order_and_the_gaps()
    {
        Driver driver = new(["MFP", "", "flow-director-atr", new string('x', 32)]);

        Assert.Equal(["MFP", "", "flow-director-atr", new string('x', 32)], EthtoolStrings.Get(driver, "e0", EthtoolStringSet.ETH_SS_PRIV_FLAGS).Value);
    }

    [Fact]
    public void A_set_without_strings_is_not_a_set_that_is_missing()
    {
        Assert.Empty(EthtoolStrings.Get(new Driver([]), "e0", EthtoolStringSet.ETH_SS_PRIV_FLAGS).Value);
        Assert.Equal(Errno.EOPNOTSUPP, EthtoolStrings.Get(new Driver(null), "e0", EthtoolStringSet.ETH_SS_PRIV_FLAGS).Refusal!.Errno);
    }

    [Fact]
    public void Reads_again_when_a_queue_came_up_between_the_two_questions()
    {
        Driver driver = new(["a", "b"]) { CountedBefore = [1] };

        Assert.Equal(["a", "b"], EthtoolStrings.Get(driver, "e0", EthtoolStringSet.ETH_SS_STATS).Value);
        Assert.Equal(2, driver.Asked);
    }

    [Fact]
    public void Gives_up_after_three_attempts()
    {
        Driver driver = new(["a", "b"]) { CountedBefore = [1, 3, 1, 3, 1] };

        _ = Assert.Throws<KernelFormatException>(() => EthtoolStrings.Get(driver, "e0", EthtoolStringSet.ETH_SS_STATS));
        Assert.Equal(3, driver.Asked);
    }

    [Fact]
    public void Does_not_believe_a_wild_count()
    {
        Driver driver = new(["a"]) { CountedBefore = [1_000_000_000] };

        _ = Assert.Throws<KernelFormatException>(() => EthtoolStrings.Get(driver, "e0", EthtoolStringSet.ETH_SS_STATS));
    }

    // Answers as net/ethtool/ioctl.c does: the count of a missing set leaves its bit out of the mask, the strings come all at once.
    private sealed class Driver(string[]? strings) : IEthtoolChannel
    {
        public uint[] CountedBefore { get; init; } = [];

        private int _counted;

        public int Asked { get; private set; }

        public Errno Send(string interfaceName, Span<byte> buffer)
        {
            if (MemoryMarshal.Read<uint>(buffer) == EthtoolCommands.ETHTOOL_GSSET_INFO)
            {
                if (strings is null)
                {
                    MemoryMarshal.Write(buffer[8..], 0UL);
                    return Errno.None;
                }

                MemoryMarshal.Write(buffer[16..], _counted < CountedBefore.Length ? CountedBefore[_counted++] : (uint)strings.Length);
                return Errno.None;
            }

            Asked++;
            MemoryMarshal.Write(buffer[8..], strings!.Length);
            for (int i = 0; i < strings.Length; i++)
            {
                _ = Encoding.UTF8.GetBytes(strings[i], buffer.Slice(12 + (i * 32), 32));
            }

            return Errno.None;
        }
    }
}
