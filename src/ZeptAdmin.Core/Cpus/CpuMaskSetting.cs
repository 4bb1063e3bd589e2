using System.Text;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>CPUs of a part of the kernel's background work, in a file. Its target is the part, its value a CPU list.</summary>
/// <remarks>
/// Documentation/core-api/workqueue.rst; kernel/workqueue.c (the limit of all unbound queues; a queue whose own CPUs are none of these falls back
/// to all of these); Documentation/admin-guide/lockup-watchdogs.rst; kernel/irq/proc.c. field.md D9.
/// </remarks>
public sealed class CpuMaskSetting : Setting
{
    private static readonly Dictionary<CpuHousekeepingPart, string> Paths = new()
    {
        [CpuHousekeepingPart.UnboundWork] = "/sys/devices/virtual/workqueue/cpumask",
        [CpuHousekeepingPart.Writeback] = "/sys/devices/virtual/workqueue/writeback/cpumask",
        [CpuHousekeepingPart.Watchdog] = "/proc/sys/kernel/watchdog_cpumask",
        [CpuHousekeepingPart.NewInterrupts] = "/proc/irq/default_smp_affinity",
    };

    /// <inheritdoc/>
    public override string Kind => "CpuHousekeeping";

    /// <summary>Where the file of a part is; null for one that is no file.</summary>
    public static string? PathOf(CpuHousekeepingPart item) => Paths.GetValueOrDefault(item);

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        if (!Enum.TryParse(target, out CpuHousekeepingPart item) || PathOf(item) is not string path)
        {
            return new Refusal(Errno.EINVAL, "read the CPUs", target);
        }

        FileAnswer answer = sensor.Files.Read(path);
        string text = Encoding.ASCII.GetString(answer.Bytes.Span).TrimEnd('\n', '\0', ' ');
        return !answer.IsKnown ? new Refusal(answer.Errno, "read the CPUs", path) { Capability = "root" }
            : (IsList(item) ? CpuList.TryParse(text, out CpuList? cpus) : CpuList.TryParseMask(text, out cpus)) ? new JValue(cpus.ToString())
            : new Refusal(Errno.EINVAL, "read the CPUs", path) { Detail = $"'{text}' is no set of CPUs." };
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        if (!Enum.TryParse(target, out CpuHousekeepingPart item) || PathOf(item) is not string path || !CpuList.TryParse((string?)value, out CpuList? cpus))
        {
            return new Refusal(Errno.EINVAL, "set the CPUs", target);
        }

        Errno errno = sensor.Files.Write(path, Encoding.ASCII.GetBytes((IsList(item) ? cpus.ToString() : cpus.ToMask()) + "\n"));
        return errno == Errno.None ? null : new Refusal(errno, $"set the CPUs to {cpus}", path)
        {
            Capability = "root",
            Detail = errno == Errno.EINVAL ? "None of these CPUs is one of this machine, or it keeps them to itself." : null,
        };
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) =>
        $"Set the CPUs of {CpuHousekeepings.InWords(Enum.TryParse(target, out CpuHousekeepingPart item) ? item : default)} from {Words(before)} to {Words(after)}";

    private static string Words(JToken value) => (string?)value is { Length: > 0 } cpus ? cpus : "none";

    private static bool IsList(CpuHousekeepingPart item) => item == CpuHousekeepingPart.Watchdog;
}
