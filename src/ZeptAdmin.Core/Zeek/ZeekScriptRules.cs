using System.Text.RegularExpressions;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Zeek;

/// <summary>J10 and J11: whether Zeek's own site scripts make it tell what it loses.</summary>
internal static partial class ZeekScriptRules
{
    private static readonly ConfigRule Loss = new("J10.CaptureLoss", "@load misc/capture-loss in local.zeek", "capture_loss.log shows what was lost before Zeek, too, which no counter of this machine does.", "field.md J10");
    private static readonly ConfigRule Statistics = new("J11.Statistics", "@load misc/stats in local.zeek", "stats.log tells how many packets AF_PACKET dropped for each worker.", "field.md J11");

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ConfigRule> All { get; } = [Loss, Statistics];

    /// <summary>The results.</summary>
    public static IEnumerable<ConfigCheck> Run(ZeekLintSubject subject)
    {
        string? path = Array.Find(ZeekFiles.LocalZeek, subject.Files.Exists);
        string[] lines = path is null ? [] : subject.Files.ReadLines(path);
        return [Of(Loss, path, lines, "capture-loss"), Of(Statistics, path, lines, "stats")];
    }

    private static ConfigCheck Of(ConfigRule rule, string? path, string[] lines, string script) =>
        path is null ? rule.Result(Unknown, null, null, "local.zeek is at none of the usual places")
        : Array.Exists(lines, line => Load().Match(line) is { Success: true } load && load.Groups[1].Value == script) ? rule.Result(Pass, null, null, $"{path} loads it")
        : rule.Result(Warn, null, null, $"{path} does not load it", $"Add to {path}: @load misc/{script}");

    [GeneratedRegex(@"^\s*@load\s+(?:policy/)?misc/([a-z-]+?)(?:\.zeek)?\s*(?:#.*)?$")]
    private static partial Regex Load();
}
