using System.Runtime.InteropServices;

namespace ZeptAdmin.Rss.Captures;

/// <summary>Where a packet stands in its slab.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SlabPacket(int Offset, int Captured, uint Length, int LinkType);

/// <summary>A piece of a capture on its way from the file into the flow table, with room in front for a packet that began in the piece before.</summary>
internal sealed class CaptureSlab
{
    /// <summary>Bytes that are read at once: with a third the kernel's copy took a fifth longer, with more they do not stay in the cache of a core.</summary>
    public const int Size = 768 * 1024;

    private const int MostRoom = 64 * 1024;
    private const int Page = 4096;

    private readonly int _size;
    private int _room;
    private byte[] _buffer;
    private bool _isGrown;
    private int _start;
    private int _end;
    private SlabPacket[] _packets = new SlabPacket[4096];
    private int _count;

    /// <summary>Makes an empty one.</summary>
    /// <param name="size">Bytes that are read at once.</param>
    public CaptureSlab(int size = Size)
    {
        _size = size;
        _buffer = Allocate(size, out _room);
        _start = _end = _room;
    }

    /// <summary>Where in the file it starts.</summary>
    public long Offset { get; set; }

    /// <summary>True when there is nothing behind it.</summary>
    public bool IsLast { get; set; }

    /// <summary>Why reading ended with it; null when nothing was wrong.</summary>
    public string? Damage { get; set; }

    /// <summary>Packets that end in it.</summary>
    public ReadOnlySpan<SlabPacket> Packets => _packets.AsSpan(0, _count);

    private ReadOnlySpan<byte> Content => _buffer.AsSpan(_start, _end - _start);

    /// <summary>The bytes of a packet.</summary>
    public ReadOnlySpan<byte> FrameOf(in SlabPacket packet) => _buffer.AsSpan(packet.Offset, packet.Captured);

    /// <summary>Makes it empty for the next piece.</summary>
    public void Reset()
    {
        if (_isGrown)
        {
            _buffer = Allocate(_size, out _room);
            _isGrown = false;
        }

        _start = _end = _room;
        _count = 0;
        IsLast = false;
        Damage = null;
    }

    /// <summary>Reads the piece: as many bytes as it takes, fewer only at the end.</summary>
    /// <param name="read">Reads bytes from a place of the file on; 0 at its end.</param>
    public void Load(SlabRead read)
    {
        try
        {
            while (_end < _room + _size)
            {
                int count = read(_buffer.AsSpan(_end, _room + _size - _end), Offset + _end - _room);
                if (count == 0)
                {
                    IsLast = true;
                    return;
                }

                _end += count;
            }
        }
        catch (Exception e) when (CaptureFile.IsDamage(e))
        {
            IsLast = true;
            Damage = e.Message;
        }
    }

    /// <summary>Puts the beginning of a packet in front, whose rest is here, and gives the whole to the reader.</summary>
    public byte[] Join(ReadOnlySpan<byte> before, out int start, out int end)
    {
        if (before.Length > _start)
        {
            byte[] larger = new byte[before.Length + _size];
            Content.CopyTo(larger.AsSpan(before.Length));
            _end += before.Length - _start;
            _start = before.Length;
            _buffer = larger;
            _isGrown = true;
        }

        before.CopyTo(_buffer.AsSpan(_start - before.Length));
        start = _start -= before.Length;
        end = _end;
        return _buffer;
    }

    // On a page, as pieces are in the file: where the target begins some bytes further into its page than the source, the kernel's copy took twice
    // the time.
    private static byte[] Allocate(int size, out int room)
    {
        int least = Math.Min(size, MostRoom);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(least + Page + size, pinned: true);
        room = least + (int)(-(Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0) + least) & (Page - 1));
        return buffer;
    }

    /// <summary>Notes a packet.</summary>
    public void Add(int offset, int captured, uint length, int linkType)
    {
        if (_count == _packets.Length)
        {
            Array.Resize(ref _packets, 2 * _count);
        }

        _packets[_count++] = new SlabPacket(offset, captured, length, linkType);
    }
}

/// <summary>Reads bytes from a place of a file on.</summary>
internal delegate int SlabRead(Span<byte> target, long offset);
