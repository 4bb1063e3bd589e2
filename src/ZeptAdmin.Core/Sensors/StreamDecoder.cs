using System.Reflection;
using System.Runtime.Loader;
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
/// <remarks>
/// The library lives in a load context of its own, so that another version of it, which some other module brought into the session,
/// does no harm and meets none. Core itself stays the one that is loaded already.
/// </remarks>
internal sealed class IsolatedDecoder : AssemblyLoadContext
{
    private const string Bridge = "ZeptAdmin.Isolated";

    private static readonly Lazy<IStreamDecoder> Loaded = new(Load);

    private readonly string _folder;

    private IsolatedDecoder(string folder)
        : base(Bridge) => _folder = folder;

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
            throw new KernelFormatException(archive, $"its compression needs dependencies/{Bridge}.dll of the module, which cannot be loaded; reinstall ZeptAdmin, or unpack the archive");
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        Assembly core = typeof(IStreamDecoder).Assembly;
        if (assemblyName.Name == core.GetName().Name)
        {
            return core;
        }

        string file = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }

    private static IStreamDecoder Load()
    {
        string folder = Path.Combine(Path.GetDirectoryName(typeof(IStreamDecoder).Assembly.Location) ?? "", "dependencies");
        Assembly bridge = new IsolatedDecoder(folder).LoadFromAssemblyPath(Path.Combine(folder, Bridge + ".dll"));
        return (IStreamDecoder)Activator.CreateInstance(bridge.GetType(Bridge + ".SharpCompressDecoder", throwOnError: true)!)!;
    }
}
