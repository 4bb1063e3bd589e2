using System.Runtime.InteropServices;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

public sealed class EthtoolRssTests
{
    [Fact]
    public void Reads_table_key_function_and_transformation()
    {
        Driver driver = new() { Table = [0, 1, 2, 0], Key = [0x6d, 0x5a, 0x01], Function = 1, Transform = 2 };

        EthtoolRssSettings settings = EthtoolRss.Get(driver, "e0").Value;

        Assert.Equal([0u, 1u, 2u, 0u], settings.Indirection);
        Assert.Equal([0x6d, 0x5a, 0x01], settings.Key);
        Assert.Equal(1, settings.HashFunction);
        Assert.Equal((byte)2, settings.InputTransform);
    }

    [Fact]
    public void Reads_again_when_the_channels_were_changed_in_between()
    {
        Driver driver = new() { Table = [0, 1, 2, 3], Key = [1, 2], TableSizesBefore = [2] };

        Assert.Equal(4, EthtoolRss.Get(driver, "e0").Value.Indirection.Length);
        Assert.Equal(4, driver.Asked);
    }

    [Fact]
    public void Gives_up_after_three_attempts()
    {
        Driver driver = new() { Table = [0, 1, 2, 3], Key = [1, 2], TableSizesBefore = [2, 3, 5, 6] };

        Assert.Equal(Errno.EINVAL, EthtoolRss.Get(driver, "e0").Refusal!.Errno);
        Assert.Equal(6, driver.Asked);
    }

    [Theory]
    [InlineData(100_000, 40)]
    [InlineData(128, 5000)]
    public void Does_not_believe_wild_sizes(int table, int key) =>
        _ = Assert.Throws<KernelFormatException>(() => EthtoolRss.Get(new Driver { Table = new uint[table], Key = new byte[key] }, "e0"));

    [Fact]
    public void Falls_back_on_the_table_of_older_kernels()
    {
        Driver driver = new() { Table = [3, 2, 1, 0], Key = [], IsOld = true };

        EthtoolRssSettings settings = EthtoolRss.Get(driver, "e0").Value;

        Assert.Equal([3u, 2u, 1u, 0u], settings.Indirection);
        Assert.Empty(settings.Key);
        Assert.Null(settings.InputTransform);
    }

    [Fact]
    public void Passes_on_the_refusal_of_a_driver_without_any() =>
        Assert.Equal(Errno.EOPNOTSUPP, EthtoolRss.Get(new Driver { IsOld = true }, "e0").Refusal!.Errno);

    // Answers as ethtool_get_rxfh of net/ethtool/ioctl.c does: EINVAL for sizes that are neither 0 nor the driver's own.
    private sealed class Driver : IEthtoolChannel
    {
        public uint[]? Table { get; init; }

        public byte[] Key { get; init; } = [];

        public byte Function { get; init; }

        public byte Transform { get; init; }

        public bool IsOld { get; init; }

        public uint[] TableSizesBefore { get; init; } = [];

        public int Asked { get; private set; }

        private int _sized;

        public Errno Send(string interfaceName, Span<byte> buffer)
        {
            Span<uint> words = MemoryMarshal.Cast<byte, uint>(buffer);
            uint command = words[0];
            if (Table is null || (IsOld && command == EthtoolCommands.ETHTOOL_GRSSH))
            {
                return Errno.EOPNOTSUPP;
            }

            Asked++;
            if (command == EthtoolCommands.ETHTOOL_GRXFHINDIR)
            {
                Table.AsSpan(0, (int)Math.Min(words[1], (uint)Table.Length)).CopyTo(words[2..]);
                words[1] = (uint)Table.Length;
                return Errno.None;
            }

            if (words[2] == 0 && words[3] == 0)
            {
                words[2] = _sized < TableSizesBefore.Length ? TableSizesBefore[_sized++] : (uint)Table.Length;
                words[3] = (uint)Key.Length;
                return Errno.None;
            }

            if (words[2] != Table.Length || words[3] != Key.Length)
            {
                return Errno.EINVAL;
            }

            buffer[16] = Function;
            buffer[17] = Transform;
            Table.CopyTo(words[6..]);
            Key.CopyTo(buffer[(24 + (Table.Length * 4))..]);
            return Errno.None;
        }
    }
}
