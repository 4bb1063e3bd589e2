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
internal sealed class CaptureReader : IDisposable
{
    // What the first read asks for, and all others: with a MiB the kernel's copy, which every byte passes through, took least time.
    private const int FirstBuffer = 64 * 1024;
    private const int Buffer = 1024 * 1024;

    // A longer packet than this is not one: the largest snapshot length in use is 256 KiB.
    private const int MostRecord = 16 * 1024 * 1024;
    private const int MostInterfaces = 65536;

    private readonly Stream _stream;
    private readonly List<(int LinkType, int SnapLength)> _interfaces = [];
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

    /// <summary>Opens a stream; it is closed with the reader.</summary>
    /// <param name="stream">Content of a capture, decompressed.</param>
    /// <param name="name">Its name, for messages.</param>
    public CaptureReader(Stream stream, string name)
    {
        _stream = stream;
        Name = name;
        ReadFileHeader();
    }

    /// <summary>Name of the capture.</summary>
    public string Name { get; }

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
        FindRecords(slab);
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

    /// <summary>Closes the stream.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>Counts packets whose link type is not understood.</summary>
    public void CountUnknown(int linkType, long packets = 1) => _unknownLinkTypes[linkType] = _unknownLinkTypes.GetValueOrDefault(linkType) + packets;

    // The plain records of pcap that are whole, which is nearly all: other threads wait until the last one is known.
    private void FindRecords(CaptureSlab slab)
    {
        if (_isPcapng || _recordHeader != 16)
        {
            return;
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        int begin = _start;
        long packets = 0;
        while (rest.Length >= 16 && Word(rest[8..]) is uint captured && captured <= (uint)(rest.Length - 16))
        {
            slab.Add(begin + 16, (int)captured, Word(rest[12..]), _linkType);
            begin += 16 + (int)captured;
            rest = rest[(16 + (int)captured)..];
            packets++;
        }

        _start = begin;
        Packets += packets;
    }

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

    private bool TryReadBlock(out ReadOnlySpan<byte> frame, out uint wireLength, out int linkType)
    {
        frame = [];
        wireLength = 0;
        linkType = 0;
        while (true)
        {
            if (!Fill(8))
            {
                return End("the head of a block");
            }

            uint type = Word(_buffer.AsSpan(_start));
            if (type == 0x0A0D0D0A)
            {
                if (!TryStartSection())
                {
                    return false;
                }

                continue;
            }

            uint length = Word(_buffer.AsSpan(_start + 4));
            if (length < 12 || (length & 3) != 0)
            {
                return Stop(string.Create(CultureInfo.InvariantCulture, $"a block behind packet {Packets} says that it has {length} bytes"));
            }

            // Interface description, the obsolete packet block, simple and enhanced packet block; all others are passed over.
            if (type is not (1 or 2 or 3 or 6))
            {
                if (!Skip(length))
                {
                    return End("a block");
                }

                continue;
            }

            if (length > MostRecord)
            {
                return Stop(string.Create(CultureInfo.InvariantCulture, $"packet {Packets + 1} says that it has {length} bytes"));
            }

            if (!Fill((int)length))
            {
                return End(type == 1 ? "a block" : "a packet");
            }

            ReadOnlySpan<byte> body = _buffer.AsSpan(_start + 8, (int)length - 12);
            _start += (int)length;
            if (type == 1)
            {
                if (body.Length < 8 || _interfaces.Count == MostInterfaces)
                {
                    return Stop(body.Length < 8 ? "the description of an interface is too short" : "it describes more than 65536 interfaces");
                }

                _interfaces.Add((Half(body), (int)Math.Min(Word(body[4..]), int.MaxValue)));
                continue;
            }

            return TakePacket(type, body, out frame, out wireLength, out linkType);
        }
    }

    private bool TakePacket(uint type, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> frame, out uint wireLength, out int linkType)
    {
        frame = [];
        wireLength = 0;
        linkType = 0;
        int header = type == 3 ? 4 : 20;
        uint number = body.Length < header ? uint.MaxValue : type switch { 3 => 0, 2 => (uint)Half(body), _ => Word(body) };
        if (number >= _interfaces.Count)
        {
            return Stop(string.Create(CultureInfo.InvariantCulture, $"packet {Packets + 1} {(body.Length < header ? "is too short" : "is of an interface that was not described")}"));
        }

        (linkType, int snapLength) = _interfaces[(int)number];
        wireLength = Word(body[(header - 4)..]);
        uint captured = type == 3 ? Math.Min(wireLength, snapLength == 0 ? uint.MaxValue : (uint)snapLength) : Word(body[12..]);
        if (captured > body.Length - header)
        {
            // A simple block has no length of what was captured: what is there counts.
            if (type != 3)
            {
                return Stop(string.Create(CultureInfo.InvariantCulture, $"packet {Packets + 1} says that it is longer than its block"));
            }

            captured = (uint)(body.Length - header);
        }

        frame = body.Slice(header, (int)captured);
        return true;
    }

    private bool TryStartSection()
    {
        if (!Fill(16))
        {
            return End("the head of a section");
        }

        uint order = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start + 8));
        if (order is not (0x1A2B3C4D or 0x4D3C2B1A))
        {
            return Stop("the head of a section has no byte order");
        }

        _isBigEndian = order == 0x4D3C2B1A;
        uint length = Word(_buffer.AsSpan(_start + 4));
        if (length < 28 || (length & 3) != 0)
        {
            return Stop("the head of a section has no length");
        }

        _interfaces.Clear();
        return Skip(length) || End("the head of a section");
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

            int read = ReadStream(_buffer.AsSpan(_end));
            if (read == 0)
            {
                return false;
            }

            _end += read;
            _hasFilled = true;
        }

        return true;
    }

    private bool Skip(uint length)
    {
        long left = length;
        if (_slab is not null)
        {
            return SkipSlab(left);
        }

        while (left > _end - _start)
        {
            left -= _end - _start;
            _start = _end = 0;
            int read = ReadStream(_buffer);
            if (read == 0)
            {
                // Something was there and is not whole: say so even at the very end of the file.
                return Stop(EndsWithinBlock());
            }

            _end = read;
        }

        _start += (int)left;
        return true;
    }

    private bool SkipSlab(long left)
    {
        int here = (int)Math.Min(left, _end - _start);
        _start += here;
        _skip = left - here;
        return _skip == 0 || Starve() || (!_isStarved && Stop(EndsWithinBlock()));
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

    private string EndsWithinBlock() => string.Create(CultureInfo.InvariantCulture, $"it ends within a block, behind packet {Packets}");

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

    private int Half(ReadOnlySpan<byte> bytes) => _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
