using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>Where the interrupts of one interface may go. Its target is the interface, its value a CPU list for each interrupt.</summary>
/// <remarks>
/// An interrupt is known by its queue (<c>Combined/3</c>), else by its handler's name, else by number (<c>irq:77</c>): numbers change when the
/// interrupts are asked for anew, by ifup or a change of rings or channels (field.md F1, F8). Interrupts that the kernel places by itself are
/// left out. Two values are the same when they agree on the interrupts that are in both, since queues may be gone when a value is put back.
/// </remarks>
public sealed class IrqAffinitySetting : Setting
{
    /// <inheritdoc/>
    public override string Kind => "IrqAffinity";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target) => new IrqAffinities(sensor).Get(target).Select(ValueOf);

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Answer<IrqAffinity[]> records = new IrqAffinities(sensor).Get(target);
        if (!records.Try(out IrqAffinity[]? interrupts))
        {
            return records.Refusal;
        }

        foreach ((IrqAffinity interrupt, string key) in Keyed(interrupts))
        {
            if ((string?)value[key] is string cpus && interrupt.RequestedCpus?.ToString() != cpus)
            {
                string path = PathOf(interrupt.Irq);
                Errno errno = sensor.Files.Write(path, Encoding.ASCII.GetBytes(cpus + "\n"));
                if (errno != Errno.None)
                {
                    return new Refusal(errno, $"set the affinity of interrupt {interrupt.Irq} ({key}) to CPUs {cpus}", target)
                    {
                        Capability = "root",
                        Detail = Explain(errno),
                    };
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override JToken Fit(JToken remembered, JToken now)
    {
        JObject fitting = (JObject)now.DeepClone();
        foreach (JProperty interrupt in fitting.Properties().ToArray())
        {
            interrupt.Value = remembered[interrupt.Name]?.DeepClone() ?? interrupt.Value;
        }

        return fitting;
    }

    /// <inheritdoc/>
    public override bool AreSame(JToken left, JToken right) =>
        ((JObject)left).Properties().All(interrupt => right[interrupt.Name] is not JToken other || JToken.DeepEquals(interrupt.Value, other));

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        IEnumerable<string> moves =
            from interrupt in ((JObject)after).Properties()
            where before[interrupt.Name] is JToken old && !JToken.DeepEquals(old, interrupt.Value)
            select $"{interrupt.Name} from CPUs {(string?)before[interrupt.Name]} to {(string?)interrupt.Value}";
        return $"Set the interrupts of '{target}': {string.Join(", ", moves)}";
    }

    /// <summary>The value of these interrupts.</summary>
    internal static JToken ValueOf(IrqAffinity[] interrupts)
    {
        JObject value = [];
        foreach ((IrqAffinity interrupt, string key) in Keyed(interrupts))
        {
            value[key] = interrupt.RequestedCpus!.ToString();
        }

        return value;
    }

    /// <summary>Interrupts that can be set, once each, by the names that a value has for them.</summary>
    internal static (IrqAffinity Interrupt, string Key)[] Keyed(IrqAffinity[] interrupts)
    {
        // A vector that serves several queues has a record for each: its first queue names it.
        (IrqAffinity Interrupt, string Key)[] named =
        [
            .. interrupts.DistinctBy(interrupt => interrupt.Irq)
                .Where(interrupt => interrupt.RequestedCpus is not null && interrupt.IsManaged != true)
                .Select(interrupt => (interrupt, NameOf(interrupt))),
        ];
        ILookup<string, IrqAffinity> byName = named.ToLookup(item => item.Key, item => item.Interrupt, StringComparer.Ordinal);
        return [.. named.Select(item => (item.Interrupt, byName[item.Key].Count() == 1 ? item.Key : NumberOf(item.Interrupt)))];
    }

    private static string NameOf(IrqAffinity interrupt) =>
        interrupt.Queue is int queue ? string.Create(CultureInfo.InvariantCulture, $"{interrupt.Direction}/{queue}")
        : interrupt.Name is { Length: > 0 } name ? name
        : NumberOf(interrupt);

    private static string NumberOf(IrqAffinity interrupt) => string.Create(CultureInfo.InvariantCulture, $"irq:{interrupt.Irq}");

    private static string PathOf(int irq) => string.Create(CultureInfo.InvariantCulture, $"/proc/irq/{irq}/smp_affinity_list");

    // write_irq_affinity of kernel/irq/proc.c; -EPERM in place of -EIO since c7718e5c76d4 (Linux 6.12).
    private static string? Explain(Errno errno) => errno switch
    {
        Errno.EIO => "The kernel places this interrupt by itself (a managed interrupt), or its controller cannot steer it.",
        Errno.EPERM when Environment.IsPrivilegedProcess => "The kernel places this interrupt by itself (a managed interrupt), or its controller cannot steer it.",
        Errno.EINVAL => "None of these CPUs is online.",
        Errno.ENOSPC => "These CPUs have no interrupt vector left: spread the interrupts over more CPUs, or use fewer queues.",
        Errno.EBUSY => "The move before this one is still under way.",
        _ => null,
    };
}
