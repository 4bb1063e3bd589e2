using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>An event that a CPU or its kernel counts (<c>perf_event_attr</c> type and config, linux/perf_event.h).</summary>
/// <param name="Type">Who counts: 0 hardware, 1 software, 3 caches, or the number of a PMU.</param>
/// <param name="Config">What.</param>
public readonly record struct PerfEvent(uint Type, ulong Config)
{
    // enum perf_type_id, perf_hw_id, perf_hw_cache_id, perf_hw_cache_op_id and perf_hw_cache_op_result_id.
    private const uint PERF_TYPE_HARDWARE = 0;
    private const uint PERF_TYPE_SOFTWARE = 1;
    private const uint PERF_TYPE_HW_CACHE = 3;
    private const ulong PERF_COUNT_HW_CACHE_LL = 2;
    private const ulong PERF_COUNT_HW_CACHE_DTLB = 3;
    private const ulong PERF_COUNT_HW_CACHE_RESULT_MISS = 1ul << 16;

    /// <summary>Cycles in which the CPU was not halted.</summary>
    public static PerfEvent Cycles { get; } = new(PERF_TYPE_HARDWARE, 0);

    /// <summary>Instructions finished.</summary>
    public static PerfEvent Instructions { get; } = new(PERF_TYPE_HARDWARE, 1);

    /// <summary>Reads of the last-level cache.</summary>
    public static PerfEvent LastLevelReads { get; } = new(PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_LL);

    /// <summary>Reads that missed it.</summary>
    public static PerfEvent LastLevelMisses { get; } = new(PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_LL | PERF_COUNT_HW_CACHE_RESULT_MISS);

    /// <summary>Reads that asked the data TLB.</summary>
    public static PerfEvent DtlbReads { get; } = new(PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_DTLB);

    /// <summary>Reads that missed it.</summary>
    public static PerfEvent DtlbMisses { get; } = new(PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_RESULT_MISS);

    /// <summary>Nanoseconds, counted by the kernel.</summary>
    public static PerfEvent CpuClock { get; } = new(PERF_TYPE_SOFTWARE, 0);

    /// <summary>Context switches, counted by the kernel.</summary>
    public static PerfEvent ContextSwitches { get; } = new(PERF_TYPE_SOFTWARE, 3);
}

/// <summary>What a group of events counted.</summary>
/// <param name="Values">Counts, in the order of the events.</param>
/// <param name="EnabledNanoseconds">How long it was asked to count.</param>
/// <param name="RunningNanoseconds">How long it did: less, when the counters of the CPU were shared out by turns.</param>
public sealed record PerfReading(ulong[] Values, ulong EnabledNanoseconds, ulong RunningNanoseconds)
{
    /// <summary>A count, scaled to the whole time; null when it never ran.</summary>
    public double? Scaled(int index) => RunningNanoseconds == 0 ? null : Values[index] * ((double)EnabledNanoseconds / RunningNanoseconds);

    /// <summary>Reads what the kernel gives for PERF_FORMAT_GROUP with both times: <c>struct read_format</c> of linux/perf_event.h.</summary>
    internal static PerfReading Parse(ReadOnlySpan<byte> bytes)
    {
        int count = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ulong[] values = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(24 + (8 * i))..]);
        }

        return new PerfReading(values, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
    }
}

/// <summary>Counters of CPUs.</summary>
public interface IPerfCounters
{
    /// <summary>Begins to count events together on a CPU: all of them or none are on the CPU at a time.</summary>
    Answer<IPerfGroup> Open(int cpu, params PerfEvent[] events);
}

/// <summary>Events that are counted together on a CPU.</summary>
public interface IPerfGroup : IDisposable
{
    /// <summary>What was counted since the group was opened.</summary>
    Answer<PerfReading> Read();
}

/// <summary>Counters that cannot be asked: of a snapshot, which holds none.</summary>
internal sealed class NoPerfCounters : IPerfCounters
{
    public Answer<IPerfGroup> Open(int cpu, params PerfEvent[] events) =>
        new Refusal(Errno.ENODATA, "count cycles", "snapshot") { Detail = "A snapshot holds no counters of the processor." };
}

/// <summary>Counters by <c>perf_event_open</c> (Documentation/admin-guide/perf-security.rst; field.md M1, M3).</summary>
public sealed partial class LivePerfCounters : IPerfCounters
{
    // struct perf_event_attr: type, size, config, sample_period, sample_type, read_format, a word of flags; PERF_ATTR_SIZE_VER5 is 112 bytes.
    private const int AttributeLength = 112;
    private const int ConfigAt = 8;
    private const int ReadFormatAt = 32;
    private const ulong ReadFormat = 1 | 2 | 8; // PERF_FORMAT_TOTAL_TIME_ENABLED, _TOTAL_TIME_RUNNING, _GROUP
    private const long PERF_FLAG_FD_CLOEXEC = 8;
    private const int HeaderLength = 24;

    /// <inheritdoc/>
    public Answer<IPerfGroup> Open(int cpu, params PerfEvent[] events)
    {
        List<int> files = [];
        foreach (PerfEvent wanted in events)
        {
            int file = OpenOne(wanted, cpu, files.Count == 0 ? -1 : files[0]);
            if (file < 0)
            {
                Errno errno = (Errno)Marshal.GetLastPInvokeError();
                files.ForEach(open => _ = CloseFile(open));
                return Refuse(errno, cpu);
            }

            files.Add(file);
        }

        return new Group([.. files], cpu);
    }

    private static Refusal Refuse(Errno errno, int cpu) =>
        new(errno, "count cycles", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"CPU {cpu}"))
        {
            Capability = "CAP_PERFMON (or kernel.perf_event_paranoid 0)",
            Detail = errno switch
            {
                Errno.ENOENT or Errno.EOPNOTSUPP => "The processor, or the hypervisor, has no such counter.",
                Errno.EBUSY => "Another program has the counters to itself.",
                _ => null,
            },
        };

    private static unsafe int OpenOne(PerfEvent wanted, int cpu, int leader)
    {
        byte* attribute = stackalloc byte[AttributeLength];
        Span<byte> bytes = new(attribute, AttributeLength);
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, wanted.Type);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], AttributeLength);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[ConfigAt..], wanted.Config);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[ReadFormatAt..], ReadFormat);
        long number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 241 : 298;
        return (int)SystemCall(number, (nint)attribute, -1, cpu, leader, PERF_FLAG_FD_CLOEXEC);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(long number, nint attribute, long process, long cpu, long leader, long flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadFile(int file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);

    private sealed class Group(int[] files, int cpu) : IPerfGroup
    {
        public unsafe Answer<PerfReading> Read()
        {
            int length = HeaderLength + (8 * files.Length);
            byte* bytes = stackalloc byte[length];
            return ReadFile(files[0], bytes, (nuint)length) == length
                ? PerfReading.Parse(new ReadOnlySpan<byte>(bytes, length))
                : Refuse((Errno)Marshal.GetLastPInvokeError(), cpu);
        }

        public void Dispose() => Array.ForEach(files, file => _ = CloseFile(file));
    }
}
