using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Rss.Captures;

/// <summary>Reads the packets of a pcap or pcapng stream, one after another, in bounded memory and without an allocation a packet.</summary>
/// <remarks>
/// pcap: draft-ietf-opsawg-pcap; pcapng: draft-ietf-opsawg-pcapng. Time stamps and options are passed over. Anything that cannot be read ends
/// the capture: <see cref="Problem"/> says what and where, and the packets before it count.
/// </remarks>
internal sealed partial class CaptureReader : IDisposable
{
    // What the first read asks for, and all others: with a MiB the kernel's copy, which every byte passes through, took least time.
    private const int FirstBuffer = 64 * 1024;
    private const int Buffer = 1024 * 1024;

    // A longer packet than this is not one: the largest snapshot length in use is 256 KiB.
    private const int MostRecord = 16 * 1024 * 1024;

    private readonly Stream _stream;
    private readonly SortedDictionary<int, long> _unknownLinkTypes = [];
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;
    private bool _isPcapng;
    private bool _isBigEndian;
    private int _linkType;
    private int _recordHeader = 16;
    private bool _hasFilled;

    // While a slab is indexed: there is nothing to fill from, so what is not whole waits for the next slab.
    private CaptureSlab? _slab;
    private bool _isStarved;
    private long _skip;

    // What is left of a stretch.
    private long _left = long.MaxValue;

    /// <summary>Opens a stream; it is closed with the reader.</summary>
    /// <param name="stream">Content of a capture, decompressed.</param>
    /// <param name="name">Its name, for messages.</param>
    public CaptureReader(Stream stream, string name)
    {
        _stream = stream;
        Name = name;
        ReadFileHeader();
    }

    private CaptureReader(CaptureReader head, Stream stream)
    {
        _stream = stream;
        Name = head.Name;
        _isBigEndian = head._isBigEndian;
        _linkType = head._linkType;
        _recordHeader = head._recordHeader;
        _buffer = GC.AllocateUninitializedArray<byte>(Buffer);
    }

    /// <summary>Name of the capture.</summary>
    public string Name { get; }

    /// <summary>True when nothing but the head of the file is needed to read packets from any place on.</summary>
    public bool HasStretches => !_isPcapng && Problem is null;

    /// <summary>Bytes that came out of the stream and are not read.</summary>
    public int Buffered => _end - _start;

    /// <summary>Place in the stream of what is read next.</summary>
    public long Position => _stream.Position - Buffered;

    /// <summary>Packets read so far.</summary>
    public long Packets { get; private set; }

    /// <summary>Why the capture ended before its end; null while there is nothing wrong.</summary>
    public string? Problem { get; private set; }

    /// <summary>True when not even the head of the file is that of a capture.</summary>
    public bool IsNoCapture { get; private set; }

    /// <summary>Link types that are not understood, with their packets.</summary>
    public IReadOnlyDictionary<int, long> UnknownLinkTypes => _unknownLinkTypes;

    /// <summary>Reads the next packet.</summary>
    /// <param name="frame">What was captured of it; valid until the next call.</param>
    /// <param name="wireLength">Its length on the wire.</param>
    /// <param name="linkType">Link type of its interface.</param>
    /// <returns>False at the end, or at something that cannot be read.</returns>
    public bool TryRead(out ReadOnlySpan<byte> frame, out uint wireLength, out int linkType)
    {
        if (_isPcapng || _recordHeader != 16 || _end - _start < 16)
        {
            return TryReadSlowly(out frame, out wireLength, out linkType);
        }

        ReadOnlySpan<byte> head = _buffer.AsSpan(_start, 16);
        uint captured = Word(head[8..]);
        if (captured > (uint)(_end - _start - 16))
        {
            return TryReadSlowly(out frame, out wireLength, out linkType);
        }

        wireLength = Word(head[12..]);
        frame = _buffer.AsSpan(_start + 16, (int)captured);
        linkType = _linkType;
        _start += 16 + (int)captured;
        Packets++;
        return true;
    }

    /// <summary>Finds the packets of a slab, which follows what was read or found before; the stream is left alone.</summary>
    /// <returns>False at the end of the capture, or at something that cannot be read.</returns>
    public bool Find(CaptureSlab slab)
    {
        byte[] own = _buffer;
        _buffer = slab.Join(own.AsSpan(_start, _end - _start), out _start, out _end);
        _slab = slab;
        _isStarved = false;
        ref byte origin = ref MemoryMarshal.GetArrayDataReference(_buffer);
        bool isSkipped = _skip == 0 || SkipSlab(_skip);
        while (isSkipped && TryRead(out ReadOnlySpan<byte> frame, out uint length, out int linkType))
        {
            slab.Add((int)Unsafe.ByteOffset(ref origin, ref MemoryMarshal.GetReference(frame)), frame.Length, length, linkType);
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        _buffer = rest.Length <= own.Length ? own : new byte[rest.Length];
        rest.CopyTo(_buffer);
        _start = 0;
        _end = rest.Length;
        _slab = null;
        bool hasMore = _isStarved;
        _isStarved = false;
        return hasMore;
    }

    /// <summary>A reader for stretches of the capture, for which <see cref="HasStretches"/> is true.</summary>
    /// <param name="stream">The same content, which can seek.</param>
    public CaptureReader ForStretches(Stream stream) => new(this, stream);

    /// <summary>Begins a stretch: the packets that begin in it are read, the last one to its end.</summary>
    /// <param name="from">Where it begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="isPacket">True when a packet begins there; otherwise the first place is taken where it looks as if one did.</param>
    /// <returns>Place of the first packet, which the caller checks against the stretch before; null when nothing looks like one.</returns>
    public long? Begin(long from, long to, bool isPacket)
    {
        _stream.Position = from;
        _left = to - from;
        _start = _end = 0;
        if (!isPacket)
        {
            _ = Fill((int)Math.Min(_left, Buffer));
            int start = RecordGuess.Find(_buffer.AsSpan(0, _end), _recordHeader, _isBigEndian);
            if (start < 0)
            {
                return null;
            }

            _start = start;
        }

        return Position;
    }

    /// <summary>Goes on where stretches have ended; the caller sets the stream to that place.</summary>
    /// <param name="packets">Packets of the stretches.</param>
    public void Resume(long packets)
    {
        _start = _end = 0;
        Packets += packets;
    }

    /// <summary>Closes the stream.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>Counts packets whose link type is not understood.</summary>
    public void CountUnknown(int linkType, long packets = 1) => _unknownLinkTypes[linkType] = _unknownLinkTypes.GetValueOrDefault(linkType) + packets;

    private bool TryReadSlowly(out ReadOnlySpan<byte> frame, out uint wireLength, out int linkType)
    {
        if (Problem is null && (_isPcapng ? TryReadBlock(out frame, out wireLength, out linkType) : TryReadRecord(out frame, out wireLength, out linkType)))
        {
            Packets++;
            return true;
        }

        frame = [];
        wireLength = 0;
        linkType = 0;
        return false;
    }

    private void ReadFileHeader()
    {
        if (!Fill(4))
        {
            IsNoCapture = true;
            Problem ??= _end == _start ? "it is empty" : "it is shorter than the head of a capture";
            _start = _end;
            return;
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(_buffer);
        _isPcapng = magic == 0x0A0D0D0A;
        if (_isPcapng)
        {
            return;
        }

        // Microseconds, nanoseconds, and the patched format of old Red Hat kernels, whose records have eight bytes more.
        uint swapped = BinaryPrimitives.ReverseEndianness(magic);
        _isBigEndian = swapped is 0xA1B2C3D4 or 0xA1B23C4D or 0xA1B2CD34;
        uint native = _isBigEndian ? swapped : magic;
        if (native is not (0xA1B2C3D4 or 0xA1B23C4D or 0xA1B2CD34))
        {
            IsNoCapture = true;
            Problem = "it is neither pcap nor pcapng";
            _start = _end;
        }
        else if (!Fill(24))
        {
            IsNoCapture = true;
            Problem ??= "it is shorter than the head of a capture";
            _start = _end;
        }
        else
        {
            _recordHeader = native == 0xA1B2CD34 ? 24 : 16;
            _linkType = (int)(Word(_buffer.AsSpan(20)) & 0xFFFF);
            _start += 24;
        }
    }

    private bool TryReadRecord(out ReadOnlySpan<byte> frame, out uint wireLength, out int linkType)
    {
        frame = [];
        wireLength = 0;
        linkType = _linkType;
        if (!Fill(_recordHeader))
        {
            return End("the head of a packet");
        }

        uint captured = Word(_buffer.AsSpan(_start + 8));
        wireLength = Word(_buffer.AsSpan(_start + 12));
        if (captured > MostRecord)
        {
            return Stop(string.Create(CultureInfo.InvariantCulture, $"packet {Packets + 1} says that it has {captured} bytes"));
        }

        if (!Fill(_recordHeader + (int)captured))
        {
            return End("a packet");
        }

        frame = _buffer.AsSpan(_start + _recordHeader, (int)captured);
        _start += _recordHeader + (int)captured;
        return true;
    }

    // True when that many bytes stand in the buffer from _start on.
    private bool Fill(int length)
    {
        if (_end - _start >= length)
        {
            return true;
        }

        if (_slab is not null)
        {
            return Starve();
        }

        if (_left <= 0 && _end == _start)
        {
            return false;
        }

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_buffer.Length < Buffer && _hasFilled)
        {
            Array.Resize(ref _buffer, Buffer);
        }
        else if (length > _buffer.Length)
        {
            // In steps, as the bytes come: what a length claims costs nothing until it is there.
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MostRecord + Buffer));
        }

        while (_end < length)
        {
            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MostRecord + Buffer));
            }

            // Behind a stretch is read what its last packet needs, and no more.
            long most = _left > 0 ? _left : length - _end;
            int read = ReadStream(_buffer.AsSpan(_end, (int)Math.Min(most, _buffer.Length - _end)));
            if (read == 0)
            {
                return false;
            }

            _left -= _left == long.MaxValue ? 0 : read;

            _end += read;
            _hasFilled = true;
        }

        return true;
    }

    // False, for more is needed than there is; when no more will come, with the reason why.
    private bool Starve()
    {
        _isStarved = !_slab!.IsLast;
        if (_slab is { IsLast: true, Damage: string damage })
        {
            Problem ??= CannotBeReadOn(damage);
        }

        return false;
    }

    private string CannotBeReadOn(string why) => string.Create(CultureInfo.InvariantCulture, $"it cannot be read on behind packet {Packets}: {why}");

    private int ReadStream(Span<byte> target)
    {
        try
        {
            return _stream.Read(target);
        }
        catch (Exception e) when (CaptureFile.IsDamage(e))
        {
            Problem = CannotBeReadOn(e.Message);
            return 0;
        }
    }

    private bool End(string within)
    {
        if (_end > _start && !_isStarved)
        {
            Problem ??= string.Create(CultureInfo.InvariantCulture, $"it ends within {within}, behind packet {Packets}");
        }

        return false;
    }

    private bool Stop(string problem)
    {
        Problem ??= problem;
        return false;
    }

    private uint Word(ReadOnlySpan<byte> bytes) => _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
