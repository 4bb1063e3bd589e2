using System.Buffers.Binary;
using System.Globalization;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>Reads and plans limits of wake-up latency.</summary>
public static class CpuLatencyLimits
{
    /// <summary>The device; reading it gives the limit in force, as a 32-bit number (kernel/power/qos.c).</summary>
    internal const string Device = "/dev/cpu_dma_latency";

    // PM_QOS_CPU_LATENCY_DEFAULT_VALUE of linux/pm_qos.h: 2000 seconds, which is no limit.
    private const int NoLimit = 2_000_000_000;

    private static readonly CpuLatencyHolderSetting Holder = new();
    private static readonly CpuResumeLatencySetting OfCpus = new();

    /// <summary>The machine's limit, then those of CPUs that have one.</summary>
    public static CpuLatencyLimit[] Get(Sensor sensor)
    {
        CpuList all = CpuList.Of(CpuFolders.Cpus(sensor.Files));
        return [OfMachine(sensor, all), .. OwnLimits(sensor)];
    }

    /// <summary>The change that starts, moves or stops the machine's limit.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="microseconds">The limit; null stops it.</param>
    public static Answer<PlannedChange> Plan(Sensor sensor, int? microseconds) =>
        Holder.Read(sensor, CpuLatencyHolderSetting.Target)
            .Select(before => new PlannedChange(Holder, CpuLatencyHolderSetting.Target, before, CpuLatencyHolderSetting.Value(microseconds)));

    /// <summary>The change that gives CPUs a limit of their own.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="cpus">CPUs.</param>
    /// <param name="microseconds">The limit; null takes it away.</param>
    public static Answer<PlannedChange> Plan(Sensor sensor, CpuList cpus, int? microseconds) =>
        CpuFolders.Missing(cpus, CpuList.Of(CpuFolders.Cpus(sensor.Files)), "CPU") is Refusal missing
            ? missing
            : OfCpus.Plan(sensor, "machine", cpus, CpuResumeLatencySetting.Text(microseconds));

    /// <summary>CPUs that can have a limit of their own and have idle states for which it matters.</summary>
    internal static CpuList Limitable(Sensor sensor, CpuList cpus) =>
        CpuList.Of(cpus.ToArray().Where(cpu => sensor.Files.Exists(CpuResumeLatencySetting.PathOf(cpu)) && sensor.Files.Exists(CpuFolders.Of(cpu) + "/cpuidle")));

    /// <summary>The limit that holds for a CPU; null for none.</summary>
    internal static int? Of(CpuLatencyLimit[] limits, int cpu) =>
        limits.Where(limit => limit.Cpu.Contains(cpu)).Min(limit => limit.MaxLatencyMicroseconds);

    /// <summary>The limit in force on the machine; null for none or where it may not be read.</summary>
    internal static (int? Microseconds, Errno Errno) Read(FileTree files)
    {
        FileAnswer answer = files.Read(Device);
        return answer switch
        {
            { IsKnown: false } => (null, answer.Errno),
            { Bytes.Length: 4 } => BinaryPrimitives.ReadInt32LittleEndian(answer.Bytes.Span) is int limit and < NoLimit ? (limit, Errno.None) : (null, Errno.None),
            _ => (null, Errno.ENODATA),
        };
    }

    private static CpuLatencyLimit OfMachine(Sensor sensor, CpuList all)
    {
        (int? limit, Errno errno) = Read(sensor.Files);
        (int Id, string Name)[] processes = [.. CpuLatencyHolders.Processes(sensor.Files)];
        return new CpuLatencyLimit
        {
            Cpu = all,
            IsOfMachine = true,
            MaxLatencyMicroseconds = limit,
            ProcessIds = [.. processes.Select(process => process.Id)],
            ProcessNames = [.. processes.Select(process => process.Name)],
            HeldMicroseconds = CpuLatencyHolders.Find(sensor.Files).Min(holder => (int?)holder.Microseconds),
            Note = errno == Errno.None ? null : new Refusal(errno, "read the limit", Device) { Capability = "root" }.Reason,
        };
    }

    private static IEnumerable<CpuLatencyLimit> OwnLimits(Sensor sensor) =>
        from cpu in CpuFolders.Cpus(sensor.Files)
        let limit = CpuResumeLatencySetting.Parse(sensor.Files.ReadText(CpuResumeLatencySetting.PathOf(cpu)))
        where limit is not null
        group cpu by limit.Value into cpus
        orderby cpus.Key
        select new CpuLatencyLimit { Cpu = CpuList.Of(cpus), MaxLatencyMicroseconds = cpus.Key };
}

/// <summary>The limits that CPUs have of their own.</summary>
/// <remarks>
/// <c>power/pm_qos_resume_latency_us</c> (Documentation/ABI/testing/sysfs-devices-power): 0 is no limit, and <c>n/a</c> is a limit of 0.
/// </remarks>
public sealed class CpuResumeLatencySetting : CpuFilesSetting
{
    /// <inheritdoc/>
    public override string Kind => "CpuResumeLatency";

    /// <inheritdoc/>
    protected override string Noun => "limit of wake-up latency";

    /// <inheritdoc/>
    protected override string Absent => "The kernel was built without CONFIG_PM, or is older than 4.16.";

    /// <inheritdoc/>
    protected override string InWords(string text) => Parse(text) is int limit ? string.Create(CultureInfo.InvariantCulture, $"{limit} us") : "none";

    /// <summary>The file of a CPU.</summary>
    internal static string PathOf(int cpu) => CpuFolders.Of(cpu) + "/power/pm_qos_resume_latency_us";

    /// <summary>The text of a limit; null is none.</summary>
    internal static string Text(int? microseconds) => microseconds switch { null => "0", 0 => "n/a", int limit => limit.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The limit of a text; null is none.</summary>
    internal static int? Parse(string? text) =>
        text == "n/a" ? 0 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit > 0 ? limit : null;

    /// <inheritdoc/>
    private protected override string? PathOf(FileTree files, string target, int cpu) => files.Exists(PathOf(cpu)) ? PathOf(cpu) : null;
}
