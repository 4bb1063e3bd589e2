using System.Buffers.Binary;
using System.Globalization;

namespace ZeptAdmin.Rss.Captures;

/// <content>The blocks of pcapng.</content>
internal sealed partial class CaptureReader
{
    private const int MostInterfaces = 65536;

    private readonly List<(int LinkType, int SnapLength)> _interfaces = [];

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

    private string EndsWithinBlock() => string.Create(CultureInfo.InvariantCulture, $"it ends within a block, behind packet {Packets}");

    private int Half(ReadOnlySpan<byte> bytes) => _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
