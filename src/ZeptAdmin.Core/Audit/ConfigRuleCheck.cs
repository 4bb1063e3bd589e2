using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A rule of the command that tests a program's configuration, on the machine's own file: all that the rule found in one line.</summary>
/// <param name="rule">The rule.</param>
/// <param name="category">The program's category.</param>
/// <param name="command">The command that tells all in full.</param>
internal abstract class ConfigRuleCheck(ConfigRule rule, CheckCategory category, string command) : Check(rule.Id, category, rule.Why, rule.Reference)
{
    private static readonly CheckSeverity[] Worst = [Fail, Warn, Unknown, Pass, NotApplicable];

    /// <summary>The first of the program's rules, which alone says that a file cannot be read.</summary>
    protected abstract Check First { get; }

    /// <summary>No file is there.</summary>
    protected CheckResult Absent(string actual) => Result(NotApplicable, Machine, rule.Expected, actual);

    /// <summary>What is said of one file.</summary>
    /// <param name="target">Its name.</param>
    /// <param name="reading">What was found on it.</param>
    protected CheckResult Of(string target, ConfigReading reading)
    {
        if (reading.Problem is string problem)
        {
            return this == First
                ? Result(Unknown, target, rule.Expected, problem)
                : Result(NotApplicable, target, rule.Expected, $"the file is not read; {First.Id} says why");
        }

        ConfigCheck[] own = [.. reading.Checks.Where(check => check.Id == Id)];
        if (own.Length == 0)
        {
            return rule.Otherwise is string otherwise ? Result(Pass, target, rule.Expected, otherwise) : Result(NotApplicable, target, rule.Expected, "the file has nothing of it");
        }

        CheckSeverity severity = Array.Find(Worst, severity => own.Any(finding => finding.Severity == severity));
        ConfigCheck[] worst = [.. own.Where(finding => finding.Severity == severity)];
        return Result(severity, target, rule.Expected, Told(worst, severity.IsFinding(), reading.Path), Remedy(reading.Path, worst[0]));
    }

    /// <summary>What to do about the first of the findings that are worst.</summary>
    protected virtual string Remedy(string path, ConfigCheck first) => $"{command} {CommandWord.Quote(path)} # {first.Remedy}";

    private static string Told(ConfigCheck[] worst, bool isFault, string path)
    {
        ConfigCheck first = worst[0];
        string file = first.Path is string other && other != path ? other[(other.LastIndexOf('/') + 1)..] + " " : "";
        string place = isFault && first.Line is int line ? $"{file}line {line}: " : "";
        string more = worst.Length == 1 ? ""
            : isFault ? $", and {worst.Length - 1} more"
            : $", {first.Target}{(first.Target.Length > 0 ? " " : "")}and {Words.Count(worst.Length - 1, "other")}";
        return $"{place}{first.Actual}{more}";
    }
}
