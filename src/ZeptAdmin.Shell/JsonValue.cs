using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using Newtonsoft.Json;

namespace ZeptAdmin.Shell;

/// <summary>Writes an object of the engine as JSON: properties by their names, enums by theirs, what crosses a session as text as text.</summary>
internal static class JsonValue
{
    /// <summary>Records nest less than this; objects of .NET end earlier, since they lead everywhere.</summary>
    private const int DeepestRecord = 12;
    private const int DeepestOther = 2;

    /// <summary>What Invoke-Command adds for its own use.</summary>
    private static readonly string[] NotData = ["RunspaceId", "PSShowComputerName", "PSSourceJobInstanceId"];

    /// <summary>Writes one value.</summary>
    public static void Write(JsonWriter writer, object? value, int depth)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is null || WriteSimple(writer, bare))
        {
            if (bare is null)
            {
                writer.WriteNull();
            }

            return;
        }

        PSObject all = PSObject.AsPSObject(value!);
        bool isData = bare is PSCustomObject || all.TypeNames[0].StartsWith("Deserialized.", StringComparison.Ordinal)
            || bare.GetType().Assembly.GetName().Name!.StartsWith("ZeptAdmin", StringComparison.Ordinal);
        if (depth >= DeepestRecord || CrossesSessionsAsText(all) || (!isData && bare is Delegate or ScriptBlock or Type))
        {
            writer.WriteValue(bare.ToString());
        }
        else if (bare is IDictionary table)
        {
            WriteTable(writer, table, depth);
        }
        else if (bare is IEnumerable items)
        {
            WriteItems(writer, items, depth);
        }
        else if (!isData && depth >= DeepestOther)
        {
            writer.WriteValue(all.ToString());
        }
        else
        {
            WriteProperties(writer, all, depth);
        }
    }

    private static bool WriteSimple(JsonWriter writer, object value)
    {
        switch (value)
        {
            case double number when !double.IsFinite(number):
            case float single when !float.IsFinite(single):
                writer.WriteNull();
                return true;
            case Enum or Version or Uri or Guid or System.Net.IPAddress or System.Net.NetworkInformation.PhysicalAddress:
                writer.WriteValue(value.ToString());
                return true;
            case BigInteger or Int128 or UInt128:
                writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                return true;
            case byte[] bytes:
                writer.WriteValue(Convert.ToHexStringLower(bytes));
                return true;
            case TimeSpan time:
                writer.WriteValue(time.ToString("c", CultureInfo.InvariantCulture));
                return true;
            case SwitchParameter given:
                writer.WriteValue(given.IsPresent);
                return true;
            case string or char or bool or DateTime or DateTimeOffset or decimal:
            case IConvertible when value.GetType().IsPrimitive:
                writer.WriteValue(value);
                return true;
            default:
                return false;
        }
    }

    private static void WriteTable(JsonWriter writer, IDictionary table, int depth)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in table)
        {
            writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!);
            Write(writer, entry.Value, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static void WriteItems(JsonWriter writer, IEnumerable items, int depth)
    {
        writer.WriteStartArray();
        foreach (object? item in items)
        {
            Write(writer, item, depth + 1);
        }

        writer.WriteEndArray();
    }

    private static void WriteProperties(JsonWriter writer, PSObject value, int depth)
    {
        writer.WriteStartObject();
        foreach (PSPropertyInfo property in value.Properties)
        {
            if (!property.IsGettable || NotData.Contains(property.Name))
            {
                continue;
            }

            writer.WritePropertyName(property.Name);
            Write(writer, ValueOf(property), depth + 1);
        }

        writer.WriteEndObject();
    }

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // As remoting does: a property that cannot be read says nothing.
            return null;
        }
    }

    /// <summary>The types file says so with SerializationMethod String: CPU lists, for one.</summary>
    private static bool CrossesSessionsAsText(PSObject value) =>
        value.Members["PSStandardMembers"] is PSMemberSet standard && standard.Members["SerializationMethod"]?.Value?.ToString() == "String";
}
