using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A row of field.md 1.D: what Test-KernelArgument finds of it on the running command line, and on the next one.</summary>
/// <param name="row">The row.</param>
/// <param name="name">Name of the check.</param>
/// <param name="expected">What is right.</param>
/// <param name="why">Why it matters.</param>
internal sealed class KernelArgumentCheck(string row, string name, string expected, string why) : Check(
    $"{row}.{name}", CheckCategory.Cpu, why, $"field.md {row}; Documentation/admin-guide/kernel-parameters.txt")
{
    /// <summary>The rows that the command line tells of.</summary>
    public static IReadOnlyList<KernelArgumentCheck> All { get; } =
    [
        new("D1", "IsolatedCpus", "no CPU list that is wrong", "A CPU of a worker is to run nothing else; isolcpus keeps the scheduler off it. It is deprecated in favour of cpusets and balances nothing within the set, so workers have to be pinned. This module sets it for pinned workers."),
        new("D2", "RcuCallbacks", "rcu_nocbs covers what is isolated", "Without rcu_nocbs an isolated CPU still runs RCU's callbacks, in the softirq that receives packets, too."),
        new("D3", "NohzFull", "no nohz_full list that is wrong", "S1 sets nohz_full; the talk says that it does nothing for Zeek. It helps where one thing runs on a CPU, and costs at each system call. This module follows the talk."),
        new("D4", "IommuArgument", "no contradiction about the IOMMU", "The talk turns the IOMMU off, or passes cards through with iommu=pt; both at once is off, and intel_iommu does not know pt. This module sets iommu=pt."),
        new("D5", "ArgumentNames", "no misspelled name", "The kernel passes over an argument that it does not know. The talk's own slide has intel_idle.max_cstates, which limits nothing: it is intel_idle.max_cstate."),
        new("D6", "AspmArgument", "no pcie_aspm=off that stands in the way of a policy", "pcie_aspm=off leaves links as the firmware set them, which may be with power saving on, and keeps the kernel from applying a policy."),
        new("D8", "MemoryErrors", "no mce=ignore_ce", "Corrected errors are the first sign of a failing module of memory; mce=ignore_ce, which S1 sets, hides them. This module does not."),
        new("D11", "ThreadedIrqs", "neither threadirqs nor idle=poll", "Interrupts in threads have to be scheduled first; CPUs that poll when idle take power and turbo from the others. No source advises either."),
    ];

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        Answer<KernelArgumentFinding[]> answer = subject.Read(KernelArgumentRules.Test);
        if (!answer.Try(out KernelArgumentFinding[]? findings))
        {
            yield return Result(answer.Refusal!, Machine, expected);
            yield break;
        }

        KernelArgumentFinding[] own = [.. findings.Where(finding => finding.Row == Id.Split('.')[0])];
        KernelArgumentFinding[] wrong = [.. own.Where(finding => finding.Severity != KernelArgumentVerdict.Note)];
        foreach (KernelArgumentFinding finding in wrong)
        {
            yield return Result(
                finding.Severity == KernelArgumentVerdict.Fail ? Fail : Warn,
                Machine,
                expected,
                $"{finding.Argument}{(finding.CommandLine == "Next" ? " (next boot)" : "")}: {finding.Problem}",
                finding.Remedy.Length > 0 ? finding.Remedy : "Correct it with Set-KernelArgument; it holds from the next boot on.");
        }

        if (wrong.Length == 0)
        {
            yield return own.Length > 0
                ? Result(Pass, Machine, expected, string.Join(", ", own.Select(finding => finding.Argument).Distinct()))
                : Result(NotApplicable, Machine, expected, "nothing of it on the command line");
        }
    }
}
