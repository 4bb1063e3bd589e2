using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Binding;

/// <summary>Takes an RSS key as text (6D:5A:…), as bytes, as an RssKey, or out of what New-RssKey or Get-NicRss told.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RssKeyTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? given = inputData is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : inputData;
        return given switch
        {
            null or RssKey => given,
            RssKeyReport report => report.Key,
            NicRss { Key: RssKey key } => key,
            string text => Parse(text),
            IEnumerable items => Make(items),
            PSObject { Properties: { } properties } when properties["Key"]?.Value is object key => Transform(engineIntrinsics, key),
            _ => inputData,
        };
    }

    private static RssKey Parse(string text) =>
        RssKey.TryParse(text, out RssKey? key) ? key : throw new ArgumentTransformationMetadataException($"'{text}' is not an RSS key (6D:5A:…).");

    private static RssKey Make(IEnumerable items) =>
        LanguagePrimitives.TryConvertTo(items, out byte[] bytes) && bytes.Length is > 0 and <= RssKey.Longest
            ? new RssKey(bytes)
            : throw new ArgumentTransformationMetadataException($"An RSS key is 1 to {RssKey.Longest} bytes.");
}

/// <summary>Takes one RSS key or several, each as text, as bytes, as an RssKey, or out of what New-RssKey or Get-NicRss told.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RssKeysTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly RssKeyTransformationAttribute One = new();

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? given = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        object?[]? items = given is IEnumerable and not string ? [.. ((IEnumerable)given).Cast<object?>()] : null;

        // Numbers are the bytes of one key.
        return items is null || (items.Length > 0 && Array.TrueForAll(items, item => (item is PSObject each ? each.BaseObject : item) is byte or int))
            ? new[] { One.Transform(engineIntrinsics, inputData) }
            : Array.ConvertAll(items, item => item is null ? null : One.Transform(engineIntrinsics, item));
    }
}

/// <summary>Takes hash fields as ethtool's letters (sd, sdfn) or by their names.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RssFieldsTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object given = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return given is string { Length: > 0 } letters && RssFieldsText.TryParse(letters, out RssFields? fields)
            ? fields
            : LanguagePrimitives.ConvertTo(given, typeof(RssFields), CultureInfo.InvariantCulture);
    }
}
