using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ZeptAdmin.Linux;

/// <summary>Reads what may keep its reader waiting (a pipe, a device, the standard input), and ends when it is told to.</summary>
/// <remarks>A read that waits in the kernel cannot be taken back, so each is made only when poll(2) says that it will not wait.</remarks>
internal sealed class PipeStream : OneWayStream
{
    private const int StandardInput = 0;
    private const int Milliseconds = 100;

    private readonly Stream _source;
    private readonly int _descriptor;
    private readonly CancellationToken _stop;

    private PipeStream(Stream source, int descriptor, CancellationToken stop)
    {
        _source = source;
        _descriptor = descriptor;
        _stop = stop;
    }

    /// <summary>The standard input.</summary>
    /// <param name="stop">Ends it.</param>
    public static PipeStream OfStandardInput(CancellationToken stop) => new(Console.OpenStandardInput(), StandardInput, stop);

    /// <summary>Opens a pipe or a device. A pipe that nobody writes to yet is waited for by the first read.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="stream">The stream.</param>
    /// <returns>None, or why it cannot be opened.</returns>
    public static Errno Open(string path, CancellationToken stop, out PipeStream? stream)
    {
        int descriptor = LiveFileTree.OpenToRead(path);
        if (descriptor < 0)
        {
            stream = null;
            return (Errno)Marshal.GetLastPInvokeError();
        }

        stream = new PipeStream(new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, bufferSize: 0), descriptor, stop);
        return Errno.None;
    }

    /// <summary>Reads what there is, or waits for it.</summary>
    /// <returns>How much; 0 at the end, and when it was told to end.</returns>
    public override int Read(Span<byte> buffer)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (PollDescriptor.Wait([new PollDescriptor(_descriptor)], Milliseconds))
            {
                return _source.Read(buffer);
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }
}
