using System.Text;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>CPUs of one queue's packet steering. Its target is <c>interface/rx-N</c> or <c>interface/tx-N</c>, its value a CPU list; empty is off.</summary>
/// <remarks>/sys/class/net/IF/queues (net/core/net-sysfs.c), which takes masks; field.md F2, F7.</remarks>
public abstract class QueueCpuSetting : Setting
{
    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        string path = PathOf(target);
        FileAnswer answer = sensor.Files.Read(path);
        return !answer.IsKnown
            ? new Refusal(answer.Errno == Errno.ENOENT ? Errno.EOPNOTSUPP : answer.Errno, $"read {Noun}", target) { Detail = answer.Errno == Errno.ENOENT ? Absence : null }
            : IrqFiles.Mask(Encoding.UTF8.GetString(answer.Bytes.Span).TrimEnd('\n', '\0', ' ')) is CpuList cpus
                ? new JValue(cpus.ToString())
                : new Refusal(Errno.EINVAL, $"read {Noun}", target) { Detail = $"{path} holds no mask of CPUs." };
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Errno errno = sensor.Files.Write(PathOf(target), Encoding.ASCII.GetBytes(CpuList.Parse((string)value!).ToMask() + "\n"));
        return errno == Errno.None ? null : new Refusal(errno, $"set {Noun}", target) { Capability = "CAP_NET_ADMIN" };
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) =>
        $"Set {Noun} of '{target}' from {Words(before)} to {Words(after)}";

    /// <summary>The change that gives a queue these CPUs.</summary>
    public Answer<PlannedChange> Plan(Sensor sensor, string interfaceName, int queue, CpuList cpus)
    {
        string target = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{interfaceName}/{Prefix}{queue}");
        return Read(sensor, target).Select(before => new PlannedChange(this, target, before, new JValue(cpus.ToString())));
    }

    /// <summary>What is set, in words.</summary>
    protected abstract string Noun { get; }

    /// <summary>Start of the queue's folder name: <c>rx-</c> or <c>tx-</c>.</summary>
    protected abstract string Prefix { get; }

    /// <summary>Name of the file.</summary>
    protected abstract string FileName { get; }

    /// <summary>Why the file may not be there, as a sentence.</summary>
    protected abstract string Absence { get; }

    private static string Words(JToken value) => (string?)value is { Length: > 0 } cpus ? $"CPUs {cpus}" : "off";

    private string PathOf(string target)
    {
        int slash = target.IndexOf('/', StringComparison.Ordinal);
        return $"/sys/class/net/{target[..slash]}/queues/{target[(slash + 1)..]}/{FileName}";
    }
}

/// <summary>CPUs to which packets of a receive queue are handed on (RPS, <c>rps_cpus</c>).</summary>
public sealed class QueueRpsSetting : QueueCpuSetting
{
    /// <inheritdoc/>
    public override string Kind => "QueueRps";

    /// <inheritdoc/>
    protected override string Noun => "receive packet steering";

    /// <inheritdoc/>
    protected override string Prefix => "rx-";

    /// <inheritdoc/>
    protected override string FileName => "rps_cpus";

    /// <inheritdoc/>
    protected override string Absence => "There is no such receive queue, or the kernel was built without RPS.";
}

/// <summary>CPUs whose packets choose a transmit queue (XPS, <c>xps_cpus</c>).</summary>
public sealed class QueueXpsSetting : QueueCpuSetting
{
    /// <inheritdoc/>
    public override string Kind => "QueueXps";

    /// <inheritdoc/>
    protected override string Noun => "transmit packet steering";

    /// <inheritdoc/>
    protected override string Prefix => "tx-";

    /// <inheritdoc/>
    protected override string FileName => "xps_cpus";

    /// <inheritdoc/>
    protected override string Absence => "XPS chooses among several transmit queues; the kernel has none for a single one.";
}
