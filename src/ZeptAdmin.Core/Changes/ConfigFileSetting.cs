using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Changes;

/// <summary>A file of configuration that is written whole. Its target is the path, its value the text, the owner and the mode, so that undoing brings back all three.</summary>
/// <remarks>The file before is kept beside the new one as well, with <c>.zeptadmin-old</c> behind its name.</remarks>
public abstract class ConfigFileSetting : TextFileSetting
{
    private const string Mode = "Mode";
    private const string Owner = "Owner";

    /// <summary>Permission bits of a file that was not there before.</summary>
    protected virtual UnixFileMode NewMode => UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where the file before is kept.</summary>
    public static string OldPath(string path) => path + ".zeptadmin-old";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target) => base.Read(sensor, target).Select<JToken>(value => value[Text] is null
        ? value
        : new JObject { [Text] = value[Text], [Mode] = (int?)sensor.Files.Mode(target), [Owner] = sensor.Files.Owner(target)?.ToString() });

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        if (sensor.Files.Read(target) is { IsKnown: true } before && sensor.Files.Replace(OldPath(target), before.Bytes.Span, sensor.Files.Mode(target), sensor.Files.Owner(target)) is not Errno.None and Errno problem)
        {
            return new Refusal(problem, $"write {Noun}", OldPath(target)) { Capability = "root" };
        }

        // A new file comes with its folder: cluster/ of several hosts.
        string? text = (string?)value[Text];
        Errno errno = text is not null && !sensor.Files.Exists(target) ? sensor.Files.MakeFolderOf(target) : Errno.None;
        if (errno == Errno.None)
        {
            errno = text is null
                ? sensor.Files.Remove(target)
                : sensor.Files.Replace(target, Encoding.UTF8.GetBytes(text), (UnixFileMode?)(int?)value[Mode], FileOwner.Parse((string?)value[Owner]));
        }

        return errno == Errno.None ? null : new Refusal(errno, $"write {Noun}", target) { Capability = "root" };
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        List<string> moves = [];
        if ((string?)before[Text] != (string?)after[Text])
        {
            moves.Add((string?)after[Text] is null ? "take it away" : $"{Lines(before)} lines become {Lines(after)}");
        }

        if ((int?)before[Mode] != (int?)after[Mode] && (int?)after[Mode] is int mode)
        {
            moves.Add($"mode {Convert.ToString(mode, 8)}");
        }

        if ((string?)before[Owner] != (string?)after[Owner] && (string?)after[Owner] is string owner)
        {
            moves.Add($"owner {owner}");
        }

        return $"Write {Noun} '{target}': {string.Join(", ", moves)}";
    }

    /// <summary>The change that gives a file this text; owner and mode null to leave them as they are, <see cref="NewMode"/> and the writer's for a new file.</summary>
    public Answer<PlannedChange> Plan(Sensor sensor, string path, string text, UnixFileMode? mode, FileOwner? owner)
    {
        Answer<JToken> before = Read(sensor, path);
        if (!before.Try(out JToken? value))
        {
            return before.Refusal!;
        }

        return new PlannedChange(this, path, value, new JObject
        {
            [Text] = text,
            [Mode] = (int?)mode ?? (int?)value[Mode] ?? (int)NewMode,
            [Owner] = owner?.ToString() ?? (string?)value[Owner] ?? FileOwner.Mine(sensor.Files)?.ToString(),
        });
    }

    private static string Lines(JToken value) => ((string?)value[Text] ?? "").Count(c => c == '\n').ToString(CultureInfo.InvariantCulture);
}
