using System.Diagnostics;
using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>Watches who runs on CPUs: from when it is made until it is asked, by looks at /proc.</summary>
/// <remarks>
/// Between two looks a thread's time counts for the CPU where the second look found it, so the more often it looks, the better it tells
/// threads that move. A thread that began and ended between two looks is not seen.
/// </remarks>
public sealed class CpuTenantMeter
{
    private readonly Sensor _sensor;
    private readonly GuardedCpus _guarded;
    private readonly CpuTenantCounts _before;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Dictionary<(int Id, long Began), (CpuTask Task, Spent Spent)> _last = [];
    private readonly Dictionary<(int Id, long Began, int Cpu), Spent> _spent = [];

    /// <summary>Begins to watch.</summary>
    /// <param name="sensor">The machine; of a snapshot, its two instants are compared.</param>
    /// <param name="workers">CPUs that count as those of workers, besides isolated ones and those that a capturing thread is pinned to; null for none.</param>
    public CpuTenantMeter(Sensor sensor, CpuList? workers = null)
    {
        _sensor = sensor;
        _guarded = GuardedCpus.Get(sensor, workers);
        _before = CpuTenantCounts.Read(sensor.Files);
        Look(sensor.Files, isFirst: true);
    }

    /// <summary>What a snapshot cannot tell, as a sentence; null when it tells all.</summary>
    public string? Missing =>
        _sensor.IsLive ? null
        : _last.Count == 0 ? "A snapshot keeps the threads of nobody but those that capture packets, and this one has none: only interrupts and softirqs are told."
        : !HasTimes ? "The snapshot keeps threads at one instant only: where they ran last is told, not for how long, and only of those that it keeps."
        : null;

    // A snapshot keeps only what has changed in its second instant.
    private bool HasTimes => _sensor.IsLive || (_sensor.Later is Sensor later && _last.Values.Any(seen => Differs(later.Files, seen.Task)));

    /// <summary>Looks once more; to be called several times a second.</summary>
    public void Look() => Look(_sensor.Files, isFirst: false);

    /// <summary>Who ran on each CPU since then: the threads first, the busiest of them first; then interrupts, then softirqs.</summary>
    /// <param name="hasIdle">True to tell of threads, too, that did not run, where they ran last.</param>
    /// <returns>The records, or why nothing can be said.</returns>
    public Answer<CpuTenant[]> Finish(bool hasIdle = false)
    {
        Sensor? end = _sensor.IsLive ? _sensor : _sensor.Later;
        bool hasTimes = HasTimes;
        if (end is not null && hasTimes)
        {
            Look(end.Files, isFirst: false);
        }

        if (end is null && _last.Count == 0)
        {
            return new Refusal(Errno.ENODATA, "tell who runs on CPUs", _sensor.Name)
            {
                Detail = "The snapshot has neither threads nor a second instant; Save-NsmSnapshot takes two, unless -Interval is 0.",
            };
        }

        double seconds = _sensor.IsLive ? Stopwatch.GetElapsedTime(_started).TotalSeconds : end is null ? 0 : (end.Time - _sensor.Time).TotalSeconds;
        IEnumerable<CpuTenant> counted = end is null ? [] : Counted(CpuTenantCounts.Read(end.Files), seconds);
        return Threads(hasTimes ? seconds : 0, hasIdle || !hasTimes).Concat(counted)
            .OrderBy(tenant => tenant.Cpu).ThenBy(tenant => tenant.Kind is CpuTenantKind.KernelThread ? CpuTenantKind.Process : tenant.Kind)
            .ThenByDescending(tenant => tenant.Percent).ThenByDescending(tenant => tenant.Runs).ThenBy(tenant => tenant.ThreadId ?? tenant.Irq)
            .ThenBy(tenant => tenant.Name, StringComparer.Ordinal)
            .ToArray();
    }

    private static bool Differs(FileTree later, CpuTask task) =>
        CpuTask.OfProcess(later, task.Process).FirstOrDefault(other => other.Id == task.Id && other.Began == task.Began) is CpuTask other
        && (other.Ticks != task.Ticks || other.Exact(later) is not null);

    private void Look(FileTree files, bool isFirst)
    {
        foreach (CpuTask task in CpuTask.All(files))
        {
            (long Nanoseconds, long Runs)? exact = task.Exact(files);
            Spent now = new(exact?.Nanoseconds ?? (task.Ticks * CpuTask.NanosecondsOfTick), exact?.Runs);
            (int, long) who = (task.Id, task.Began);

            // One that was not there before began since then: all its time counts.
            Spent then = _last.TryGetValue(who, out (CpuTask Task, Spent Spent) seen) ? seen.Spent : isFirst ? now : new Spent(0, 0);
            _last[who] = (task, now);
            Spent add = now.Since(then);
            if (add.IsSomething)
            {
                (int, long, int) place = (task.Id, task.Began, task.Processor);
                _spent[place] = _spent.TryGetValue(place, out Spent sum) ? sum.Plus(add) : add;
            }
        }
    }

    private IEnumerable<CpuTenant> Threads(double seconds, bool hasIdle)
    {
        ILookup<(int, long), int> places = _spent.Keys.ToLookup(place => (place.Id, place.Began), place => place.Cpu);
        foreach (((int id, long began), (CpuTask task, Spent _)) in _last)
        {
            int[] cpus = [.. places[(id, began)]];
            if (cpus.Length == 0 && !hasIdle)
            {
                continue;
            }

            CpuList? allowed = task.AllowedCpus(_sensor.Files);
            foreach (int cpu in cpus.Length == 0 ? [task.Processor] : cpus)
            {
                Spent spent = _spent.GetValueOrDefault((id, began, cpu), new Spent(0, 0));
                (bool isStray, string reason) = CpuStrays.Judge(_guarded, task, cpu, allowed);
                yield return new CpuTenant
                {
                    Cpu = cpu,
                    Kind = task.IsOfKernel ? CpuTenantKind.KernelThread : CpuTenantKind.Process,
                    Name = task.Name,
                    ProcessId = task.Process,
                    ThreadId = task.Id,
                    AllowedCpus = allowed,
                    Seconds = seconds,
                    Percent = seconds > 0 ? spent.Nanoseconds / (seconds * 1e7) : null,
                    Runs = seconds > 0 ? spent.Runs : null,
                    IsGuarded = _guarded.All.Contains(cpu),
                    IsStray = isStray,
                    Reason = reason,
                };
            }
        }
    }

    private IEnumerable<CpuTenant> Counted(CpuTenantCounts after, double seconds)
    {
        foreach (((int irq, int cpu), (uint count, string name)) in after.Interrupts)
        {
            long runs = unchecked(count - (_before.Interrupts.TryGetValue((irq, cpu), out (uint Count, string Name) then) ? then.Count : 0));
            if (runs > 0)
            {
                CpuList? allowed = _sensor.Files.ReadCpuList(string.Create(CultureInfo.InvariantCulture, $"/proc/irq/{irq}/smp_affinity_list"));
                (bool isStray, string reason) = CpuStrays.JudgeInterrupt(_guarded, irq, cpu, allowed);
                yield return new CpuTenant
                {
                    Cpu = cpu,
                    Kind = CpuTenantKind.Interrupt,
                    Name = name,
                    Irq = irq,
                    AllowedCpus = allowed,
                    Seconds = seconds,
                    Runs = runs,
                    IsGuarded = _guarded.All.Contains(cpu),
                    IsStray = isStray,
                    Reason = reason,
                };
            }
        }

        foreach (((string name, int cpu), uint count) in after.Softirqs)
        {
            long runs = unchecked(count - _before.Softirqs.GetValueOrDefault((name, cpu)));
            if (runs > 0)
            {
                bool isGuarded = _guarded.All.Contains(cpu);
                yield return new CpuTenant
                {
                    Cpu = cpu,
                    Kind = CpuTenantKind.Softirq,
                    Name = name,
                    Seconds = seconds,
                    Runs = runs,
                    IsGuarded = isGuarded,
                    Reason = isGuarded ? "A softirq runs where it was raised: by an interrupt, a timer or a thread of this CPU." : "",
                };
            }
        }
    }

    private readonly record struct Spent(long Nanoseconds, long? Runs)
    {
        public bool IsSomething => Nanoseconds > 0 || Runs > 0;

        public Spent Since(Spent then) => new(Math.Max(0, Nanoseconds - then.Nanoseconds), Runs - then.Runs);

        public Spent Plus(Spent other) => new(Nanoseconds + other.Nanoseconds, Runs + other.Runs);
    }
}
