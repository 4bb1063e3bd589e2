using System.Runtime.InteropServices;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>A machine that keeps what readers asked of it and what it said.</summary>
/// <remarks>It does not own the machine behind it: disposing it disposes nothing.</remarks>
internal sealed class RecordingSensor : Sensor
{
    private readonly Sensor _inner;
    private readonly RecordingFileTree _files;
    private readonly RecordingEthtool _ethtool;
    private readonly RecordingNetlink _netlink;
    private readonly RecordingMsr _msr;

    /// <summary>Begins a recording.</summary>
    /// <param name="inner">The machine that answers.</param>
    /// <param name="stop">Ends the recording, at the next question.</param>
    public RecordingSensor(Sensor inner, CancellationToken stop)
    {
        _inner = inner;
        Time = inner.Time;
        _files = new RecordingFileTree(inner.Files, stop);
        _ethtool = new RecordingEthtool(() => inner.Ethtool, stop);
        _netlink = new RecordingNetlink(() => inner.Netlink, stop);
        _msr = new RecordingMsr(inner.Msr, stop);
    }

    /// <inheritdoc/>
    public override string Name => _inner.Name;

    /// <inheritdoc/>
    public override bool IsLive => _inner.IsLive;

    /// <inheritdoc/>
    public override FileTree Files => _files;

    /// <inheritdoc/>
    public override IEthtoolChannel Ethtool => _ethtool;

    /// <inheritdoc/>
    public override INetlinkChannel Netlink => _netlink;

    /// <inheritdoc/>
    public override IMsrChannel Msr => _msr;

    /// <inheritdoc/>
    public override DateTimeOffset Time { get; }

    /// <summary>Files seen.</summary>
    public SortedDictionary<string, SeenFile> SeenFiles => _files.Seen;

    /// <summary>Answers of drivers, by interface and request.</summary>
    public SortedDictionary<string, EthtoolAnswer> EthtoolAnswers => _ethtool.Answers;

    /// <summary>Answers of netlink families, as the lines that keep them.</summary>
    public SortedDictionary<string, NetlinkAnswer> NetlinkAnswers => _netlink.Answers;

    /// <summary>Registers that were read, as the lines that keep them.</summary>
    public IEnumerable<string> MsrLines => _msr.Lines.Values;
}

/// <summary>One answer of a driver.</summary>
/// <param name="InterfaceName">Whom was asked.</param>
/// <param name="Request">The buffer that went in.</param>
/// <param name="Answer">The buffer that came back.</param>
/// <param name="Errno">None, or the refusal.</param>
internal sealed record EthtoolAnswer(string InterfaceName, byte[] Request, byte[] Answer, Errno Errno)
{
    /// <summary>The command of the request.</summary>
    public uint Command => MemoryMarshal.Read<uint>(Request);
}

/// <summary>One answer of a netlink family.</summary>
/// <param name="Family">Whom was asked.</param>
/// <param name="Line">The line that keeps it.</param>
/// <param name="Errno">None, or the refusal.</param>
internal sealed record NetlinkAnswer(string Family, string Line, Errno Errno);

/// <summary>Passes requests to drivers through and keeps the answers; of two equal requests the last.</summary>
/// <remarks>ENODATA is how a snapshot says that it was never asked this: nothing to keep.</remarks>
internal sealed class RecordingEthtool(Func<IEthtoolChannel> inner, CancellationToken stop) : IEthtoolChannel
{
    public SortedDictionary<string, EthtoolAnswer> Answers { get; } = new(StringComparer.Ordinal);

    public Errno Send(string interfaceName, Span<byte> buffer)
    {
        stop.ThrowIfCancellationRequested();
        byte[] request = buffer.ToArray();
        Errno errno = inner().Send(interfaceName, buffer);
        if (errno != Errno.ENODATA && !EthtoolCommands.Changes(MemoryMarshal.Read<uint>(request)))
        {
            lock (Answers)
            {
                Answers[$"{interfaceName} {RecordedEthtool.Key(request)}"] = new EthtoolAnswer(interfaceName, request, buffer.ToArray(), errno);
            }
        }

        return errno;
    }
}

/// <summary>Passes netlink requests through and keeps the answers; of two equal requests the last.</summary>
internal sealed class RecordingNetlink(Func<INetlinkChannel> inner, CancellationToken stop) : INetlinkChannel
{
    public SortedDictionary<string, NetlinkAnswer> Answers { get; } = new(StringComparer.Ordinal);

    public Answer<byte[][]> Request(string family, byte command, ReadOnlySpan<byte> attributes, bool dump)
    {
        stop.ThrowIfCancellationRequested();
        Answer<byte[][]> answer = inner().Request(family, command, attributes, dump);
        if (answer.Refusal?.Errno != Errno.ENODATA)
        {
            lock (Answers)
            {
                Answers[RecordedNetlink.Key(family, command, attributes, dump)] =
                    new NetlinkAnswer(family, RecordedNetlink.Line(family, command, attributes, dump, answer), answer.Refusal?.Errno ?? Errno.None);
            }
        }

        return answer;
    }
}
