using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>What <c>manifest.json</c> of a snapshot says about it.</summary>
internal sealed record SnapshotManifest
{
    /// <summary>Version of the format that this code writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the module that wrote it.</summary>
    public string Module { get; init; } = "";

    /// <summary>Release of the kernel (uname -r).</summary>
    public string Kernel { get; init; } = "";

    /// <summary>When the state was read.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>When the counters were read again; null when they were not.</summary>
    public DateTimeOffset? LaterTime { get; init; }

    /// <summary>Host name; null when it was left out.</summary>
    public string? HostName { get; init; }

    /// <summary>Kinds of values that were replaced.</summary>
    public string[] Replaced { get; init; } = [];

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="KernelFormatException">It is none, or of a newer format.</exception>
    public static SnapshotManifest Parse(ReadOnlySpan<byte> bytes, string source)
    {
        try
        {
            using JsonTextReader reader = new(new StringReader(Encoding.UTF8.GetString(bytes))) { DateParseHandling = DateParseHandling.None };
            JObject manifest = JObject.Load(reader);
            int format = manifest.Value<int?>("format") ?? throw new KernelFormatException(source, "it names no format");
            return format is < 1 or > CurrentFormat
                ? throw new KernelFormatException(source, string.Create(CultureInfo.InvariantCulture, $"its format is {format}, and this version of ZeptAdmin reads up to {CurrentFormat}"))
                : new SnapshotManifest
                {
                    Module = manifest.Value<string>("module") ?? "",
                    Kernel = manifest.Value<string>("kernel") ?? "",
                    Time = ReadTime(manifest, "time") ?? DateTimeOffset.UnixEpoch,
                    LaterTime = ReadTime(manifest, "laterTime"),
                    HostName = manifest.Value<string>("hostName"),
                    Replaced = manifest["replaced"] is JArray replaced ? [.. replaced.Values<string>().OfType<string>()] : [],
                };
        }
        catch (JsonReaderException e)
        {
            throw new KernelFormatException(source, "it is not JSON", e.LineNumber);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException or ArgumentException)
        {
            throw new KernelFormatException(source, "a value in it is of the wrong kind");
        }
    }

    /// <summary>The manifest as it is written: fixed order, one value a line.</summary>
    public byte[] ToBytes()
    {
        StringBuilder text = new();
        using (JsonTextWriter writer = new(new StringWriter(text, CultureInfo.InvariantCulture) { NewLine = "\n" }) { Formatting = Formatting.Indented })
        {
            writer.WriteStartObject();
            Write(writer, "format", CurrentFormat);
            Write(writer, "module", Module);
            Write(writer, "kernel", Kernel);
            Write(writer, "time", Time.ToString("O", CultureInfo.InvariantCulture));
            if (LaterTime is DateTimeOffset later)
            {
                Write(writer, "laterTime", later.ToString("O", CultureInfo.InvariantCulture));
            }

            if (HostName is not null)
            {
                Write(writer, "hostName", HostName);
            }

            writer.WritePropertyName("replaced");
            writer.WriteStartArray();
            foreach (string kind in Replaced)
            {
                writer.WriteValue(kind);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    private static void Write(JsonTextWriter writer, string name, object value)
    {
        writer.WritePropertyName(name);
        writer.WriteValue(value);
    }

    private static DateTimeOffset? ReadTime(JObject manifest, string name) =>
        manifest.Value<string>(name) is string text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : null;
}
