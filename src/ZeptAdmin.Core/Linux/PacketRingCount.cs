using System.Globalization;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>
/// Counts the packets that the kernel puts into the receive ring of somebody else's packet socket, by the headers of the ring as its owner has them
/// mapped. Nothing is taken from the ring, and the owner's own counters stay as they are.
/// </summary>
/// <remarks>
/// linux/if_packet.h: a frame of version 2 carries the time at which the kernel filled it (<c>tpacket2_hdr</c>), so a frame with another time holds
/// another packet; a block of version 3 carries a number that goes up with each block and how many packets are in it (<c>tpacket_hdr_v1</c>).
/// Both are filled in turn, so only what lies behind the last one that was seen has to be looked at.
/// </remarks>
internal sealed class PacketRingCount
{
    private const int Chunk = 64;

    // Set in the status of a frame or block that the kernel has filled and its owner has not given back.
    private const uint TP_STATUS_USER = 1;

    // struct tpacket2_hdr up to tp_nsec: status, len, snaplen, mac, net, sec, nsec.
    private const int FrameHeader = 24;
    private const int FrameSeconds = 16;

    // struct tpacket_block_desc up to seq_num: version, offset_to_priv, block_status, num_pkts, offset_to_first_pkt, blk_len, seq_num.
    private const int BlockHeader = 32;
    private const int BlockStatus = 8;
    private const int BlockPackets = 12;
    private const int BlockNumber = 24;

    private readonly int _process;
    private readonly ulong _start;
    private readonly PacketRingShape _shape;
    private readonly ulong[] _seen;
    private readonly byte[] _headers;
    private readonly ulong[] _addresses;
    private int _next;
    private ulong _number;
    private uint _inBlock;

    private PacketRingCount(int process, ulong start, PacketRingShape shape)
    {
        _process = process;
        _start = start;
        _shape = shape;
        _seen = new ulong[shape.Slots];
        _headers = new byte[Chunk * HeaderSize];
        _addresses = new ulong[Chunk];
    }

    /// <summary>Packets since the ring was opened here.</summary>
    public long Packets { get; private set; }

    /// <summary>True when the ring went round wholly between two looks, was seen full, or cannot be read any more: <see cref="Packets"/> is less than what was sent.</summary>
    public bool IsLost { get; private set; }

    private int HeaderSize => _shape.Version == 3 ? BlockHeader : FrameHeader;

    /// <summary>Finds a socket's ring in its owner, and looks at it for the first time; null where that cannot be done.</summary>
    /// <param name="files">This machine's files.</param>
    /// <param name="process">The owner.</param>
    /// <param name="inode">Number of the socket.</param>
    /// <param name="shape">Form of its ring.</param>
    public static PacketRingCount? Open(FileTree files, int process, long inode, PacketRingShape shape)
    {
        if (shape.Version is not (2 or 3) || shape.Slots <= 0 || AddressOf(files, process, inode) is not ulong start)
        {
            return null;
        }

        PacketRingCount ring = new(process, start, shape);
        return ring.Begin() ? ring : null;
    }

    /// <summary>Counts what came since the last look.</summary>
    public void Look()
    {
        for (int looked = 0; !IsLost && (_shape.Version == 3 ? TakeBlock() : TakeFrames() == Chunk);)
        {
            looked += _shape.Version == 3 ? 1 : Chunk;
            IsLost = looked >= _shape.Slots;
        }
    }

    private int TakeFrames()
    {
        int count = Math.Min(Chunk, _shape.Slots);
        if (!Read(_next, count))
        {
            return 0;
        }

        int used = 0;
        for (; used < count; used++)
        {
            ulong time = MemoryMarshal.Read<ulong>(_headers.AsSpan((used * FrameHeader) + FrameSeconds));
            if (time == _seen[_next])
            {
                // The kernel comes to a frame that its owner has not read: what comes now is dropped.
                IsLost |= (MemoryMarshal.Read<uint>(_headers.AsSpan(used * FrameHeader)) & TP_STATUS_USER) != 0;
                break;
            }

            _seen[_next] = time;
            _next = (_next + 1) % _shape.Slots;
            Packets++;
        }

        return used;
    }

    // True when the kernel has gone on to the next block; the count of the one before is final then, and is read once more.
    private bool TakeBlock()
    {
        int next = (_next + 1) % _shape.Slots;
        if (!Read(next, 1))
        {
            return false;
        }

        ulong number = MemoryMarshal.Read<ulong>(_headers.AsSpan(BlockNumber));
        bool isNextFull = (MemoryMarshal.Read<uint>(_headers.AsSpan(BlockStatus)) & TP_STATUS_USER) != 0;
        if (!Read(_next, 1))
        {
            return false;
        }

        uint packets = MemoryMarshal.Read<uint>(_headers.AsSpan(BlockPackets));
        if (MemoryMarshal.Read<ulong>(_headers.AsSpan(BlockNumber)) != _number)
        {
            IsLost = true;
            return false;
        }

        Packets += packets - _inBlock;
        _inBlock = packets;
        if (number != _number + 1)
        {
            // This block is closed and the next one not read by its owner: what comes now is dropped.
            IsLost |= isNextFull && (MemoryMarshal.Read<uint>(_headers.AsSpan(BlockStatus)) & TP_STATUS_USER) != 0;
            return false;
        }

        (_next, _number, _inBlock) = (next, number, 0);
        return true;
    }

    // Reads all headers once: the newest is where the kernel is.
    private bool Begin()
    {
        int newest = 0;
        for (int slot = 0; slot < _shape.Slots; slot += Chunk)
        {
            int count = Math.Min(Chunk, _shape.Slots - slot);
            if (!Read(slot, count))
            {
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> header = _headers.AsSpan(i * HeaderSize, HeaderSize);
                _seen[slot + i] = MemoryMarshal.Read<ulong>(header[(_shape.Version == 3 ? BlockNumber : FrameSeconds)..]);
                newest = Age(_seen[slot + i]) > Age(_seen[newest]) ? slot + i : newest;
            }
        }

        _number = _seen[newest];
        _next = _shape.Version == 3 || _number == 0 ? newest : (newest + 1) % _shape.Slots;
        if (_shape.Version == 3)
        {
            // What is in the block now came before.
            Look();
            Packets = 0;
        }

        return !IsLost;
    }

    // Of version 2: seconds stand before nanoseconds, each with 32 bits.
    private ulong Age(ulong mark) => _shape.Version == 3 ? mark : (mark << 32) | (mark >> 32);

    // What cannot be read is lost.
    private bool Read(int slot, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _addresses[i] = _start + (ulong)_shape.OffsetOf((slot + i) % _shape.Slots);
        }

        bool isRead = ProcessMemory.Read(_process, _addresses.AsSpan(0, count), HeaderSize, _headers) == Errno.None;
        IsLost |= !isRead;
        return isRead;
    }

    // 7f9bbce58000-7f9bbcff8000 rw-s 00000000 00:09 128376   socket:[128376]
    private static ulong? AddressOf(FileTree files, int process, long inode)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");
        foreach (string line in files.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/maps")))
        {
            if (line.EndsWith(name, StringComparison.Ordinal) && line.IndexOf('-', StringComparison.Ordinal) is int dash and > 0
                && ulong.TryParse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong start))
            {
                return start;
            }
        }

        return null;
    }
}

/// <summary>Form of a receive ring.</summary>
/// <param name="Version">Version of TPACKET.</param>
/// <param name="Bytes">Bytes of the ring.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <param name="FrameBytes">Bytes of a frame.</param>
internal readonly record struct PacketRingShape(int Version, long Bytes, long BlockBytes, long FrameBytes)
{
    /// <summary>What has a header of its own: frames of version 2, blocks of version 3.</summary>
    public int Slots => BlockBytes <= 0 || FrameBytes <= 0 ? 0 : (int)(Bytes / BlockBytes) * (Version == 3 ? 1 : FramesOfBlock);

    private int FramesOfBlock => (int)(BlockBytes / FrameBytes);

    /// <summary>Where a slot begins.</summary>
    public long OffsetOf(int slot) => Version == 3 ? slot * BlockBytes : (slot / FramesOfBlock * BlockBytes) + (slot % FramesOfBlock * FrameBytes);
}
