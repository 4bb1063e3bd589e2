using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>Counts lines in a part of a log.</summary>
internal static class LogLines
{
    // More than that is estimated by what was counted: a count is not to take longer than what it measures.
    private const long MostBytes = 256L << 20;

    /// <summary>Lines that end between two places of a file; null when it cannot be read.</summary>
    public static long? Count(string path, long from, long to)
    {
        long most = Math.Min(to - from, MostBytes);
        if (most <= 0)
        {
            return 0;
        }

        try
        {
            using FileStream file = Open(path);
            file.Position = from;
            byte[] buffer = new byte[1 << 18];
            long lines = 0;
            long done = 0;
            while (done < most)
            {
                int count = file.Read(buffer, 0, (int)Math.Min(buffer.Length, most - done));
                if (count == 0)
                {
                    return lines;
                }

                lines += buffer.AsSpan(0, count).Count((byte)'\n');
                done += count;
            }

            return most == to - from ? lines : (long)(lines * ((double)(to - from) / most));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The time that the line at a place tells of itself (ts of Zeek, timestamp of eve), in UTC; null when it tells none.</summary>
    public static DateTime? Time(string path, long place)
    {
        try
        {
            using FileStream file = Open(path);
            file.Position = place;
            Span<byte> start = stackalloc byte[1024];
            ReadOnlySpan<byte> line = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            int end = line.IndexOf((byte)'\n');
            line = end < 0 ? line : line[..end];
            int key = line.IndexOf("\"ts\":"u8);
            int value = key >= 0 ? key + 5 : line.IndexOf("\"timestamp\":"u8) is int other and >= 0 ? other + 12 : -1;
            if (value < 0)
            {
                return null;
            }

            ReadOnlySpan<byte> text = line[value..].TrimStart("\" "u8);
            int stop = text.IndexOfAny("\",}"u8);
            return stop > 0 && LogTime.TryParse(text[..stop], out DateTime time) ? time : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens a log that is written to.</summary>
    internal static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Which file it is and how long; null when it is not there.</summary>
    internal static FileIdentity? Identity(string path) => FileIdentity.Of(path);
}
