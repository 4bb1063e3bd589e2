using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>What comes out of a decoder, metered: ends a bomb, and a cancelled read, wherever the bytes are going.</summary>
/// <param name="content">The decoder's output.</param>
/// <param name="consumed">Compressed bytes taken so far.</param>
/// <param name="limits">When to end it.</param>
/// <param name="stop">Ends it too.</param>
internal sealed class MeteredStream(Stream content, Func<long> consumed, ArchiveLimits limits, CancellationToken stop) : OneWayStream
{
    // Whoever asks for more at once follows a length that the archive claims; a tar header of extended attributes does.
    private const int MostAtOnce = 4 << 20;

    /// <summary>Bytes that came out.</summary>
    public long Count { get; private set; }

    /// <summary>Zero bytes at the end of what came out; a whole tar ends in 1024.</summary>
    public long ZerosAtEnd { get; private set; }

    /// <inheritdoc/>
    public override long Position { get => Count; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        stop.ThrowIfCancellationRequested();
        if (buffer.Length > MostAtOnce)
        {
            throw new InvalidDataException("a header claims a huge length");
        }

        int count = content.Read(buffer);
        Count += count;
        int lastNonZero = buffer[..count].LastIndexOfAnyExcept((byte)0);
        ZerosAtEnd = lastNonZero < 0 ? ZerosAtEnd + count : count - 1 - lastNonZero;
        if (Count > limits.UnpackedBytes)
        {
            throw new InvalidDataException($"it unpacks to more than {limits.UnpackedBytes >> 20} MiB");
        }

        return Count > limits.RatioFrom && Count / Math.Max(1, consumed()) > limits.Ratio
            ? throw new InvalidDataException($"it unpacks to more than {limits.Ratio} times its size")
            : count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }
}
