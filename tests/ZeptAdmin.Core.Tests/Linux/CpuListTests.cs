using CsCheck;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

public sealed class CpuListTests
{
    [Theory]
    [InlineData("", new int[0])]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-3,8\n", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("8,0-1", new[] { 0, 1, 8 })]
    [InlineData("0-7:2/4", new[] { 0, 1, 4, 5 })]
    public void Reads_the_list_form(string text, int[] expected) => Assert.Equal(expected, CpuList.Parse(text).ToArray());

    [Theory]
    [InlineData("a")]
    [InlineData("3-1")]
    [InlineData("-1")]
    [InlineData("0-4:0/2")]
    [InlineData("0-999999999")]
    public void Refuses_what_is_no_list(string text) => Assert.Throws<FormatException>(() => CpuList.Parse(text));

    [Theory]
    [InlineData("f", "0-3")]
    [InlineData("80000000,00000001", "0,63")]
    public void Reads_the_mask_form(string mask, string expected) => Assert.Equal(expected, CpuList.ParseMask(mask).ToString());

    [Theory]
    [InlineData("", "0")]
    [InlineData("0-3", "f")]
    [InlineData("31", "80000000")]
    [InlineData("0,63", "80000000,00000001")]
    [InlineData("64", "1,00000000,00000000")]
    public void Writes_the_mask_form(string list, string expected) => Assert.Equal(expected, CpuList.Parse(list).ToMask());

    [Fact]
    public void Mask_and_set_mean_the_same() =>
        Gen.Int[0, 300].Array[0, 60].Sample(cpus => CpuList.ParseMask(CpuList.Of(cpus).ToMask()).Equals(CpuList.Of(cpus)));

    [Fact]
    public void Text_and_set_mean_the_same() =>
        Gen.Int[0, 300].Array[0, 60].Sample(cpus =>
        {
            CpuList list = CpuList.Of(cpus);
            return CpuList.Parse(list.ToString()).Equals(list) && list.ToArray().SequenceEqual(cpus.Distinct().Order());
        });
}
