namespace ZeptAdmin.Tests;

/// <summary>
/// This very machine, held by one test at a time: by those that change it (interrupts, the softirq's budget, a running irqbalance), and by those
/// that hold two looks at it against each other. Test classes and the two test programs run side by side, so the lock is a file.
/// </summary>
internal sealed class ThisMachine : IDisposable
{
    private readonly MachineLock _lock = new("tests", isShared: false);

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
