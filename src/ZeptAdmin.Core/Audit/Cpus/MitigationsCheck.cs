using System.Text;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>B12: if page tables are kept apart for Meltdown, the processor makes it cheap.</summary>
internal sealed class MitigationsCheck() : Check(
    "B12.Mitigations",
    CheckCategory.Cpu,
    "Page tables kept apart cost little where the processor has PCID and INVPCID (Haswell and later); without, each system call empties the TLB. S2 saw no penalty with them. Turning mitigations off is no advice.",
    "field.md B12; Documentation/ABI/testing/sysfs-devices-system-cpu (vulnerabilities)")
{
    private const string Expected = "no page table isolation, or PCID and INVPCID with it";

    // Enough for the first CPU with all its flags.
    private const int StartOfCpuinfo = 8192;

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        FileTree files = subject.Sensor.Files;
        string? meltdown = files.ReadText("/sys/devices/system/cpu/vulnerabilities/meltdown");
        if (meltdown is null)
        {
            yield return Result(NotApplicable, Machine, Expected, "the kernel does not tell (before Linux 4.15, or no x86)");
            yield break;
        }

        if (!meltdown.Contains("PTI", StringComparison.Ordinal))
        {
            yield return Result(Pass, Machine, Expected, $"Meltdown: {meltdown}");
            yield break;
        }

        FileAnswer answer = files.ReadStart("/proc/cpuinfo", StartOfCpuinfo);
        string[] flags = answer.IsKnown ? Encoding.UTF8.GetString(answer.Bytes.Span).Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries) : [];
        string[] missing = [.. ((string[])["pcid", "invpcid"]).Except(flags)];
        yield return missing.Length == 0
            ? Result(Pass, Machine, Expected, "page tables are kept apart; PCID and INVPCID are there")
            : Result(Warn, Machine, Expected, $"page tables are kept apart without {string.Join(" and ", missing)}", "Capture with a processor of Haswell's generation or later; in a virtual machine, let the host pass these flags on.");
    }
}
