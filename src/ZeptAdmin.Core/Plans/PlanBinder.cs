using System.Reflection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Plans;

/// <summary>Turns the records of a plan into JSON and back; takes nothing that is missing, unknown or of another type.</summary>
internal sealed class PlanBinder(string source)
{
    private const string SchemaName = "$schema";

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The JSON of a value.</summary>
    public static JToken ToJson(object? value) => value switch
    {
        null => JValue.CreateNull(),
        Enum or CpuList => new JValue(value.ToString()),
        string or int or double or long or bool => new JValue(value),
        Array items => new JArray(items.Cast<object?>().Select(ToJson)),
        _ => new JObject(Properties(value.GetType()).Select(property => new JProperty(property.Name, ToJson(property.GetValue(value))))),
    };

    /// <summary>Properties of a record that a plan keeps, in their order.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetSetMethod(nonPublic: true) is not null);

    /// <summary>True when a property may be null.</summary>
    public static bool MayBeNull(PropertyInfo property)
    {
        lock (Nullability)
        {
            return Nullability.Create(property).ReadState == NullabilityState.Nullable;
        }
    }

    /// <summary>The value of a token.</summary>
    /// <exception cref="KernelFormatException">It is none of that type.</exception>
    public object? Bind(JToken token, Type type, string name) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        _ when token.Type == JTokenType.Null && Nullable.GetUnderlyingType(type) is not null => null,
        _ when type.IsEnum => token.Type == JTokenType.String && Enum.GetNames(type).Contains((string)token!)
            ? Enum.Parse(type, (string)token!)
            : throw Wrong(token, name, $"one of {string.Join(", ", Enum.GetNames(type))}"),
        TypeCode.String => token.Type == JTokenType.String ? (string)token! : throw Wrong(token, name, "a text"),
        TypeCode.Int32 => token.Type == JTokenType.Integer && ((JValue)token).Value is long and >= int.MinValue and <= int.MaxValue and long number ? (int)number : throw Wrong(token, name, "a whole number"),
        TypeCode.Double => token.Type is JTokenType.Integer or JTokenType.Float ? (double)token : throw Wrong(token, name, "a number"),
        _ when type == typeof(CpuList) => token.Type == JTokenType.String && CpuList.TryParse((string)token!, out CpuList? cpus) ? cpus : throw Wrong(token, name, "a list of CPUs such as \"0-3,8\""),
        _ when type.IsArray => BindArray(token, type.GetElementType()!, name),
        _ => BindRecord(token, type, name),
    };

    private Array BindArray(JToken token, Type type, string name)
    {
        if (token is not JArray items)
        {
            throw Wrong(token, name, "a list");
        }

        Array array = Array.CreateInstance(type, items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            array.SetValue(Bind(items[i], type, $"{name}[{i}]"), i);
        }

        return array;
    }

    private object BindRecord(JToken token, Type type, string name)
    {
        if (token is not JObject json)
        {
            throw Wrong(token, name, "an object");
        }

        PropertyInfo[] properties = [.. Properties(type)];
        JProperty? unknown = json.Properties().FirstOrDefault(property => !Array.Exists(properties, known => known.Name == property.Name) && !(type == typeof(NsmPlan) && property.Name == SchemaName));
        if (unknown is not null)
        {
            throw new KernelFormatException(source, $"{name} has no '{unknown.Name}'; it has {string.Join(", ", properties.Select(property => property.Name))}", PlanJson.LineOf(unknown));
        }

        object record = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in properties)
        {
            JToken value = json[property.Name] ?? throw new KernelFormatException(source, $"{name} lacks '{property.Name}'", PlanJson.LineOf(json));
            bool isNull = value.Type == JTokenType.Null && MayBeNull(property);
            property.SetValue(record, isNull ? null : Bind(value, property.PropertyType, property.Name));
        }

        return record;
    }

    private KernelFormatException Wrong(JToken token, string name, string wanted)
    {
        string text = token.ToString(Formatting.None);
        return new(source, $"'{name}' is {wanted}, not {(text.Length > 40 ? text[..40] + "…" : text)}", PlanJson.LineOf(token));
    }
}
