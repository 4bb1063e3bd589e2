using System.Globalization;
using System.Numerics;
using ZeptAdmin.Changes;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Cpus;

/// <summary>Reads and plans prefetchers, and the ways of the last-level cache into which cards write.</summary>
public static class CpuPrefetchers
{
    // Intel SDM volume 4, table 2-1: MSR_MISC_FEATURE_CONTROL; arch/x86/include/asm/msr-index.h.
    private const uint MSR_MISC_FEATURE_CONTROL = 0x1a4;
    private const uint IIO_LLC_WAYS = 0xc8b;
    private const ulong WaysMask = 0x7fffff;

    private static readonly (string Name, string Description)[] Bits =
    [
        ("L2Hardware", "more lines into the second-level cache, after a pattern of misses"),
        ("L2AdjacentLine", "the other line of a pair of 128 bytes into the second-level cache"),
        ("DcuHardware", "the next line into the first-level data cache (DCU streamer)"),
        ("DcuIp", "what the same instruction will load next into the first-level data cache"),
    ];

    private static readonly CpuPrefetcherSetting Setting = new();

    /// <summary>Names of all prefetchers that the register has a bit for.</summary>
    public static string[] Names => [.. Bits.Select(bit => bit.Name)];

    /// <summary>Prefetchers of each CPU.</summary>
    public static Answer<CpuPrefetcher[]> Get(Sensor sensor)
    {
        if (Known(sensor.Files) is not { Fact: ProcessorFact fact })
        {
            return Unknown(sensor.Files);
        }

        List<CpuPrefetcher> found = [];
        foreach (int cpu in Online(sensor.Files))
        {
            Answer<ulong> register = sensor.Msr.Read(cpu, MSR_MISC_FEATURE_CONTROL);
            if (!register.Try(out ulong value))
            {
                return register.Refusal!;
            }

            found.AddRange(
                from bit in Enumerable.Range(0, Bits.Length)
                where (fact.Prefetchers & (1 << bit)) != 0
                select new CpuPrefetcher { Cpu = cpu, Name = Bits[bit].Name, Description = Bits[bit].Description, IsEnabled = (value & (1ul << bit)) == 0 });
        }

        return found.ToArray();
    }

    /// <summary>The changes that turn prefetchers on or off, on whole cores.</summary>
    public static Answer<PlannedChange>[] Plan(Sensor sensor, IEnumerable<(CpuPrefetcher Prefetcher, bool IsOn)> wanted) =>
    [
        .. from wish in wanted
           group wish by (wish.Prefetcher.Name, wish.IsOn) into named
           let cores = CpuList.Of(named.SelectMany(wish => Siblings(sensor.Files, wish.Prefetcher.Cpu).ToArray()))
           select Setting.Plan(sensor, named.Key.Name, cores, named.Key.IsOn ? CpuPrefetcherSetting.On : CpuPrefetcherSetting.Off),
    ];

    /// <summary>Ways of the last-level cache into which cards may write (DDIO), of the package of a CPU.</summary>
    public static Answer<int> DdioWays(Sensor sensor, int cpu)
    {
        CpuIdentity identity = CpuIdentity.Read(sensor.Files);
        return identity.IsVirtual == true || ProcessorFact.Find(identity.Vendor, identity.Family, identity.ModelNumber)?.HasDdioWays != true
            ? new Refusal(Errno.EOPNOTSUPP, "read the ways of DDIO", "machine") { Detail = identity.IsVirtual == true ? "a hypervisor keeps them" : $"no register for them is on record for {identity.Model ?? "this processor"}" }
            : sensor.Msr.Read(cpu, IIO_LLC_WAYS).Select(value => BitOperations.PopCount(value & WaysMask));
    }

    /// <summary>CPUs that can be asked.</summary>
    internal static int[] Online(FileTree files) => files.ReadCpuList(CpuFolders.Root + "/online")?.ToArray() ?? CpuFolders.Cpus(files);

    /// <summary>The bit of a prefetcher; -1 for none.</summary>
    internal static int BitOf(string name) => Array.FindIndex(Bits, bit => bit.Name == name);

    /// <summary>Reads the state of a prefetcher on a CPU.</summary>
    internal static Answer<bool> IsOn(Sensor sensor, int cpu, string name) =>
        sensor.Msr.Read(cpu, MSR_MISC_FEATURE_CONTROL).Select(value => (value & (1ul << BitOf(name))) == 0);

    /// <summary>Turns a prefetcher on or off on a CPU, and leaves the other bits as they are.</summary>
    internal static Refusal? Switch(Sensor sensor, int cpu, string name, bool isOn)
    {
        Answer<ulong> now = sensor.Msr.Read(cpu, MSR_MISC_FEATURE_CONTROL);
        ulong bit = 1ul << BitOf(name);
        return now.Refusal ?? sensor.Msr.Write(cpu, MSR_MISC_FEATURE_CONTROL, isOn ? now.Value & ~bit : now.Value | bit);
    }

    /// <summary>CPUs on which a prefetcher can be switched.</summary>
    internal static IEnumerable<int> CpusOf(Sensor sensor, string name) =>
        BitOf(name) is >= 0 and int bit && Known(sensor.Files) is { Fact: ProcessorFact fact } && (fact.Prefetchers & (1 << bit)) != 0 ? Online(sensor.Files) : [];

    private static (ProcessorFact Fact, CpuIdentity Identity)? Known(FileTree files)
    {
        CpuIdentity identity = CpuIdentity.Read(files);
        return identity.IsVirtual != true && ProcessorFact.Find(identity.Vendor, identity.Family, identity.ModelNumber) is { Prefetchers: not 0 } fact ? (fact, identity) : null;
    }

    private static Refusal Unknown(FileTree files)
    {
        CpuIdentity identity = CpuIdentity.Read(files);
        string detail = identity switch
        {
            { IsVirtual: true } => "A hypervisor stands between: the prefetchers are those of its host, and set there.",
            { Vendor: "AuthenticAMD" } => "AMD's processors have other registers for this, which differ by family; the firmware's setup has switches (L1 and L2 stream prefetcher).",
            { Vendor: "GenuineIntel" } => string.Create(
                CultureInfo.InvariantCulture,
                $"The register is not on record for family {identity.Family}, model 0x{identity.ModelNumber:x} ({identity.Model}); hybrid processors are left out, for their kinds of cores differ."),
            _ => $"No register for this is on record for {identity.Model ?? "this processor"}.",
        };
        return new Refusal(Errno.EOPNOTSUPP, "read the prefetchers", "machine") { Detail = detail };
    }

    private static CpuList Siblings(FileTree files, int cpu)
    {
        string folder = CpuFolders.Of(cpu) + "/topology";
        return files.ReadCpuList(folder + "/core_cpus_list") ?? files.ReadCpuList(folder + "/thread_siblings_list") ?? CpuList.Of([cpu]);
    }
}

/// <summary>Whether a prefetcher works. Its target is the prefetcher's name, its places are CPUs.</summary>
public sealed class CpuPrefetcherSetting : CpuPlacesSetting
{
    /// <summary>Text of a prefetcher that works.</summary>
    internal const string On = "on";

    /// <summary>Text of one that does not.</summary>
    internal const string Off = "off";

    /// <inheritdoc/>
    public override string Kind => "CpuPrefetcher";

    /// <inheritdoc/>
    protected override string Noun => "prefetcher";

    /// <inheritdoc/>
    protected override string Absent => "The processor has no such prefetcher on record.";

    /// <inheritdoc/>
    protected override string Named(string target) => $"prefetcher '{target}'";

    /// <inheritdoc/>
    protected override string InWords(string text) => text;

    /// <inheritdoc/>
    private protected override IEnumerable<int> CpusOf(Sensor sensor, string target) => CpuPrefetchers.CpusOf(sensor, target);

    /// <inheritdoc/>
    private protected override Answer<string> ReadOne(Sensor sensor, string target, int cpu) =>
        CpuPrefetchers.IsOn(sensor, cpu, target).Select(isOn => isOn ? On : Off);

    /// <inheritdoc/>
    private protected override Refusal? WriteOne(Sensor sensor, string target, int cpu, string text) =>
        CpuPrefetchers.Switch(sensor, cpu, target, text == On);
}
