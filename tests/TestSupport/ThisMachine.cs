namespace ZeptAdmin.Tests;

/// <summary>
/// This very machine, held by one test at a time: by those that change it (interrupts, the softirq's budget, a running irqbalance), and by those
/// that hold two looks at it against each other. Test classes and the two test programs run side by side, so the lock is a file.
/// </summary>
internal sealed class ThisMachine : IDisposable
{
    private const int MostTries = 3000;

    private readonly FileStream _lock = Take();

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static FileStream Take()
    {
        string path = Path.Combine(Path.GetTempPath(), $"zeptadmin-tests-{Environment.UserName}.lock");
        for (int i = 0; ; i++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (i < MostTries)
            {
                Thread.Sleep(100);
            }
        }
    }
}
