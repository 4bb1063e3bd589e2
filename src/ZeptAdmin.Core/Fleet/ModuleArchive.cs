using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Fleet;

/// <summary>A folder as a compressed archive, the same bytes for the same files.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Content">The archive.</param>
/// <param name="Checksum">Its SHA-256, in hexadecimal digits.</param>
public sealed record ModuleArchive(string Folder, ReadOnlyMemory<byte> Content, string Checksum)
{
    private const UnixFileMode Program = UnixFileMode.UserExecute;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Packs a folder that holds zept or the module.</summary>
    /// <exception cref="KernelException">There is no such folder, it holds neither, or it cannot be read.</exception>
    public static ModuleArchive Pack(string folder)
    {
        if (!IsProgram(folder) && !File.Exists(Path.Combine(folder, "ZeptAdmin.psd1")))
        {
            throw new KernelException(new Refusal(Errno.ENOENT, "find zept or ZeptAdmin.psd1 in", folder));
        }

        try
        {
            using MemoryStream archive = new();
            using (GZipStream compressed = new(archive, CompressionLevel.Optimal, leaveOpen: true))
            using (TarWriter tar = new(compressed, TarEntryFormat.Ustar))
            {
                foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                {
                    Add(tar, path, Path.GetRelativePath(folder, path));
                }
            }

            byte[] content = archive.ToArray();
            return new ModuleArchive(folder, content, Convert.ToHexStringLower(SHA256.HashData(content)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KernelException(new Refusal(e.ToErrno(), "read", folder));
        }
    }

    /// <summary>Folder that this process runs from: zept's, where zept is what runs; else the module's.</summary>
    public static string OfThisProcess(string moduleFolder) => IsProgram(AppContext.BaseDirectory) ? AppContext.BaseDirectory : moduleFolder;

    /// <summary>True for a folder with zept in it, false for one of the module alone.</summary>
    public static bool IsProgram(string folder) => File.Exists(Path.Combine(folder, "zept"));

    // No owners and no times: the same files are the same archive.
    private static void Add(TarWriter tar, string path, string name)
    {
        using FileStream content = File.OpenRead(path);
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = File.GetUnixFileMode(path).HasFlag(Program) ? Executable : Readable,
            ModificationTime = DateTimeOffset.UnixEpoch,
            DataStream = content,
        });
    }
}
