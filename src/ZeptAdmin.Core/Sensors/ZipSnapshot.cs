using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Reads a zip into a tree in memory.</summary>
/// <remarks>All that is kept is unpacked and checked at once, so that a damaged snapshot is one error when it is opened, and none in the middle of a command.</remarks>
internal static class ZipSnapshot
{
    private const int S_IFMT = 0xf000;
    private const int S_IFDIR = 0x4000;
    private const int S_IFREG = 0x8000;
    private const int S_IFLNK = 0xa000;
    private const int MostLinkBytes = 4096;

    /// <summary>Reads the entries.</summary>
    public static void Read(FileStream file, ArchiveTree tree, ArchiveLimits limits, CancellationToken stop)
    {
        if (file.Length > limits.ZipBytes)
        {
            throw tree.Problem($"it has more than {limits.ZipBytes >> 20} MiB");
        }

        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        CheckDirectory(bytes, tree, limits);
        using ZipArchive zip = new(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
        long unpacked = 0;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            stop.ThrowIfCancellationRequested();
            unpacked += entry.Length;
            if (unpacked > limits.RatioFrom && unpacked / Math.Max(1, bytes.Length) > limits.Ratio)
            {
                throw tree.Problem($"it unpacks to more than {limits.Ratio} times its size");
            }

            if (tree.Accept(entry.FullName) is string path)
            {
                Add(entry, path, tree);
            }
        }
    }

    private static void Add(ZipArchiveEntry entry, string path, ArchiveTree tree)
    {
        if (entry.IsEncrypted)
        {
            throw tree.Problem(path, "is encrypted");
        }

        // The upper half is st_mode where the archive was made on Unix, else zero.
        int type = (entry.ExternalAttributes >> 16) & S_IFMT;
        if (entry.FullName.EndsWith('/'))
        {
            tree.AddFolder(path);
            return;
        }

        tree.Count(path, entry.Length);
        switch (type)
        {
            case S_IFLNK when entry.Length <= MostLinkBytes:
                tree.AddLink(path, Encoding.UTF8.GetString(Unpack(entry, tree)));
                break;
            case S_IFREG or 0:
                tree.AddFile(path, new MemoryFile(Unpack(entry, tree)));
                break;
            case S_IFDIR:
                tree.AddFolder(path);
                break;
            default:
                throw tree.Problem(path, "is a device, a pipe or something else that no capture has");
        }
    }

    private static byte[] Unpack(ZipArchiveEntry entry, ArchiveTree tree)
    {
        try
        {
            // The length is a claim, but a limited one (ArchiveTree.Count).
            byte[] content = new byte[entry.Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(content);
            return stream.ReadByte() < 0 && Crc32.Of(content) == entry.Crc32
                ? content
                : throw tree.Problem(entry.FullName, "is not what it was when it was packed");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException)
        {
            throw tree.Problem(entry.FullName, "is damaged or cut off");
        }
    }

    // ZipArchive takes all entries into objects before it tells how many there are; so they are counted first.
    private static void CheckDirectory(ReadOnlySpan<byte> zip, ArchiveTree tree, ArchiveLimits limits)
    {
        const int HeaderLength = 46;
        int end = zip.LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || zip.Length - end < 22)
        {
            throw tree.Problem("it is cut off");
        }

        uint start = BinaryPrimitives.ReadUInt32LittleEndian(zip[(end + 16)..]);
        int entries = 0;
        for (long at = start; at + HeaderLength <= end && zip[(int)at..].StartsWith("PK\u0001\u0002"u8); entries++)
        {
            ReadOnlySpan<byte> header = zip.Slice((int)at, HeaderLength);
            at += HeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(header[28..])
                + BinaryPrimitives.ReadUInt16LittleEndian(header[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        }

        // Zip64 begins where this field is full; a snapshot has some hundred entries.
        if (entries > limits.Entries || BinaryPrimitives.ReadUInt16LittleEndian(zip[(end + 10)..]) == ushort.MaxValue)
        {
            throw tree.Problem("it has too many entries");
        }

        if (entries != BinaryPrimitives.ReadUInt16LittleEndian(zip[(end + 10)..]))
        {
            throw tree.Problem("its directory has not the entries that it claims");
        }
    }
}
