using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Binding;

/// <summary>Makes the module's records again of what a remoting session or Import-Clixml left of them.</summary>
/// <remarks>
/// Named in ZeptAdmin.types.ps1xml. PowerShell's own rehydration fails on arrays and turns an enum silently into 0,
/// since a deserialized enum is a property bag around its number.
/// </remarks>
public sealed class RecordConverter : PSTypeConverter
{
    private const string Prefix = "Deserialized.";

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Writable = new();

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => IsDeserialized(sourceValue, destinationType);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        IsDeserialized(sourceValue, destinationType)
            ? Restore(PSObject.AsPSObject(sourceValue), destinationType)
            : throw new PSInvalidCastException($"This is not what a session left of a {destinationType.Name}.");

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSInvalidCastException("Records convert from deserialized objects only.");

    private static bool IsDeserialized(object? value, Type type) =>
        value is not null && PSObject.AsPSObject(value).TypeNames.Contains(Prefix + type.FullName);

    private static object Restore(PSObject source, Type type)
    {
        object record = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in Writable.GetOrAdd(type, FindWritable))
        {
            if (source.Properties[property.Name] is PSPropertyInfo saved)
            {
                property.SetValue(record, RestoreValue(saved.Value, property.PropertyType));
            }
        }

        return record;
    }

    private static PropertyInfo[] FindWritable(Type type) =>
        [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetSetMethod(nonPublic: true) is not null)];

    private static object? RestoreValue(object? value, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null)
        {
            return null;
        }

        if (type == typeof(CpuList))
        {
            return CpuList.Parse(PSObject.AsPSObject(value).BaseObject.ToString() ?? "");
        }

        if (type == typeof(RssKey))
        {
            return RssKey.Parse(PSObject.AsPSObject(value).BaseObject.ToString() ?? "");
        }

        if (type.IsEnum)
        {
            object bare = PSObject.AsPSObject(value).BaseObject;
            return bare is string name ? Enum.Parse(type, name) : Enum.ToObject(type, bare);
        }

        if (type.IsArray && LanguagePrimitives.GetEnumerable(value) is System.Collections.IEnumerable items)
        {
            Type elementType = type.GetElementType()!;
            object?[] restored = [.. items.Cast<object?>().Select(item => RestoreValue(item, elementType))];
            Array array = Array.CreateInstance(elementType, restored.Length);
            restored.CopyTo(array, 0);
            return array;
        }

        return IsDeserialized(value, type)
            ? Restore(PSObject.AsPSObject(value), type)
            : LanguagePrimitives.ConvertTo(value, type, CultureInfo.InvariantCulture);
    }
}
