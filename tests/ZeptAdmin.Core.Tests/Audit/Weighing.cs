using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Audit;

/// <summary>Runs single checks on readings that a test makes up, in place of those of a machine.</summary>
internal static class Weighing
{
    /// <summary>The port that the readings are of.</summary>
    public const string Port = "ens1f0";

    /// <summary>A machine without any file, and a port.</summary>
    public static AuditSubject Blank(SmallMachine? machine = null)
    {
        machine ??= new SmallMachine();
        machine.Answers ??= new RecordedEthtool("", "none");
        return new AuditSubject(machine, [Port]);
    }

    /// <summary>Puts a reading of the machine in the place of the real one: an audit reads each once.</summary>
    public static AuditSubject Knows<T>(this AuditSubject subject, T reading)
        where T : notnull
    {
        _ = subject.Read(_ => reading);
        return subject;
    }

    /// <summary>Puts a driver's answer in the place of the real one.</summary>
    public static AuditSubject Answers<T>(this AuditSubject subject, Answer<T> reading, string interfaceName = Port)
        where T : notnull
    {
        _ = subject.Read(interfaceName, (_, _) => reading);
        return subject;
    }

    /// <summary>Puts a driver's refusal in the place of its answer.</summary>
    public static AuditSubject Refuses<T>(this AuditSubject subject, Errno errno = Errno.EOPNOTSUPP)
        where T : notnull => subject.Answers<T>(new Refusal(errno, "read it", Port) { Capability = "CAP_NET_ADMIN" });

    /// <summary>The one result of a check.</summary>
    public static CheckResult Weigh(this AuditSubject subject, string id) => Assert.Single(Checks.All.Single(check => check.Id == id).Run(subject));

    /// <summary>The verdict of a check; one that asks for something has to say what to do.</summary>
    public static CheckSeverity Verdict(this AuditSubject subject, string id)
    {
        CheckResult result = subject.Weigh(id);
        Assert.NotEqual("", result.Actual);
        Assert.NotEqual("", result.Expected);
        Assert.Equal(result.Severity is CheckSeverity.Warn or CheckSeverity.Fail, result.Remedy.Length > 0);
        return result.Severity;
    }

    /// <summary>A machine of packages with a node each: CPUs by package, their second threads after all first ones.</summary>
    public static NsmTopology Machine(int packages = 2, int cores = 4, int threads = 1, int? portNode = 0, bool isVirtual = false)
    {
        int all = packages * cores;
        CpuList Cpus(int package) => CpuList.Of(
            from thread in Enumerable.Range(0, threads)
            from core in Enumerable.Range(0, cores)
            select (thread * all) + (package * cores) + core);
        return new NsmTopology
        {
            IsVirtualMachine = isVirtual,
            MemoryTotalBytes = packages * (64L << 30),
            OnlineCpus = CpuList.Of(Enumerable.Range(0, all * threads)),
            AllowedCpus = CpuList.Of(Enumerable.Range(0, all * threads)),
            HasNumaNodes = true,
            Partitioning = NumaPartitioning.None,
            Packages = [.. Enumerable.Range(0, packages).Select(package => new CpuPackage { Package = package, Cpus = Cpus(package), CoreCount = cores, Nodes = [package] })],
            Nodes = [.. Enumerable.Range(0, packages).Select(node => new NumaNode { Node = node, Cpus = Cpus(node), Packages = [node], MemoryTotalBytes = 64L << 30 })],
            Cores = [.. Enumerable.Range(0, all).Select(core => new CpuCore { Core = core, Package = core / cores, Cpus = CpuList.Of(Enumerable.Range(0, threads).Select(thread => (thread * all) + core)) })],
            Caches = [.. Enumerable.Range(0, packages).Select(package => new CpuCache { Level = 3, SizeBytes = 32 << 20, Cpus = Cpus(package), Package = package })],
            Nics = [new NicLocality { InterfaceName = Port, PciAddress = "0000:17:00.0", Node = portNode, LocalCpus = portNode is int node ? Cpus(node) : null }],
        };
    }
}
