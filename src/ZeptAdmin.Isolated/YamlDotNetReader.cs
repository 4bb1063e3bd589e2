using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Isolated;

/// <summary>YAML by YamlDotNet; the only code that sees that library.</summary>
/// <remarks>Values stay the text that stands in the file: what <c>yes</c> or <c>010</c> means, the program decides whose file it is.</remarks>
internal sealed class YamlDotNetReader : IYamlReader
{
    // Suricata's own limit is 128 (RECURSION_LIMIT of conf-yaml-loader.c).
    private const int Deepest = 128;

    /// <inheritdoc/>
    public YamlNode? Read(string text, string source, out string? version)
    {
        version = null;
        try
        {
            Parser parser = new(new StringReader(text));
            _ = parser.Consume<StreamStart>();
            if (!parser.TryConsume(out DocumentStart? start))
            {
                return null;
            }

            version = start.Version is VersionDirective directive ? $"{directive.Version.Major}.{directive.Version.Minor}" : null;
            YamlNode node = ReadNode(parser, source, 0);
            _ = parser.Consume<DocumentEnd>();
            return node;
        }
        catch (YamlException e)
        {
            throw new KernelFormatException(source, e.Message.TrimEnd('.'), (int)e.Start.Line);
        }
    }

    private static YamlNode ReadNode(Parser parser, string source, int depth)
    {
        int line = (int)parser.Current!.Start.Line;
        if (depth > Deepest)
        {
            throw new KernelFormatException(source, $"it is nested more than {Deepest} deep", line);
        }

        if (parser.TryConsume(out Scalar? scalar))
        {
            bool isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";
            return new YamlNode { Kind = YamlKind.Scalar, Value = isNull ? null : scalar.Value, Tag = scalar.Tag.IsEmpty ? null : scalar.Tag.Value, Line = line };
        }

        if (parser.TryConsume(out SequenceStart? _))
        {
            List<YamlNode> items = [];
            while (!parser.TryConsume(out SequenceEnd? _))
            {
                items.Add(ReadNode(parser, source, depth + 1));
            }

            return new YamlNode { Kind = YamlKind.List, Items = [.. items], Line = line };
        }

        if (parser.TryConsume(out MappingStart? _))
        {
            List<YamlEntry> entries = [];
            while (!parser.TryConsume(out MappingEnd? _))
            {
                int keyLine = (int)parser.Current!.Start.Line;
                if (!parser.TryConsume(out Scalar? key))
                {
                    throw new KernelFormatException(source, "a key is no plain text", keyLine);
                }

                entries.Add(new YamlEntry(key.Value, keyLine, ReadNode(parser, source, depth + 1)));
            }

            return new YamlNode { Kind = YamlKind.Map, Entries = [.. entries], Line = line };
        }

        throw new KernelFormatException(source, "aliases (*name) mean nothing to Suricata", line);
    }
}
