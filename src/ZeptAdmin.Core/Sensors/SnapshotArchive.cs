using System.IO.Compression;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Reads an archive into a tree in memory; its first bytes tell what it is, not its name.</summary>
internal static class SnapshotArchive
{
    // Enough for the magic number of a tar, which stands at 257, behind a first header of 512 bytes.
    private const int HeadLength = 512;

    /// <summary>Reads an archive.</summary>
    /// <exception cref="KernelFormatException">It is none, it is damaged, or it is hostile; the message says which and where.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static MemoryFolder Read(string path, ArchiveLimits limits, CancellationToken stop)
    {
        ArchiveTree tree = new(path, limits, new MemoryFolder());
        try
        {
            // Only the type is asked first: opening a pipe or a device could hang.
            Errno type = RegularFile.CheckType(path);
            if (type != Errno.None)
            {
                throw tree.Problem(type == Errno.EINVAL ? "it is neither a file nor a folder" : type.InWords());
            }

            MemoryFolder root = Read(path, tree, limits, stop);

            // What it is shows only when all names were seen, since the manifest stands between the files.
            return tree.HasPassedOver && root.Child(SnapshotFormat.Manifest) is not null
                ? Read(path, new ArchiveTree(path, limits, new MemoryFolder(), isSnapshot: true), limits, stop)
                : root;
        }
        catch (UnauthorizedAccessException)
        {
            throw tree.Problem("permission denied (EACCES)");
        }
        catch (InvalidDataException e)
        {
            throw tree.Problem($"it is damaged or hostile: {e.Message.TrimEnd('.')}");
        }
        catch (Exception e) when (e is not (KernelFormatException or OperationCanceledException))
        {
            // The decoders throw whatever their state machines run into on damaged input: index, null, argument, overflow.
            throw tree.Problem($"it is damaged or cut off ({e.GetType().Name})");
        }
    }

    private static MemoryFolder Read(string path, ArchiveTree tree, ArchiveLimits limits, CancellationToken stop)
    {
        using FileStream file = File.OpenRead(path);
        byte[] head = new byte[HeadLength];
        int length = file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false);
        file.Position = 0;
        Read(file, head.AsSpan(0, length), tree, limits, stop);
        return tree.Finish();
    }

    private static void Read(FileStream file, ReadOnlySpan<byte> head, ArchiveTree tree, ArchiveLimits limits, CancellationToken stop)
    {
        if (head.IsEmpty)
        {
            throw tree.Problem("it is empty");
        }

        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8))
        {
            ZipSnapshot.Read(file, tree, limits, stop);
            return;
        }

        Stream content;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            content = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        }
        else if (head.StartsWith("BZh"u8))
        {
            content = IsolatedDecoder.For(file.Name).DecodeBzip2(file);
        }
        else if (head.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]))
        {
            content = IsolatedDecoder.For(file.Name).DecodeXz(file);
        }
        else if (TarSnapshot.LooksLikeOne(head))
        {
            content = file;
        }
        else
        {
            throw tree.Problem("it is no zip, no tar (plain, gzip, bzip2, xz) and no folder");
        }

        using MeteredStream metered = new(content, () => file.Position, limits, stop);
        TarSnapshot.Read(metered, tree, limits, stop);
    }
}
