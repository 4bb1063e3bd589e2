namespace ZeptAdmin.Shell;

/// <summary>What <c>zept</c> tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>The run came to its end; errors that ended nothing went to the standard error.</summary>
    public const int Ok = 0;

    /// <summary>A terminating error ended the run.</summary>
    public const int TerminatingError = 1;

    /// <summary>zept itself was called wrongly; nothing ran.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl+C ended the run: 128 + SIGINT, as shells say it.</summary>
    public const int Interrupted = 130;
}
