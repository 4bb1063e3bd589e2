namespace ZeptAdmin.Rss.Balance;

/// <summary>Threads that do one thing together: the caller's, and as many more as it takes.</summary>
internal static class Crew
{
    /// <summary>How long a capture is counted before the caller is asked again.</summary>
    public const int Milliseconds = 200;

    /// <summary>Has each member work until all are done.</summary>
    /// <param name="members">How many, the caller's thread among them.</param>
    /// <param name="work">What a member does; its number, from 0.</param>
    /// <param name="fail">What tells the others to stop, when a member cannot go on; its exception comes out when all have.</param>
    public static void Run(int members, Action<int> work, Action fail)
    {
        // From the pool: to start a thread took half a millisecond, and who is late finds less to do.
        Task[] others = [.. Enumerable.Range(1, members - 1).Select(member => Task.Run(() => Work(member)))];
        try
        {
            Work(0);
        }
        finally
        {
            Task.WaitAll(others);
        }

        void Work(int member)
        {
            bool isDone = false;
            try
            {
                work(member);
                isDone = true;
            }
            finally
            {
                if (!isDone)
                {
                    fail();
                }
            }
        }
    }
}
