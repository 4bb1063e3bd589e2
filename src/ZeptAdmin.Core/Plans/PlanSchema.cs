using System.Reflection;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Plans;

/// <summary>The JSON schema of plans, made of the records, so that the two cannot part.</summary>
public static class PlanSchema
{
    /// <summary>The text of the schema (JSON Schema 2020-12).</summary>
    public static string Write()
    {
        JObject schema = OfRecord(typeof(NsmPlan));
        ((JObject)schema["properties"]!).AddFirst(new JProperty("$schema", new JObject { ["type"] = "string" }));
        schema["properties"]!["Format"]!["const"] = NsmPlan.CurrentFormat;
        schema.AddFirst(new JProperty("title", "A plan of ZeptAdmin (Export-NsmPlan)"));
        schema.AddFirst(new JProperty("$schema", "https://json-schema.org/draft/2020-12/schema"));
        return schema.ToString().ReplaceLineEndings("\n") + "\n";
    }

    private static JObject OfRecord(Type type)
    {
        PropertyInfo[] properties = [.. PlanBinder.Properties(type)];
        return new JObject
        {
            ["type"] = "object",
            ["properties"] = new JObject(properties.Select(property => new JProperty(property.Name, OfProperty(property)))),
            ["required"] = new JArray(properties.Select(property => property.Name)),
            ["additionalProperties"] = false,
        };
    }

    private static JObject OfProperty(PropertyInfo property)
    {
        JObject schema = OfType(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        if (PlanBinder.MayBeNull(property))
        {
            schema["type"] = new JArray(schema["type"]!, "null");
        }

        return schema;
    }

    private static JObject OfType(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => new JObject { ["type"] = "string", ["enum"] = new JArray(Enum.GetNames(type)) },
        TypeCode.String => new JObject { ["type"] = "string" },
        TypeCode.Int32 => new JObject { ["type"] = "integer" },
        TypeCode.Double => new JObject { ["type"] = "number" },
        _ when type == typeof(CpuList) => new JObject { ["type"] = "string", ["pattern"] = "^([0-9]+(-[0-9]+(:[0-9]+/[0-9]+)?)?(,|$))*$" },
        _ when type.IsArray => new JObject { ["type"] = "array", ["items"] = OfType(type.GetElementType()!) },
        _ => OfRecord(type),
    };
}
