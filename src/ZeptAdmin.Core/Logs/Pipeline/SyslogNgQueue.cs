using System.Buffers.Binary;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>A reliable disk buffer of syslog-ng: how much waits in it, and since when.</summary>
/// <param name="Events">Events that no receiver has.</param>
/// <param name="Bytes">Bytes of them in the file.</param>
/// <param name="Oldest">When syslog-ng read the oldest of them (UTC); null when none waits or its record is of another version.</param>
/// <remarks>
/// QDiskFileHeader of modules/diskq/qdisk.c, magic SLRQ, versions 2 (3.38) and 3 (4.x), alike this far; records lie from 4096 on, each with its length
/// before it, and begin again there when the file has its full size. What was sent and has no answer (backlog) waits still. A record is
/// lib/logmsg/logmsg-serialize.c, version 26.
/// </remarks>
public readonly record struct SyslogNgQueue(long Events, long Bytes, DateTime? Oldest)
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeaderLength = 4096;

    private const int RecordVersion = 26;

    // Behind the length (4): version 1, rcptid 8, flags 4, priority 2, no address 2, then the event's own time of 16 bytes and the time of receipt.
    private const int Family = 4 + 15;
    private const int Received = 4 + 17 + 16;
    private const int RecordStart = Received + 12;

    /// <summary>Reads an open file; null when it is none that is understood.</summary>
    public static SyslogNgQueue? Read(Stream file)
    {
        Span<byte> header = stackalloc byte[0x60];
        file.Position = 0;
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith("SLRQ"u8) || header[4] is not (2 or 3))
        {
            return null;
        }

        bool isBig = header[5] != 0;
        long readHead = Number(header, 0x08, isBig);
        long writeHead = Number(header, 0x10, isBig);
        long length = Number(header, 0x18, isBig);
        long backlogHead = Number(header, 0x50, isBig);
        long backlog = Number(header, 0x58, isBig);
        long events = length + backlog;
        long first = backlog > 0 ? backlogHead : readHead;
        if (length < 0 || backlog < 0 || events < 0 || first < 0 || first > file.Length || writeHead < 0)
        {
            return null;
        }

        long bytes = writeHead >= first ? writeHead - first : file.Length - first + writeHead - HeaderLength;
        return events == 0 ? new SyslogNgQueue(0, 0, null) : new SyslogNgQueue(events, Math.Max(0, bytes), Time(file, first));
    }

    private static DateTime? Time(Stream file, long place)
    {
        Span<byte> record = stackalloc byte[RecordStart];
        file.Position = Math.Max(HeaderLength, place);
        if (file.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) < record.Length || record[4] != RecordVersion || BinaryPrimitives.ReadUInt16BigEndian(record[Family..]) != 0)
        {
            return null;
        }

        ulong seconds = BinaryPrimitives.ReadUInt64BigEndian(record[Received..]);
        uint microseconds = BinaryPrimitives.ReadUInt32BigEndian(record[(Received + 8)..]);
        return seconds < int.MaxValue * 4L && microseconds < 1_000_000 ? DateTime.UnixEpoch.AddSeconds(seconds).AddMicroseconds(microseconds) : null;
    }

    private static long Number(ReadOnlySpan<byte> header, int place, bool isBig) =>
        isBig ? BinaryPrimitives.ReadInt64BigEndian(header[place..]) : BinaryPrimitives.ReadInt64LittleEndian(header[place..]);
}
