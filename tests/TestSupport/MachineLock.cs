namespace ZeptAdmin.Tests;

/// <summary>A lock among all tests that run on this machine, in whatever program: a file of the user's, held by many or by one.</summary>
internal sealed class MachineLock : IDisposable
{
    // Half an hour: longer than a whole run. Who waits so long waits for somebody who will never end.
    private const int MostTries = 18_000;

    private readonly FileStream _file;

    /// <summary>Waits for the lock.</summary>
    /// <param name="name">What is held.</param>
    /// <param name="isShared">True to hold it beside others that do so.</param>
    public MachineLock(string name, bool isShared)
    {
        string path = Path.Combine(Path.GetTempPath(), $"zeptadmin-{name}-{Environment.UserName}.lock");

        // .NET asks flock(2): LOCK_SH for a reader that lets others read, LOCK_EX for one that lets nobody.
        FileAccess access = isShared ? FileAccess.Read : FileAccess.ReadWrite;
        for (int i = 0; ; i++)
        {
            try
            {
                _file = new FileStream(path, FileMode.OpenOrCreate, access, isShared ? FileShare.Read : FileShare.None);
                return;
            }
            catch (IOException) when (i < MostTries)
            {
                Thread.Sleep(100);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
