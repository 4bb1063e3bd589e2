using System.Buffers.Binary;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using static ZeptAdmin.Cpus.CpuEfficiencyVerdict;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuMeterTests
{
    private const string Xeon = "vendor_id : GenuineIntel\ncpu family : 6\nmodel : 85\n";
    private const string Zen = "vendor_id : AuthenticAMD\ncpu family : 25\nmodel : 17\n";
    private const string Pmu = "/sys/bus/event_source/devices/msr";

    [Fact]
    public void A_snapshot_of_two_instants_gives_times_and_the_cost_of_a_packet()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("cpus-skylake"));
        using CpuMeter meter = new(sensor, CpuMeter.Online(sensor), "ens1f0");

        CpuEfficiency[] records = meter.Finish().Value;

        Assert.Equal(["0", "1", "2", "3", "0-3"], records.Select(record => record.Cpu.ToString()));
        Assert.Equal([80, 50, 90, 2, 55.5], records.Select(record => Math.Round(record.BusyPercent!.Value, 6)));
        Assert.Equal([60, 40, 0, 0, 25], records.Select(record => Math.Round(record.SoftirqPercent!.Value, 6)));
        Assert.Equal([("POLL", 1), ("C1", 14), ("C1E", 5), ("C6", 0)], records[0].IdleStates.Select(state => (state.Name, Math.Round(state.Percent, 6))));
        Assert.Equal(90, records[3].IdleStates[3].Percent, 6);
        CpuEfficiency total = records[^1];

        // Busy 22.2 of 40 CPU seconds for 50 million packets; four CPUs have 4 * 67.2 ns for each.
        Assert.Equal((true, 50_000_000L, 444.0, 268.8), (total.IsTotal, total.Packets, Math.Round(total.NanosecondsPerPacket!.Value, 6), Math.Round(total.BudgetNanoseconds!.Value, 6)));
        Assert.Null(total.CyclesPerPacket);
        Assert.All(records, record => Assert.Equal((Unknown, 4, 10.0), (record.Verdict, record.Width, record.Seconds)));
        Assert.Contains(total.Notes, note => note.Contains("snapshot", StringComparison.Ordinal));
    }

    [Fact]
    public void A_snapshot_of_one_instant_is_told()
    {
        using CpuMeter meter = new(new SmallMachine(), new CpuList("0"), null);

        Assert.Equal(Errno.ENODATA, meter.Finish().Refusal!.Errno);
    }

    [Theory]
    [InlineData(Xeon, 700, Low)]
    [InlineData(Xeon, 710, Middle)]
    [InlineData(Xeon, 2690, Middle)]
    [InlineData(Xeon, 2700, High)]
    [InlineData(Zen, 1040, Low)]
    [InlineData(Zen, 2700, Middle)]
    [InlineData(Zen, 4060, High)]
    [InlineData("", 2700, High)]
    public void The_talks_figures_are_taken_in_parts_of_the_cores_width(string cpuinfo, int instructions, CpuEfficiencyVerdict expected)
    {
        CpuEfficiency record = Measure(cpuinfo, new FakeCounters { Cycles = 1000, Instructions = (ulong)instructions });

        Assert.Equal(expected, record.Verdict);
        Assert.Equal(instructions / 1000.0, record.InstructionsPerCycle);
        Assert.Equal(cpuinfo.Length == 0, record.Notes.Any(note => note.Contains("width", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_idle_cpu_is_not_judged() =>
        Assert.Equal(CpuEfficiencyVerdict.Idle, Measure(Xeon, new FakeCounters { Cycles = 1000, Instructions = 100 }, busy: 4).Verdict);

    [Fact]
    public void Counts_that_were_shared_out_are_scaled_and_told()
    {
        CpuEfficiency record = Measure(Xeon, new FakeCounters { Cycles = 1000, Instructions = 500, Reads = 200, Misses = 50, RunningPart = 4 });

        Assert.Equal((4000L, 2000L, 0.5, 25.0, 25.0, 25.0), (record.Cycles, record.Instructions, record.InstructionsPerCycle, record.LastLevelMissPercent, record.DtlbMissPercent, record.CountedPercent));
        Assert.Contains(record.Notes, note => note.Contains("scaled", StringComparison.Ordinal));
    }

    [Fact]
    public void A_counter_that_a_processor_lacks_is_null_and_told_and_the_others_count()
    {
        CpuEfficiency record = Measure(Xeon, new FakeCounters { Cycles = 1000, Instructions = 1000, CacheErrno = Errno.ENOENT });

        Assert.Equal((1.0, null), (record.InstructionsPerCycle, record.LastLevelMissPercent));
        Assert.Contains(record.Notes, note => note.StartsWith("Not counted: misses of the last-level cache", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Errno.ENOENT, "hypervisor")]
    [InlineData(Errno.EACCES, "CAP_PERFMON")]
    public void Without_counters_the_times_are_there_still(Errno errno, string word)
    {
        CpuEfficiency record = Measure(Xeon, new FakeCounters { WorkErrno = errno, CacheErrno = errno });

        Assert.Equal((Unknown, null, 50.0, 30.0), (record.Verdict, record.InstructionsPerCycle, record.BusyPercent, record.SoftirqPercent));
        Assert.Contains(word, Assert.Single(record.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Frequency_is_that_of_the_time_not_halted()
    {
        // 2.3 GHz by tsc over a second; aperf counts 3 for each 2 of mperf.
        CpuEfficiency record = Measure(Xeon, new FakeCounters { Cycles = 1, Instructions = 1, Frequency = [2_300_000_000, 600_000, 400_000] });

        Assert.Equal(3450, record.Megahertz!.Value, 6);
    }

    [Fact]
    public void A_group_is_read_as_the_kernel_lays_it_out()
    {
        byte[] bytes = new byte[40];
        ulong[] words = [2, 1000, 250, 77, 88];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * i), words[i]);
        }

        PerfReading reading = PerfReading.Parse(bytes);

        Assert.Equal([77, 88], reading.Values);
        Assert.Equal((1000ul, 250ul), (reading.EnabledNanoseconds, reading.RunningNanoseconds));
        Assert.Equal(308.0, reading.Scaled(0));
        Assert.Null((reading with { RunningNanoseconds = 0 }).Scaled(0));
    }

    // What the kernel itself counts is there on machines without a PMU, too.
    [Fact]
    public void The_kernels_own_events_are_counted_on_this_machine()
    {
        Answer<IPerfGroup> answer = new LivePerfCounters().Open(0, PerfEvent.CpuClock, PerfEvent.ContextSwitches);
        Assert.SkipUnless(answer.IsKnown, answer.Refusal?.Reason ?? "");
        using IPerfGroup group = answer.Value;
        PerfReading first = group.Read().Value;
        PerfReading second = group.Read().Value;

        Assert.Equal(2, first.Values.Length);
        Assert.InRange(second.Values[0], first.Values[0] + 1, ulong.MaxValue);
        Assert.InRange(second.EnabledNanoseconds, first.EnabledNanoseconds + 1, ulong.MaxValue);
        Assert.InRange(second.RunningNanoseconds, 1ul, second.EnabledNanoseconds);
    }

    [Fact]
    public void An_event_that_no_kernel_has_is_refused() =>
        Assert.NotNull(new LivePerfCounters().Open(0, new PerfEvent(uint.MaxValue, 0)).Refusal);

    private static CpuEfficiency Measure(string cpuinfo, FakeCounters counters, int busy = 50)
    {
        SmallMachine second = new SmallMachine { At = DateTimeOffset.UnixEpoch.AddSeconds(1) }.With("/proc/stat", $"cpu0 {busy - 30} 0 0 {200 - busy} 0 0 30 0 0 0\n");
        if (busy < 30)
        {
            _ = second.With("/proc/stat", $"cpu0 {busy} 0 0 {200 - busy} 0 0 0 0 0 0\n");
        }

        SmallMachine machine = new SmallMachine { Counters = counters, Second = second }
            .With("/proc/stat", "cpu0 0 0 0 100 0 0 0 0 0 0\n")
            .With("/proc/cpuinfo", cpuinfo)
            .With(Pmu + "/type", "9\n").With(Pmu + "/events/tsc", "event=0x00\n").With(Pmu + "/events/aperf", "event=0x01\n").With(Pmu + "/events/mperf", "event=0x02\n");
        using CpuMeter meter = new(machine, new CpuList("0"), null);
        return Assert.Single(meter.Finish().Value);
    }

    private sealed class FakeCounters : IPerfCounters
    {
        public ulong Cycles { get; init; }

        public ulong Instructions { get; init; }

        public ulong Reads { get; init; } = 1;

        public ulong Misses { get; init; }

        public ulong[] Frequency { get; init; } = [0, 0, 0];

        public ulong RunningPart { get; init; } = 1;

        public Errno WorkErrno { get; init; }

        public Errno CacheErrno { get; init; }

        public Answer<IPerfGroup> Open(int cpu, params PerfEvent[] events)
        {
            (Errno errno, ulong[] values) = events[0] switch
            {
                { Type: 9 } => (Errno.None, Frequency),
                { Type: 0 } => (WorkErrno, [Cycles, Instructions]),
                _ => (CacheErrno, (ulong[])[Reads, Misses]),
            };
            return errno == Errno.None
                ? new Group(new PerfReading(values, 1_000_000_000, 1_000_000_000 / RunningPart))
                : new Refusal(errno, "count cycles", "CPU 0") { Capability = "CAP_PERFMON", Detail = "The processor, or the hypervisor, has no such counter." };
        }

        private sealed class Group(PerfReading reading) : IPerfGroup
        {
            public Answer<PerfReading> Read() => reading;

            public void Dispose()
            {
            }
        }
    }
}
