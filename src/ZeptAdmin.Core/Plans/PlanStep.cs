using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Plans;

/// <summary>What the target of a row is.</summary>
internal enum PlanScope
{
    /// <summary>A port of the plan.</summary>
    Port,

    /// <summary>A named part of a port: <c>ens1f0/rx-gro</c>.</summary>
    PartOfPort,

    /// <summary>A list of CPUs.</summary>
    Cpus,

    /// <summary>The machine, or a named thing of it.</summary>
    Machine,

    /// <summary>Anything: settings that another program keeps.</summary>
    Free,
}

/// <summary>One kind of row: what may stand in it, and the changes that it comes to.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Scope">What its target is.</param>
/// <param name="ValueWords">What its value is, in words.</param>
/// <param name="IsValue">True for a text that can be its value.</param>
/// <param name="Changes">The changes that bring it about on a machine, as it is now; none where it is so already.</param>
/// <param name="Shown">The value in force, of the old value of a change.</param>
internal sealed record PlanStep(
    PlanRowKind Kind,
    PlanScope Scope,
    string ValueWords,
    Func<string, bool> IsValue,
    Func<Sensor, NsmPlan, PlanRow, IEnumerable<Answer<PlannedChange>>>? Changes,
    Func<PlannedChange, string> Shown)
{
    /// <summary>Targets that it takes, where they are few; empty for any.</summary>
    public string[] Targets { get; init; } = [];

    /// <summary>What its target is, in words.</summary>
    public string TargetWords => Targets.Length > 0 ? string.Join(" or ", Targets.Select(target => $"'{target}'")) : Scope switch
    {
        PlanScope.Port => "the name of a port of Ports",
        PlanScope.PartOfPort => "the name of a port of Ports, a slash and a name",
        PlanScope.Cpus => "a list of CPUs such as 4-13",
        _ => "a name",
    };

    /// <summary>True for a text that can be its target.</summary>
    public bool IsTarget(string target)
    {
        int slash = target.IndexOf('/', StringComparison.Ordinal);
        return Targets.Length > 0
            ? Targets.Contains(target)
            : Scope switch
            {
                PlanScope.Port => InterfaceName.IsPossible(target),
                PlanScope.PartOfPort => slash > 0 && InterfaceName.IsPossible(target[..slash]) && target.Length > slash + 1 && !target.AsSpan(slash + 1).ContainsAny('/', '\n'),
                PlanScope.Cpus => CpuList.TryParse(target, out CpuList? cpus) && !cpus.IsEmpty,
                _ => target.Length > 0 && !target.Any(char.IsWhiteSpace),
            };
    }

    /// <summary>A number that is the value of a row.</summary>
    public static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>True for a whole number within bounds.</summary>
    public static Func<string, bool> IsNumber(int least, int most) =>
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most;

    /// <summary>True for one of some words.</summary>
    public static Func<string, bool> IsWord(params string[] words) => text => words.Contains(text);

    /// <summary>The value of a switch.</summary>
    public static string OnOff(JToken? value) => value?.Type switch
    {
        JTokenType.Boolean => (bool)value ? "on" : "off",
        JTokenType.Integer => (long)value != 0 ? "on" : "off",
        _ => $"{value}",
    };
}
