using System.Text;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>A whole file that keeps a plan in force: the plan, a unit, a rule, a hook. Its value is <c>{ Text, Mode }</c>; Text is null where there is none.</summary>
public sealed class PlanFileSetting : Setting
{
    private const string Text = nameof(Text);
    private const string Mode = nameof(Mode);

    /// <inheritdoc/>
    public override string Kind => "PlanFile";

    /// <inheritdoc/>
    public override bool IsLostAtReboot => false;

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        FileAnswer answer = sensor.Files.Read(target);
        return answer.Errno switch
        {
            Errno.None => Value(Encoding.UTF8.GetString(answer.Bytes.Span), sensor.Files.Mode(target) ?? 0),
            Errno.ENOENT or Errno.ENOTDIR => Value(null, 0),
            _ => new Refusal(answer.Errno, "read the file", target) { Capability = "root" },
        };
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        string? text = (string?)value[Text];
        Errno errno = text is null
            ? sensor.Files.Remove(target)
            : sensor.Files.Replace(target, Encoding.UTF8.GetBytes(text), (UnixFileMode)(int)value[Mode]!);
        if (text is null && errno == Errno.None)
        {
            // Folders that only this module had anything in: /etc/zeptadmin/plans, multi-user.target.d.
            for (string? folder = Path.GetDirectoryName(target); folder is not null && PlanRegistration.IsOwnFolder(folder); folder = Path.GetDirectoryName(folder))
            {
                sensor.Files.RemoveEmptyFolder(folder);
            }
        }

        return errno == Errno.None ? null : new Refusal(errno, text is null ? "remove the file" : "write the file", target) { Capability = "root" };
    }

    /// <inheritdoc/>
    public override bool AreSame(JToken left, JToken right) =>
        (string?)left[Text] == (string?)right[Text] && ((string?)left[Text] is null || (int)left[Mode]! == (int)right[Mode]!);

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) =>
        (string?)after[Text] is null ? $"Remove the file '{target}'" : (string?)before[Text] is null ? $"Write the file '{target}'" : $"Write the file '{target}' anew";

    /// <summary>The change that writes a file.</summary>
    internal Answer<PlannedChange> Plan(Sensor sensor, string path, string text, UnixFileMode mode) =>
        Read(sensor, path).Select(before => new PlannedChange(this, path, before, Value(text, mode)));

    /// <summary>The change that removes a file.</summary>
    internal Answer<PlannedChange> PlanRemoval(Sensor sensor, string path) =>
        Read(sensor, path).Select(before => new PlannedChange(this, path, before, Value(null, 0)));

    private static JObject Value(string? text, UnixFileMode mode) => new JObject { [Text] = text, [Mode] = (int)mode };
}
