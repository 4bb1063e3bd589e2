using CsCheck;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Sensors;

public sealed class MisspellingTests
{
    private static readonly Gen<string> Names = Gen.Char['a', 'd'].Array[0, 6].Select(letters => new string(letters));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("isolcpus", "isolcpus", 0)]
    [InlineData("isolcpu", "isolcpus", 1)]
    [InlineData("isolcpuss", "isolcpus", 1)]
    [InlineData("isolcpux", "isolcpus", 1)]
    [InlineData("rcu_ncobs", "rcu_nocbs", 1)]
    [InlineData("rcu_ncob", "rcu_nocbs", 2)]
    [InlineData("ca", "abc", 3)]
    [InlineData("", "abc", 3)]
    public void A_slip_is_a_letter_added_lost_changed_or_swapped(string left, string right, int distance) =>
        Assert.Equal(distance, Misspelling.Distance(left, right));

    [Fact]
    public void It_counts_the_fewest_slips() => Gen.Select(Names, Names).Sample((left, right) => Misspelling.Distance(left, right) == Plain(left, right));

    [Theory]
    [InlineData("cluster_di", "cluster_id")]
    [InlineData("clustr_id", "cluster_id")]
    [InlineData("interfacse", "interface")]
    [InlineData("custer_tipe", "cluster_type")]
    [InlineData("lb_proc", "lb_procs")]
    [InlineData("something", null)]
    [InlineData("ab_xrocs", null)]
    public void The_nearest_name_is_meant_where_it_is_the_only_one(string name, string? meant) =>
        Assert.Equal(meant, Misspelling.Meant(name, ["cluster_id", "cluster_type", "interface", "lb_procs", "lb_method", "ab_procs", "xb_xrocs", "ab_xrocx"]));

    // The definition, word for word.
    private static int Plain(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return left.Length + right.Length;
        }

        int least = Math.Min(
            Math.Min(Plain(left[..^1], right), Plain(left, right[..^1])) + 1,
            Plain(left[..^1], right[..^1]) + (left[^1] == right[^1] ? 0 : 1));
        return left is [.., char a, char b] && right is [.., char c, char d] && (a, b) == (d, c) ? Math.Min(least, Plain(left[..^2], right[..^2]) + 1) : least;
    }
}
