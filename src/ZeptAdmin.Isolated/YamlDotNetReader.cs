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
            if (!parser.Accept<DocumentStart>(out _))
            {
                return null;
            }

            version = parser.Consume<DocumentStart>().Version is { Version: { } given } ? $"{given.Major}.{given.Minor}" : null;
            YamlNode node = ReadNode(parser, source, 0);
            _ = parser.Consume<DocumentEnd>();
            return node;
        }
        catch (YamlException e)
        {
            throw new KernelFormatException(source, e.Message.TrimEnd('.'), (int)e.Start.Line);
        }
        catch (InvalidOperationException)
        {
            // The scanner gives up so on some broken texts, as a comment within a list that never ends.
            throw new KernelFormatException(source, "it is no YAML: a bracket or a quote is never closed");
        }
    }

    private static YamlNode ReadNode(Parser parser, string source, int depth)
    {
        int line = (int)parser.Current!.Start.Line;
        if (depth > Deepest)
        {
            throw new KernelFormatException(source, $"it is nested more than {Deepest} deep", line);
        }

        if (parser.Accept<Scalar>(out _))
        {
            Scalar scalar = parser.Consume<Scalar>();
            bool isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";
            return new YamlNode { Kind = YamlKind.Scalar, Value = isNull ? null : scalar.Value, Tag = scalar.Tag.IsEmpty ? null : scalar.Tag.Value, Line = line };
        }

        if (parser.Accept<SequenceStart>(out _))
        {
            _ = parser.Consume<SequenceStart>();
            List<YamlNode> items = [];
            while (!parser.Accept<SequenceEnd>(out _))
            {
                items.Add(ReadNode(parser, source, depth + 1));
            }

            _ = parser.Consume<SequenceEnd>();

            return new YamlNode { Kind = YamlKind.List, Items = [.. items], Line = line };
        }

        if (parser.Accept<MappingStart>(out _))
        {
            _ = parser.Consume<MappingStart>();
            List<YamlEntry> entries = [];
            while (!parser.Accept<MappingEnd>(out _))
            {
                int keyLine = (int)parser.Current!.Start.Line;
                if (!parser.Accept<Scalar>(out _))
                {
                    throw new KernelFormatException(source, "a key is no plain text", keyLine);
                }

                entries.Add(new YamlEntry(parser.Consume<Scalar>().Value, keyLine, ReadNode(parser, source, depth + 1)));
            }

            _ = parser.Consume<MappingEnd>();

            return new YamlNode { Kind = YamlKind.Map, Entries = [.. entries], Line = line };
        }

        throw new KernelFormatException(source, "aliases (*name) mean nothing to Suricata", line);
    }
}
