using System.Buffers.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>Values of small sysfs files, without a string for each.</summary>
internal static class SysfsValues
{
    /// <summary>A mask, or in its absence the list beside it; null when neither can be read.</summary>
    /// <remarks>The mask first: kernels before 2.6.26 have no lists.</remarks>
    public static CpuMask? ReadMask(this FileTree files, string path)
    {
        FileAnswer answer = files.Read(path);
        return answer.IsKnown ? CpuMask.ParseMask(answer.Bytes.Span) : null;
    }

    /// <summary>A CPU list as a mask; null when it cannot be read.</summary>
    public static CpuMask? ReadListAsMask(this FileTree files, string path) => files.ReadCpuList(path) is CpuList list ? CpuMask.Of(list) : null;

    /// <summary>A whole number; null when the file is absent or something else.</summary>
    public static int? ReadNumber(this FileTree files, string path)
    {
        FileAnswer answer = files.Read(path);
        return answer.IsKnown && Utf8Parser.TryParse(answer.Bytes.Span, out int number, out int consumed) && answer.Bytes.Span[consumed..].Trim("\n\r\t \0"u8).IsEmpty
            ? number
            : null;
    }

    /// <summary>A whole number that is not negative; null for anything else (-1 is how the kernel says that it does not know).</summary>
    public static int? ReadId(this FileTree files, string path) => files.ReadNumber(path) is int number and >= 0 ? number : null;

    /// <summary>A size with a unit (<c>32K</c>) in bytes; null when the file is absent or something else.</summary>
    public static long? ReadSize(this FileTree files, string path)
    {
        FileAnswer answer = files.Read(path);
        if (!answer.IsKnown || !Utf8Parser.TryParse(answer.Bytes.Span, out long number, out int consumed) || number is < 0 or > 1L << 40)
        {
            return null;
        }

        ReadOnlySpan<byte> unit = answer.Bytes.Span[consumed..].Trim("\n\r\t \0"u8);
        return unit switch
        {
            [] => number,
            [(byte)'K'] => number << 10,
            [(byte)'M'] => number << 20,
            [(byte)'G'] => number << 30,
            _ => null,
        };
    }
}
