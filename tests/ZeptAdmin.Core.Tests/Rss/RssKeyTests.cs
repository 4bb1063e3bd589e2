using CsCheck;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Rss;

public sealed class RssKeyTests
{
    [Fact]
    public void Is_written_as_ethtool_takes_it() => Assert.Equal("6D:5A:00:FF", new RssKey([0x6d, 0x5a, 0x00, 0xff]).ToString());

    [Fact]
    public void Comes_back_from_its_text() =>
        Gen.Byte.Array[1, 60].Sample(bytes => new RssKey(new RssKey(bytes).ToString()).AsSpan().SequenceEqual(bytes));

    [Theory]
    [InlineData("6d:5a:6d:5a:6d:5a", true)]
    [InlineData("6d:5a:6d:5a:6d:5b", false)]
    [InlineData("6d:5a:6d:5a:6d", true)]
    [InlineData("00:00:00:00", true)]
    [InlineData("6d:5a", false)]
    public void Is_symmetric_when_one_pattern_of_16_bits_repeats(string text, bool isSymmetric) => Assert.Equal(isSymmetric, new RssKey(text).IsSymmetric);

    [Theory]
    [InlineData("")]
    [InlineData("6d:5")]
    [InlineData("6d5a")]
    [InlineData("6d-5a")]
    [InlineData("6g:5a")]
    [InlineData(":6d:5")]
    [InlineData("+1:5a")]
    [InlineData("6d:5a:")]
    public void Refuses_what_is_no_key(string text) => Assert.Throws<FormatException>(() => new RssKey(text));

    [Fact]
    public void Refuses_any_other_text_without_another_exception() =>
        Gen.String[Gen.Char["0123456789abcdefABCDEF: xyz\n"], 0, 20].Sample(text => { _ = RssKey.TryParse(text, out _); });

    [Fact]
    public void Equals_by_its_bytes()
    {
        Assert.Equal(new RssKey("6d:5a"), new RssKey("6D:5A"));
        Assert.Equal(new RssKey("6d:5a").GetHashCode(), new RssKey("6D:5A").GetHashCode());
        Assert.NotEqual(new RssKey("6d:5a"), new RssKey("6d:5a:00"));
    }
}
