using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>CPUs of threads of the kernel that can be moved. Its target is a group of them, its value a CPU list for each: <c>{"rcuop/2 28":"0-3"}</c>.</summary>
/// <remarks>
/// Two values are the same when they agree on the threads that are in both: threads come and go, and a number may be another's by then, so the
/// name is part of the key. A driver or filesystem may begin threads later, on all CPUs: they are not held back. field.md D2, D9; sched_setaffinity(2).
/// </remarks>
public sealed class KernelThreadSetting : Setting
{
    /// <inheritdoc/>
    public override string Kind => "KernelThreadAffinity";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        JObject value = [];
        foreach (CpuTask task in Of(sensor.Files, target))
        {
            if (task.AllowedCpus(sensor.Files) is CpuList cpus)
            {
                value[KeyOf(task)] = cpus.ToString();
            }
        }

        return value.HasValues ? value : new Refusal(Errno.EOPNOTSUPP, "read the CPUs of threads of the kernel", target) { Detail = "There are none to be seen that can be moved." };
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        foreach (CpuTask task in Of(sensor.Files, target))
        {
            if ((string?)value[KeyOf(task)] is not string cpus || task.AllowedCpus(sensor.Files)?.ToString() == cpus)
            {
                continue;
            }

            Errno errno = sensor.Threads.Move(task.Id, CpuList.Parse(cpus));

            // One that has ended meanwhile, or that the kernel has tied down since, is no failure.
            if (errno != Errno.None && task.AllowedCpus(sensor.Files) is not null)
            {
                return new Refusal(errno, $"set the CPUs of {task.Name} to {cpus}", KeyOf(task))
                {
                    Capability = "root",
                    Detail = errno == Errno.EINVAL ? "None of these CPUs is online, or the kernel keeps the thread where it is." : null,
                };
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override bool AreSame(JToken left, JToken right) =>
        ((JObject)left).Properties().All(thread => right[thread.Name] is not JToken other || JToken.DeepEquals(thread.Value, other));

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        const int Most = 4;
        string[] moves =
        [
            .. from thread in ((JObject)after).Properties()
               where before[thread.Name] is JToken old && !JToken.DeepEquals(old, thread.Value)
               group NameOf(thread.Name) by (Was: (string?)before[thread.Name], Is: (string?)thread.Value) into move
               select $"{string.Join(", ", move.Take(Most))}{(move.Count() > Most ? string.Create(CultureInfo.InvariantCulture, $" and {move.Count() - Most} more") : "")} from {move.Key.Was} to {move.Key.Is}",
        ];
        return $"Set the CPUs of {string.Join(", of ", moves)}";
    }

    /// <summary>The value that puts all threads of a value on these CPUs.</summary>
    internal static JToken On(JToken value, CpuList cpus) => new JObject(((JObject)value).Properties().Select(thread => new JProperty(thread.Name, cpus.ToString())));

    /// <summary>Name of the thread that a key of a value means.</summary>
    internal static string NameOf(string key) => key[..key.LastIndexOf(' ')];

    /// <summary>Threads of a group that can be moved.</summary>
    internal static IEnumerable<CpuTask> Of(FileTree files, string target) =>
        CpuTask.All(files).Where(task => IsMovable(task) && IsOfRcu(task) == (target == nameof(CpuHousekeepingPart.RcuThreads)));

    // kswapd and kcompactd keep to the CPUs of the memory that they look after (kthread_affine_node), and the kernel puts them back. Threads of
    // interrupts go where their interrupt does (irq_thread_check_affinity of kernel/irq/manage.c), and those of NAPI are a queue's (net/core/dev.c).
    private static readonly string[] OfOthers = ["kswapd", "kcompactd", "irq/", "napi/"];

    private static bool IsMovable(CpuTask task) =>
        task is { IsOfKernel: true, IsFixed: false } && !Array.Exists(OfOthers, start => task.Name.StartsWith(start, StringComparison.Ordinal));

    private static bool IsOfRcu(CpuTask task) => task.Name.StartsWith("rcu", StringComparison.Ordinal);

    private static string KeyOf(CpuTask task) => string.Create(CultureInfo.InvariantCulture, $"{task.Name} {task.Id}");
}
