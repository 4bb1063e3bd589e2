using System.Globalization;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Cpus;

/// <summary>Reads and plans idle states.</summary>
public static class CpuIdleStates
{
    /// <summary>Why a machine has none.</summary>
    internal const string Absent =
        "The kernel has no cpuidle driver in use: a virtual machine without haltpoll, idle=poll, cpuidle.off=1 or processor.max_cstate=0 on the command line.";

    private static readonly CpuIdleStateSetting Setting = new();

    /// <summary>States of each CPU, lightest first.</summary>
    public static Answer<CpuIdleState[]> Get(Sensor sensor)
    {
        FileTree files = sensor.Files;
        string? driver = files.ReadText(CpuFolders.Root + "/cpuidle/current_driver");

        // Kernels before 5.8 let the governor be read under this name only.
        string? governor = files.ReadText(CpuFolders.Root + "/cpuidle/current_governor_ro") ?? files.ReadText(CpuFolders.Root + "/cpuidle/current_governor");
        CpuIdleState[] states = [.. CpuFolders.Cpus(files).SelectMany(cpu => Of(files, cpu).Select(state => state with { Driver = driver, Governor = governor }))];
        return states.Length == 0 ? new Refusal(Errno.EOPNOTSUPP, "read the idle states", "machine") { Detail = Absent } : states;
    }

    /// <summary>States of one CPU, lightest first.</summary>
    internal static IEnumerable<CpuIdleState> Of(FileTree files, int cpu)
    {
        string folder = CpuFolders.Of(cpu) + "/cpuidle";
        foreach (int number in files.List(folder).Select(name => SysfsNames.Number(name, "state")).OfType<int>().Order())
        {
            string state = string.Create(CultureInfo.InvariantCulture, $"{folder}/state{number}");
            yield return new CpuIdleState
            {
                Cpu = cpu,
                State = number,
                Name = files.ReadText(state + "/name") ?? string.Create(CultureInfo.InvariantCulture, $"state{number}"),
                Description = files.ReadText(state + "/desc"),
                LatencyMicroseconds = files.ReadInt64(state + "/latency"),
                TargetResidencyMicroseconds = files.ReadInt64(state + "/residency"),
                IsEnabled = files.ReadInt64(state + "/disable") is long disable ? disable == 0 : null,
                IsEnabledByDefault = files.ReadText(state + "/default_status") is string status ? status == "enabled" : null,
                Usage = files.ReadInt64(state + "/usage"),
                TimeMicroseconds = files.ReadInt64(state + "/time"),
                Rejected = files.ReadInt64(state + "/rejected"),
            };
        }
    }

    /// <summary>The changes that turn states on or off.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="wanted">State by state, whether it is to be on; those that are not named stay.</param>
    public static Answer<PlannedChange>[] Plan(Sensor sensor, IEnumerable<(CpuIdleState State, bool IsOn)> wanted) =>
    [
        .. from wish in wanted
           group wish by wish.State.Name into named
           let disabled = CpuList.Of(named.Where(wish => !wish.IsOn).Select(wish => wish.State.Cpu))
           let all = CpuList.Of(named.Select(wish => wish.State.Cpu))
           select Setting.Plan(sensor, named.Key, all, (cpu, _) => disabled.Contains(cpu) ? CpuIdleStateSetting.Off : CpuIdleStateSetting.On),
    ];

    /// <summary>What a limit of latency means for each state: off above it, on up to it, but for those that the driver itself left off.</summary>
    /// <param name="states">States as they are.</param>
    /// <param name="microseconds">The most that waking may take.</param>
    public static IEnumerable<(CpuIdleState State, bool IsOn)> ForLatency(IEnumerable<CpuIdleState> states, long microseconds) =>
        from state in states
        where state.LatencyMicroseconds is not null
        where state.LatencyMicroseconds > microseconds || state.IsEnabledByDefault != false
        select (state, state.LatencyMicroseconds <= microseconds);

    /// <summary>CPUs that would have nothing left but polling, which keeps a core at full power and takes turbo from the others.</summary>
    public static CpuList Polling(IEnumerable<CpuIdleState> states, IEnumerable<(CpuIdleState State, bool IsOn)> wanted)
    {
        Dictionary<(int, int), bool> wishes = wanted.ToDictionary(wish => (wish.State.Cpu, wish.State.State), wish => wish.IsOn);
        return CpuList.Of(
            from state in states
            group state by state.Cpu into cpu
            where cpu.All(state => state.Name == "POLL" || !wishes.GetValueOrDefault((state.Cpu, state.State), state.IsEnabled != false))
            select cpu.Key);
    }
}
