using System.Globalization;

namespace ZeptAdmin.Rss;

/// <summary>A hash key of receive-side scaling, written as ethtool writes it: <c>6D:5A:6D:5A</c>.</summary>
/// <remarks>Immutable. It crosses a remoting session as its text and comes back from it.</remarks>
public sealed class RssKey : IEquatable<RssKey>
{
    /// <summary>Longest key that is read, in bytes; the longest of a card is 52.</summary>
    public const int Longest = 1024;

    private readonly byte[] _bytes;

    /// <summary>Makes a key of its bytes.</summary>
    /// <exception cref="ArgumentException">There is no byte, or there are more than <see cref="Longest"/>.</exception>
    public RssKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > Longest)
        {
            throw new ArgumentException($"A key has 1 to {Longest} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _bytes = bytes.ToArray();
    }

    /// <summary>Makes a key of text (<c>6D:5A:…</c>), as PowerShell does for a parameter.</summary>
    /// <exception cref="FormatException">The text is no key.</exception>
    public RssKey(string text) => _bytes = Parse(text)._bytes;

    /// <summary>Length in bytes: the key size of the card.</summary>
    public int Length => _bytes.Length;

    /// <summary>
    /// True when the key is one pattern of 16 bits over and over (6D:5A of the talk): then a Toeplitz hash over whole 16-bit fields does not
    /// change when source and destination trade places.
    /// </summary>
    /// <remarks>field.md H4, H5. The cost is entropy: such a hash has 16 bits of it.</remarks>
    public bool IsSymmetric
    {
        get
        {
            for (int i = 2; i < _bytes.Length; i++)
            {
                if (_bytes[i] != _bytes[i - 2])
                {
                    return false;
                }
            }

            return _bytes.Length >= 4;
        }
    }

    /// <summary>The bytes.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>The bytes, without a copy.</summary>
    public ReadOnlySpan<byte> AsSpan() => _bytes;

    /// <summary>Reads <c>6D:5A:…</c>, upper or lower case.</summary>
    /// <exception cref="FormatException">The text is no key.</exception>
    public static RssKey Parse(string text) => TryParse(text, out RssKey? key) ? key : throw new FormatException($"'{text}' is not an RSS key (6D:5A:…).");

    /// <summary>Reads <c>6D:5A:…</c>, upper or lower case; false when the text is no key.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RssKey? key)
    {
        key = null;
        string trimmed = text?.Trim() ?? "";
        if (trimmed.Length % 3 != 2 || trimmed.Length > Longest * 3)
        {
            return false;
        }

        byte[] bytes = new byte[(trimmed.Length + 1) / 3];
        for (int i = 0; i < bytes.Length; i++)
        {
            if ((i > 0 && trimmed[(i * 3) - 1] != ':')
                || !byte.TryParse(trimmed.AsSpan(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }
        }

        key = new RssKey(bytes);
        return true;
    }

    /// <summary>The key as ethtool takes it, in upper case: <c>6D:5A:…</c>.</summary>
    public override string ToString() => Convert.ToHexString(_bytes).Chunk(2).Aggregate(
        new System.Text.StringBuilder(_bytes.Length * 3),
        static (text, pair) => (text.Length == 0 ? text : text.Append(':')).Append(pair),
        static text => text.ToString());

    /// <inheritdoc/>
    public bool Equals(RssKey? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RssKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }
}
