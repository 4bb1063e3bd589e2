using System.Text;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Changes;

/// <summary>A setting that is a file of /proc or /sys: its value is the text in it.</summary>
public abstract class FileSetting : Setting
{
    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        string path = PathOf(target);
        FileAnswer answer = sensor.Files.Read(path);
        return answer.IsKnown
            ? new JValue(Encoding.UTF8.GetString(answer.Bytes.Span).TrimEnd('\n', '\0', ' '))
            : new Refusal(answer.Errno, $"read the {Noun}", path);
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        string path = PathOf(target);
        Errno errno = sensor.Files.Write(path, Encoding.UTF8.GetBytes($"{value}\n"));
        return errno == Errno.None ? null : new Refusal(errno, $"write the {Noun}", path) { Capability = "root", Detail = Explain(errno) };
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) => $"Set the {Noun} of '{target}' from '{before}' to '{after}'";

    /// <summary>What the file holds, in words.</summary>
    protected abstract string Noun { get; }

    /// <summary>Where the file of a target is.</summary>
    protected abstract string PathOf(string target);

    /// <summary>What an error number means for this file; null when the number says it all.</summary>
    protected virtual string? Explain(Errno errno) => null;
}
