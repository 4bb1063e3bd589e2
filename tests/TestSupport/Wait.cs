namespace ZeptAdmin.Tests;

/// <summary>Waits for a condition, with a limit that only a broken machine reaches.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Looks until it is so; fails the test with what the second function says when it never is.</summary>
    public static void Until(Func<bool> condition, Func<string> problem)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < Limit, problem());
            Thread.Sleep(20);
        }
    }
}
