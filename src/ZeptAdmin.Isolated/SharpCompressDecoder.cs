using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;
using SharpCompress.Compressors.ZStandard;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Isolated;

/// <summary>bzip2, xz and Zstandard by SharpCompress; the only code that sees that library.</summary>
internal sealed class SharpCompressDecoder : IStreamDecoder
{
    /// <inheritdoc/>
    public Stream DecodeBzip2(Stream compressed) =>
        BZip2Stream.Create(compressed, CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true);

    /// <inheritdoc/>
    public Stream DecodeXz(Stream compressed) => new XZStream(compressed);

    /// <inheritdoc/>
    public Stream DecodeZstandard(Stream compressed) => new DecompressionStream(compressed, leaveOpen: false);
}
