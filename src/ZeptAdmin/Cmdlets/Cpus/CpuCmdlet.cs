using System.Management.Automation;
using ZeptAdmin.Cpus;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that read something of CPUs.</summary>
public abstract class CpuCmdlet : SensorCmdlet
{
    /// <summary>CPUs, as Linux writes them (<c>0-3,8</c>); left out, all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public CpuList[]? Cpu { get; set; }

    /// <summary>Records of the CPUs that were named; null, and an error, when the machine has no such thing. A CPU without is an error of its own.</summary>
    private protected T[]? Pick<T>(Answer<T[]> answer, Func<T, int> cpuOf, string thing) =>
        CpuPicking.Pick(answer, Cpu, record => CpuList.Of([cpuOf(record)]), thing, refusal => WriteError(refusal.ToErrorRecord()));

    /// <summary>True when a pattern means the name.</summary>
    private protected static bool Matches(string name, string[] patterns) => CpuPicking.Matches(name, patterns);
}

/// <summary>Base of the cmdlets that change something of CPUs.</summary>
public abstract class CpuChangeCmdlet : ChangeCmdlet
{
    /// <summary>CPUs, as Linux writes them (<c>0-3,8</c>); left out, all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public CpuList[]? Cpu { get; set; }

    /// <summary>Records of the CPUs that were named; null, and an error, when the machine has no such thing. A CPU without is an error of its own.</summary>
    private protected T[]? Pick<T>(Answer<T[]> answer, Func<T, int> cpuOf, string thing) =>
        CpuPicking.Pick(answer, Cpu, record => CpuList.Of([cpuOf(record)]), thing, refusal => WriteError(refusal.ToErrorRecord()));

    /// <summary>Those records whose name a pattern means; none, and an error that tells the names, when there is no such one.</summary>
    private protected T[] Named<T>(T[] picked, Func<T, string> nameOf, string pattern, string thing)
    {
        T[] named = [.. picked.Where(record => CpuPicking.Matches(nameOf(record), [pattern]))];
        if (named.Length == 0)
        {
            Report(new Refusal(Errno.ENOENT, $"find the {thing}", pattern) { Detail = $"There are: {string.Join(", ", picked.Select(nameOf).Distinct())}." }, isWildcard: false);
        }

        return named;
    }
}

/// <summary>Picks records by CPU.</summary>
internal static class CpuPicking
{
    public static T[]? Pick<T>(Answer<T[]> answer, CpuList[]? cpus, Func<T, CpuList> cpusOf, string thing, Action<Refusal> report)
    {
        if (answer.Refusal is Refusal refusal)
        {
            report(refusal);
            return null;
        }

        CpuList? wanted = All(cpus);
        CpuList present = CpuList.Of(answer.Value.SelectMany(record => cpusOf(record).ToArray()));
        if (CpuFolders.Missing(wanted, present, thing) is Refusal missing)
        {
            report(missing);
        }

        return [.. answer.Value.Where(record => wanted is null || cpusOf(record).Overlaps(wanted))];
    }

    /// <summary>All CPUs of several lists; null when none was given.</summary>
    public static CpuList? All(CpuList[]? cpus) => cpus is null ? null : CpuList.Of(cpus.SelectMany(list => list.ToArray()));

    public static bool Matches(string name, string[] patterns) => Array.Exists(patterns, pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(name));
}
