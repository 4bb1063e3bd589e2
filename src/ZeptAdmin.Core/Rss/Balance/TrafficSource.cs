using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Packets of a capture or a log, on their way into a <see cref="BalanceMeter"/>.</summary>
public abstract class TrafficSource : IDisposable
{
    private readonly CaptureFile _file;

    private protected TrafficSource(CaptureFile file, string path)
    {
        _file = file;
        Path = path;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Part of it that was read, 0 to 100; null when its length is not known.</summary>
    public int? Percent => _file.Length > 0 ? (int)Math.Min(100, _file.Position * 100 / _file.Length) : null;

    /// <summary>Sentences for the user: where and why reading ended early, what was not understood. Complete when reading has ended.</summary>
    public abstract IEnumerable<string> Warnings { get; }

    /// <summary>Opens a capture (pcap, pcapng) or a conn.log (TSV, JSON), plain, gzip or Zstandard; <c>-</c> is the standard input.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="threads">How many threads count a capture; the results are the same. A log is counted by one.</param>
    /// <param name="stop">Ends what waits for more (a pipe, the standard input), as if there were no more.</param>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    /// <exception cref="KernelFormatException">It is none of these.</exception>
    public static TrafficSource Open(string path, int threads = 1, CancellationToken stop = default)
    {
        CaptureFile file = CaptureFile.Open(path, stop);
        try
        {
            if (file.Start is [(byte)'{' or (byte)'#', ..])
            {
                return new ConnLogSource(file, path);
            }

            CaptureReader reader = new(file.Content, path);
            return reader.IsNoCapture
                ? throw new KernelFormatException(path, $"this is no capture and no conn.log: {reader.Problem}")
                : new CaptureSource(file, reader, threads);
        }
        catch (KernelFormatException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Counts some of it.</summary>
    /// <param name="meter">What counts.</param>
    /// <param name="most">How many packets or rows before the caller is asked again; several threads go by time instead.</param>
    /// <returns>False at its end.</returns>
    public abstract bool AddTo(BalanceMeter meter, int most);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }
    }
}
