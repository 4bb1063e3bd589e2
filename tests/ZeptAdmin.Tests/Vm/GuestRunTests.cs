namespace ZeptAdmin.Tests.Vm;

/// <summary>The run itself: the module did its work in the guest.</summary>
public sealed class GuestRunTests
{
    [Fact]
    public void Every_command_that_reads_is_there()
    {
        Assert.True(File.Exists(GuestResults.PathOf("records/done.txt")), "the script in the guest did not run to its end");
        string missing = GuestResults.PathOf("records/missing.txt");

        Assert.False(File.Exists(missing), File.Exists(missing) ? File.ReadAllText(missing) : "");
    }

    [Fact]
    public void Nothing_was_refused_but_what_a_driver_does_not_have()
    {
        string problems = GuestResults.PathOf("records/problems.txt");

        string[] unexpected = File.Exists(problems)
            ? [.. File.ReadAllLines(problems).Where(line => !line.Contains(" NotSupportedByDriver,", StringComparison.Ordinal))]
            : [];
        Assert.Empty(unexpected);
    }

    [Fact]
    public void Zept_wrote_nothing_to_its_error_stream() => Assert.Equal("", File.ReadAllText(GuestResults.PathOf("records/errors.txt")));
}
