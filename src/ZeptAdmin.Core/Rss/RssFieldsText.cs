using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ZeptAdmin.Rss;

/// <summary>Hash fields as text: the letters of <c>ethtool -N … rx-flow-hash</c>.</summary>
public static class RssFieldsText
{
    private static readonly (RssFields Field, char Letter)[] LetterOf =
    [
        (RssFields.DestinationMac, 'm'), (RssFields.Vlan, 'v'), (RssFields.Protocol, 't'), (RssFields.SourceAddress, 's'),
        (RssFields.DestinationAddress, 'd'), (RssFields.SourcePort, 'f'), (RssFields.DestinationPort, 'n'), (RssFields.GtpTunnel, 'e'),
        (RssFields.FlowLabel, 'l'), (RssFields.Discard, 'r'),
    ];

    /// <summary>The letters of the fields that have one: <c>sdfn</c>; empty for none.</summary>
    public static string Letters(RssFields fields) => string.Concat(LetterOf.Where(pair => fields.HasFlag(pair.Field)).Select(pair => pair.Letter));

    /// <summary>The fields as text that loses nothing: letters, or the number where a bit has no letter.</summary>
    internal static string Of(RssFields fields)
    {
        string letters = Letters(fields);
        return Parse(letters) == fields ? letters : string.Create(CultureInfo.InvariantCulture, $"0x{(uint)fields:x}");
    }

    /// <summary>Reads what <see cref="Of"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    internal static RssFields Parse(string text) =>
        TryParse(text, out RssFields? fields)
            ? fields.Value
            : (RssFields)uint.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Reads letters; false when one of them names no field.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RssFields? fields)
    {
        RssFields sum = RssFields.None;
        fields = null;
        foreach (char letter in text)
        {
            int index = Array.FindIndex(LetterOf, pair => pair.Letter == letter);
            if (index < 0)
            {
                return false;
            }

            sum |= LetterOf[index].Field;
        }

        fields = sum;
        return true;
    }
}
