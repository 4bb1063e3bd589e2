using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Decompression that neither .NET nor PowerShell brings; implemented in ZeptAdmin.Isolated on SharpCompress.</summary>
internal interface IStreamDecoder
{
    /// <summary>The content of a bzip2 stream.</summary>
    Stream DecodeBzip2(Stream compressed);

    /// <summary>The content of a Zstandard stream.</summary>
    Stream DecodeZstandard(Stream compressed);

    /// <summary>The content of an xz stream.</summary>
    Stream DecodeXz(Stream compressed);
}

/// <summary>Loads <see cref="IStreamDecoder"/> when the first such archive is opened.</summary>
internal static class IsolatedDecoder
{
    private static readonly Lazy<IStreamDecoder> Loaded = new(() => IsolatedLibraries.Create<IStreamDecoder>("SharpCompressDecoder"));

    /// <summary>The decoder.</summary>
    /// <param name="archive">Archive that needs it, for the message.</param>
    /// <exception cref="KernelFormatException">The folder <c>dependencies</c> is not beside ZeptAdmin.Core.dll.</exception>
    public static IStreamDecoder For(string archive)
    {
        try
        {
            return Loaded.Value;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException)
        {
            throw new KernelFormatException(archive, $"its compression needs dependencies/{IsolatedLibraries.Bridge}.dll of the module, which cannot be loaded; reinstall ZeptAdmin, or unpack the archive");
        }
    }
}
