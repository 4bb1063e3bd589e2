using System.Text;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Changes;

/// <summary>A setting that is a file of text on a disk. Its target is the path, its value the whole text, so that undoing brings back every byte.</summary>
public abstract class TextFileSetting : Setting
{
    /// <summary>Name of the text in the value; a file that is not there has none.</summary>
    private protected const string Text = "Text";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <inheritdoc/>
    public override bool IsLostAtReboot => false;

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        FileAnswer answer = sensor.Files.Read(target);
        if (answer.Errno == Errno.ENOENT)
        {
            return new JObject();
        }

        try
        {
            return answer.IsKnown
                ? new JObject { [Text] = Strict.GetString(answer.Bytes.Span) }
                : new Refusal(answer.Errno, $"read {Noun}", target);
        }
        catch (DecoderFallbackException)
        {
            return new Refusal(Errno.EINVAL, $"read {Noun}", target) { Detail = "It is no text in UTF-8; it is not edited." };
        }
    }

    /// <inheritdoc/>
    /// <remarks>Written aside, brought to the disk, renamed: whoever reads sees the old text or the new one, whole.</remarks>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Errno errno = (string?)value[Text] is string text ? sensor.Files.Replace(target, Strict.GetBytes(text)) : sensor.Files.Remove(target);
        return errno == Errno.None ? null : new Refusal(errno, $"write {Noun}", target) { Capability = "root" };
    }

    /// <summary>What the file holds, in words.</summary>
    protected abstract string Noun { get; }

    /// <summary>The change that edits the text of a file; one that is not there has the empty text, and stays away when that is not edited.</summary>
    /// <exception cref="KernelFormatException">The file is in a form that is not understood.</exception>
    private protected Answer<PlannedChange> Plan(Sensor sensor, string path, Func<string, string> edit) =>
        Read(sensor, path).Select(before =>
        {
            string text = (string?)before[Text] ?? "";
            string edited = edit(text);
            return new PlannedChange(this, path, before, edited == text ? before : new JObject { [Text] = edited });
        });
}
