using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Plans;

/// <summary>Plans as JSON text: written so that two plans compare line by line, read so that a mistake is refused with its line.</summary>
/// <remarks>The schema is docs/nsm-plan.schema.json, which lies in the module's folder, too.</remarks>
public static class PlanJson
{
    /// <summary>Name of the schema's file, which a plan names for the sake of editors.</summary>
    public const string Schema = "nsm-plan.schema.json";

    // A plan of 256 CPUs and eight cards has less than a tenth of this.
    private const int MostCharacters = 4_000_000;
    private const int DeepestNesting = 16;

    /// <summary>The text of a plan.</summary>
    public static string Write(NsmPlan plan)
    {
        JObject json = (JObject)PlanBinder.ToJson(plan);
        json.AddFirst(new JProperty("$schema", Schema));
        StringBuilder text = new();
        using StringWriter output = new(text, CultureInfo.InvariantCulture) { NewLine = "\n" };
        using JsonTextWriter writer = new(output) { Formatting = Formatting.Indented, Indentation = 2 };
        Write(json, writer);
        writer.Flush();
        return text.Append('\n').ToString();
    }

    /// <summary>Reads a plan.</summary>
    /// <param name="source">Name of the file, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="KernelFormatException">It is no plan, or one that contradicts itself; with the line.</exception>
    public static NsmPlan Read(string source, string text)
    {
        if (text.Length > MostCharacters)
        {
            throw new KernelFormatException(source, $"it is far longer than any plan ({text.Length} characters)");
        }

        JToken json = Load(source, text);
        NsmPlan plan = (NsmPlan)new PlanBinder(source).Bind(json, typeof(NsmPlan), "the plan")!;
        return PlanRules.FirstBroken(plan) is (string path, string problem)
            ? throw new KernelFormatException(source, problem, LineOf(json.SelectToken(path) ?? json))
            : plan;
    }

    /// <summary>Line of a value in its text; 0 when it has none.</summary>
    internal static int LineOf(JToken token) => ((IJsonLineInfo)token).LineNumber;

    private static JToken Load(string source, string text)
    {
        using JsonTextReader reader = new(new StringReader(text)) { MaxDepth = DeepestNesting, DateParseHandling = DateParseHandling.None };
        try
        {
            JToken json = JToken.Load(reader, new JsonLoadSettings { DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error, LineInfoHandling = LineInfoHandling.Load, CommentHandling = CommentHandling.Ignore });
            return reader.Read() && reader.TokenType != JsonToken.Comment
                ? throw new KernelFormatException(source, "there is something behind the end of the plan", reader.LineNumber)
                : json;
        }
        catch (JsonException e)
        {
            int line = (e as JsonReaderException)?.LineNumber ?? reader.LineNumber;
            throw new KernelFormatException(source, $"it is not JSON: {FirstSentence(e.Message)}", line);
        }
    }

    // "Unexpected character encountered while parsing value: x. Path 'Rows', line 3, position 4."
    private static string FirstSentence(string message) => message.Split(". Path", 2)[0].TrimEnd('.');

    // Numbers of a list on one line: a plan of 50 workers stays readable.
    private static void Write(JToken token, JsonTextWriter writer)
    {
        switch (token)
        {
            case JObject json:
                writer.WriteStartObject();
                foreach (JProperty property in json.Properties())
                {
                    writer.WritePropertyName(property.Name);
                    Write(property.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JArray array when array.All(item => item.Type == JTokenType.Integer):
                writer.WriteRawValue($"[{string.Join(", ", array.Select(item => item.ToString(Formatting.None)))}]");
                break;
            case JArray array:
                writer.WriteStartArray();
                foreach (JToken item in array)
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            default:
                token.WriteTo(writer);
                break;
        }
    }
}
