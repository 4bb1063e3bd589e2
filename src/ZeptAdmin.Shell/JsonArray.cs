using System.Management.Automation;
using Newtonsoft.Json;

namespace ZeptAdmin.Shell;

/// <summary>One JSON array, written as results come; always an array, also for one result or none, and closed also after an error.</summary>
internal sealed class JsonArray : IDisposable
{
    private readonly JsonTextWriter _writer;

    /// <summary>Begins the array.</summary>
    public JsonArray(TextWriter output)
    {
        _writer = new JsonTextWriter(output) { Formatting = Formatting.Indented, CloseOutput = false, DateFormatHandling = DateFormatHandling.IsoDateFormat };
        _writer.WriteStartArray();
    }

    /// <summary>Adds a result.</summary>
    public void Add(PSObject? result)
    {
        JsonValue.Write(_writer, result, depth: 0);
        _writer.Flush();
    }

    /// <summary>Ends the array.</summary>
    public void Dispose()
    {
        _writer.WriteEndArray();
        _writer.WriteRaw("\n");
        ((IDisposable)_writer).Dispose();
    }
}
