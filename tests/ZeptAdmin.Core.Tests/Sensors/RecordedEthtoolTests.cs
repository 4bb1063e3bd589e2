using System.Runtime.InteropServices;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Sensors;

public sealed class RecordedEthtoolTests
{
    private const uint GetCoalesce = 0x0e;

    [Theory]
    [InlineData("0e0000000000000003", "0e0000000000000003000000")]
    [InlineData("000000000000000000000000", "000000000000000000000000")]
    public void An_answer_comes_back_as_it_was(string given, string expected)
    {
        byte[] request = new byte[12];
        MemoryMarshal.Write(request, GetCoalesce);
        string line = RecordedEthtool.Line("eth0", request, Convert.FromHexString(given), Errno.None);

        Assert.Equal(Errno.None, new RecordedEthtool(line, "ethtool.txt").Send("eth0", request));
        Assert.Equal(expected, Convert.ToHexStringLower(request));
    }
}
