using System.Buffers.Binary;
using System.Text;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>What syslog-ng remembers across a restart: how far it took each log, and which file is whose disk buffer.</summary>
/// <remarks>
/// lib/persist-state.c, format SLP4: a header of 64 bytes with the number of keys, a store of 4032 bytes of keys, then values; integers are big-endian. A
/// key is its length, its text and the place of its value; an empty key leads to the next store. A position is LogProtoBufferedServerState of
/// lib/logproto/logproto-buffered-server.h. Anything that does not fit ends the reading: the process writes to it at the same time.
/// </remarks>
public sealed class SyslogNgPersist
{
    private const int HeaderLength = 64;
    private const int FirstStore = 4096 - HeaderLength;
    private const int NextStore = 4096;
    private const int KeyCount = 8;
    private const int ValueHeader = 8;
    private const int BufferPosition = 4;
    private const int StreamPosition = 24;
    private const int StateLength = 72;
    private const string PositionKey = "affile_sd_curpos(";

    private readonly Dictionary<string, long> _positions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _queues = new(StringComparer.Ordinal);

    private SyslogNgPersist()
    {
    }

    /// <summary>Bytes of each log that were taken, by its path: sent, or safe in the disk buffer.</summary>
    public IReadOnlyDictionary<string, long> Positions => _positions;

    /// <summary>Files of disk buffers, by the key of the destination.</summary>
    public IReadOnlyDictionary<string, string> Queues => _queues;

    /// <summary>Reads the file; null when it is of another format.</summary>
    public static SyslogNgPersist? Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderLength + FirstStore || !file.StartsWith("SLP4"u8))
        {
            return null;
        }

        SyslogNgPersist persist = new();
        uint left = BinaryPrimitives.ReadUInt32BigEndian(file[KeyCount..]);
        ReadOnlySpan<byte> store = file.Slice(HeaderLength, FirstStore);
        int stores = 0;
        while (left > 0 && stores < file.Length / NextStore && TryKey(ref store, out ReadOnlySpan<byte> key, out uint place) && place <= file.Length)
        {
            if (key.IsEmpty)
            {
                stores++;
                store = file[(int)place..][..Math.Min(NextStore, file.Length - (int)place)];
                continue;
            }

            left--;
            persist.Take(Encoding.UTF8.GetString(key), Value(file, place));
        }

        return persist;
    }

    private static bool TryKey(ref ReadOnlySpan<byte> store, out ReadOnlySpan<byte> key, out uint place)
    {
        key = [];
        place = 0;
        if (store.Length < 8)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(store);
        if (length > store.Length - 8)
        {
            return false;
        }

        key = store.Slice(4, (int)length);
        place = BinaryPrimitives.ReadUInt32BigEndian(store[(4 + (int)length)..]);
        store = store[(8 + (int)length)..];
        return place != 0;
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> file, uint place)
    {
        if (place < ValueHeader)
        {
            return [];
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[((int)place - ValueHeader)..]);
        return length <= file.Length - place ? file.Slice((int)place, (int)length) : [];
    }

    private void Take(string key, ReadOnlySpan<byte> value)
    {
        if (key.StartsWith(PositionKey, StringComparison.Ordinal) && key.EndsWith(')') && value.Length >= StateLength)
        {
            bool isBig = (value[1] & 1) != 0;
            long stream = isBig ? BinaryPrimitives.ReadInt64BigEndian(value[StreamPosition..]) : BinaryPrimitives.ReadInt64LittleEndian(value[StreamPosition..]);
            uint buffer = isBig ? BinaryPrimitives.ReadUInt32BigEndian(value[BufferPosition..]) : BinaryPrimitives.ReadUInt32LittleEndian(value[BufferPosition..]);
            _positions[key[PositionKey.Length..^1]] = stream + buffer;
            return;
        }

        // A text: its length, then itself, with a zero behind.
        if (value.Length > 4 && BinaryPrimitives.ReadUInt32BigEndian(value) is uint length && length <= value.Length - 4)
        {
            string text = Encoding.UTF8.GetString(value.Slice(4, (int)length)).TrimEnd('\0');
            if (text.EndsWith(".rqf", StringComparison.Ordinal) || text.EndsWith(".qf", StringComparison.Ordinal))
            {
                _queues[key] = text;
            }
        }
    }
}
