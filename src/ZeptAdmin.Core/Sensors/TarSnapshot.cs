using System.Formats.Tar;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Reads a tar, as a stream, into a tree in memory.</summary>
internal static class TarSnapshot
{
    private const int BlockLength = 512;
    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;
    private const int Chunk = 65536;

    /// <summary>True when the first block is the header of a tar of any kind: its checksum fits.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<byte> head)
    {
        if (head.Length < BlockLength)
        {
            return false;
        }

        int sum = ChecksumLength * ' ';
        for (int i = 0; i < BlockLength; i++)
        {
            sum += i is >= ChecksumOffset and < ChecksumOffset + ChecksumLength ? 0 : head[i];
        }

        int written = 0;
        foreach (byte digit in head.Slice(ChecksumOffset, ChecksumLength))
        {
            if (digit is >= (byte)'0' and <= (byte)'7')
            {
                written = (written * 8) + digit - '0';
            }
        }

        return written == sum;
    }

    /// <summary>Reads all entries.</summary>
    public static void Read(MeteredStream stream, ArchiveTree tree, ArchiveLimits limits, CancellationToken stop)
    {
        using (TarReader reader = new(stream, leaveOpen: true))
        {
            while (reader.GetNextEntry() is TarEntry entry)
            {
                stop.ThrowIfCancellationRequested();
                if (entry.EntryType is not TarEntryType.GlobalExtendedAttributes && tree.Accept(entry.Name) is string path)
                {
                    Add(entry, path, tree, limits);
                }
            }
        }

        Drain(stream);
        if (stream.ZerosAtEnd < BlockLength)
        {
            throw tree.Problem("it is cut off");
        }
    }

    private static void Add(TarEntry entry, string path, ArchiveTree tree, ArchiveLimits limits)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                tree.Count(path, entry.Length);
                tree.AddFile(path, new MemoryFile(ReadContent(entry, limits)));
                break;
            case TarEntryType.Directory or TarEntryType.DirectoryList:
                tree.AddFolder(path);
                break;
            case TarEntryType.SymbolicLink:
                tree.AddLink(path, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                tree.AddHardLink(path, entry.LinkName);
                break;
            default:
                throw tree.Problem(path, "is a device, a pipe or something else that no capture has");
        }
    }

    private static byte[] ReadContent(TarEntry entry, ArchiveLimits limits)
    {
        if (entry.DataStream is not Stream data)
        {
            return [];
        }

        // Not the claimed length at once: memory is taken as the bytes come.
        using MemoryStream content = new((int)Math.Min(entry.Length, Chunk));
        byte[] chunk = new byte[(int)Math.Clamp(entry.Length, 1, Chunk)];
        for (int count = data.Read(chunk); count > 0 && content.Length <= limits.FileBytes; count = data.Read(chunk))
        {
            content.Write(chunk, 0, count);
        }

        return content.Length == entry.Length ? content.ToArray() : throw new EndOfStreamException();
    }

    // What is behind the end mark is padding, and the checksum of the compression.
    private static void Drain(MeteredStream stream)
    {
        byte[] chunk = new byte[Chunk];
        while (stream.Read(chunk) > 0)
        {
        }
    }
}
