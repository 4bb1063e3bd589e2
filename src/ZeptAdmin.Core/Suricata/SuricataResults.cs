using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Suricata;

/// <summary>Results of a rule about parts of Suricata's files.</summary>
internal static class SuricataResults
{
    /// <summary>A result about a part of the file.</summary>
    public static ConfigCheck Result(this ConfigRule rule, CheckSeverity severity, string target, SuricataNode? node, string actual, string remedy = "") =>
        rule.Result(severity, target, node?.Path, node?.Line is > 0 and int line ? line : null, actual, remedy);

    /// <summary>A result about an interface.</summary>
    public static ConfigCheck Result(this ConfigRule rule, CheckSeverity severity, SuricataInterface card, string key, SuricataLintSubject subject, string actual, string remedy = "") =>
        rule.Result(severity, card.InterfaceName, subject.NodeOf(card, key), actual, remedy);
}
