using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace ZeptAdmin.Tests.Sensors;

/// <summary>Makes archives for tests, also such as no tool would make.</summary>
internal static class ArchiveMaker
{
    /// <summary>A zip; a name with <c>-></c> in it is a link, its content the target.</summary>
    public static byte[] Zip(params (string Name, string Content)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string content) in entries)
            {
                bool isLink = name.EndsWith("->", StringComparison.Ordinal);
                ZipArchiveEntry entry = zip.CreateEntry(isLink ? name[..^2] : name);
                entry.ExternalAttributes = (isLink ? 0xa1ff : 0x81a4) << 16;
                using Stream target = entry.Open();
                target.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }

    /// <summary>A tar of entries made by hand.</summary>
    public static byte[] Tar(params TarEntry[] entries)
    {
        using MemoryStream stream = new();
        using (TarWriter tar = new(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A regular file for <see cref="Tar"/>.</summary>
    public static TarEntry TarFile(string name, string content) =>
        new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    /// <summary>A link for <see cref="Tar"/>.</summary>
    public static TarEntry TarLink(string name, string target, TarEntryType type = TarEntryType.SymbolicLink) =>
        new PaxTarEntry(type, name) { LinkName = target };

    /// <summary>gzip of bytes.</summary>
    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }
}
