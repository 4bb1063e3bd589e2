using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>What a part of a YAML file is.</summary>
internal enum YamlKind
{
    /// <summary>A value.</summary>
    Scalar = 0,

    /// <summary>Keys with values.</summary>
    Map = 1,

    /// <summary>Items in order.</summary>
    List = 2,
}

/// <summary>A part of a YAML file, with its line. Keys stay in their order, one that is there twice is there twice.</summary>
internal sealed record YamlNode
{
    /// <summary>What it is.</summary>
    public YamlKind Kind { get; init; }

    /// <summary>Value of a scalar, as text; null for one that is empty, <c>~</c> or <c>null</c>.</summary>
    public string? Value { get; init; }

    /// <summary>Tag that stands before it (<c>!include</c>); null without.</summary>
    public string? Tag { get; init; }

    /// <summary>Line, from 1.</summary>
    public int Line { get; init; }

    /// <summary>Keys of a map.</summary>
    public YamlEntry[] Entries { get; init; } = [];

    /// <summary>Items of a list.</summary>
    public YamlNode[] Items { get; init; } = [];
}

/// <summary>A key and what it has.</summary>
/// <param name="Key">The key.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Node">Its value.</param>
internal sealed record YamlEntry(string Key, int Line, YamlNode Node);

/// <summary>Reads YAML; implemented in ZeptAdmin.Isolated on YamlDotNet.</summary>
internal interface IYamlReader
{
    /// <summary>The first document of a text; null when it is empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Where it is from, for the message.</param>
    /// <param name="version">What its %YAML line says, <c>1.1</c>; null without one.</param>
    /// <exception cref="KernelFormatException">It is no YAML; with the line.</exception>
    YamlNode? Read(string text, string source, out string? version);
}

/// <summary>Loads <see cref="IYamlReader"/> when the first such file is read.</summary>
internal static class Yaml
{
    private static readonly Lazy<IYamlReader> Loaded = new(() => IsolatedLibraries.Create<IYamlReader>("YamlDotNetReader"));

    /// <summary>The first document of a text; null when it is empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Where it is from, for the message.</param>
    /// <param name="version">What its %YAML line says, <c>1.1</c>; null without one.</param>
    /// <exception cref="KernelFormatException">It is no YAML, or the folder <c>dependencies</c> is not beside ZeptAdmin.Core.dll.</exception>
    public static YamlNode? Read(string text, string source, out string? version)
    {
        IYamlReader reader;
        try
        {
            reader = Loaded.Value;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException)
        {
            throw new KernelFormatException(source, $"to read YAML takes dependencies/{IsolatedLibraries.Bridge}.dll of the module, which cannot be loaded; reinstall ZeptAdmin");
        }

        return reader.Read(text, source, out version);
    }
}
