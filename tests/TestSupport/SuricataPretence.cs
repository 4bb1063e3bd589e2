using System.Diagnostics;
using System.Globalization;

namespace ZeptAdmin.Tests;

/// <summary>
/// A machine that Suricata takes this one for: with more CPUs, on which its threads are said to run, and with a right to raise the limit of locked memory.
/// </summary>
/// <remarks>
/// Suricata gives a program up when it may not set RLIMIT_MEMLOCK (EBPFLoadFile of util-ebpf.c); that takes CAP_SYS_RESOURCE, which containers lack. Since
/// Linux 5.11 the memory of programs is counted by cgroups, and the limit means nothing. A library before the C library's answers; the kernel does all else.
/// </remarks>
internal sealed class SuricataPretence
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <sched.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        int setrlimit(__rlimit_resource_t what, const struct rlimit *limit) { return what == RLIMIT_MEMLOCK ? 0 : syscall(SYS_prlimit64, 0, what, limit, 0); }
        int setrlimit64(__rlimit_resource_t what, const struct rlimit64 *limit) { return what == RLIMIT_MEMLOCK ? 0 : syscall(SYS_prlimit64, 0, what, limit, 0); }

        long sysconf(int name)
        {
            static long (*next)(int);
            const char *cpus = getenv("ZEPTADMIN_TEST_CPUS");
            if (cpus && (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF))
                return atol(cpus);
            if (!next)
                next = (long (*)(int))dlsym(RTLD_NEXT, "sysconf");
            return next(name);
        }

        int sched_setaffinity(pid_t thread, size_t size, const cpu_set_t *set)
        {
            char name[17] = "", line[300];
            prctl(PR_GET_NAME, name);
            int length = snprintf(line, sizeof line, "%s", name);
            for (int cpu = 0; cpu < 64; cpu++)
                if (CPU_ISSET_S(cpu, size, set))
                    length += snprintf(line + length, sizeof line - length, " %d", cpu);
            line[length++] = '\n';
            int file = open(getenv("ZEPTADMIN_TEST_AFFINITY"), O_WRONLY | O_CREAT | O_APPEND, 0600);
            if (file >= 0 && write(file, line, length) == length)
                close(file);
            return 0;
        }
        """;

    private readonly string _library;
    private readonly string _affinities;
    private readonly int _cpus;

    /// <summary>Makes it; skips the test where there is no compiler.</summary>
    /// <param name="folder">Where its files go.</param>
    /// <param name="cpus">How many CPUs the machine is said to have.</param>
    public SuricataPretence(TemporaryFolder folder, int cpus)
    {
        _library = Path.Combine(folder.Path, "pretence.so");
        _affinities = Path.Combine(folder.Path, "affinities");
        _cpus = cpus;
        _ = ExternalTool.Run("gcc", "-shared", "-fPIC", "-o", _library, folder.Write("pretence.c", Source), "-ldl");
    }

    /// <summary>CPUs that each thread was sent to, by its name.</summary>
    public IReadOnlyDictionary<string, int[]> Affinities => File.Exists(_affinities)
        ? File.ReadAllLines(_affinities).Select(line => line.Split(' ')).ToDictionary(words => words[0], words => words[1..].Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray())
        : new Dictionary<string, int[]>();

    /// <summary>Has a program run with it.</summary>
    public void Apply(ProcessStartInfo start)
    {
        start.Environment["LD_PRELOAD"] = _library;
        start.Environment["ZEPTADMIN_TEST_CPUS"] = _cpus.ToString(CultureInfo.InvariantCulture);
        start.Environment["ZEPTADMIN_TEST_AFFINITY"] = _affinities;
    }
}
