using System.Globalization;

namespace ZeptAdmin.Tests;

/// <summary>
/// A made-up server of 256 CPUs as a folder: two packages of 64 cores with two threads each, four nodes a package, an L3 for eight cores,
/// numbered as Linux numbers EPYC: threads of a core are 128 apart.
/// </summary>
internal static class BigMachine
{
    public const int Cpus = 256;
    public const int Cores = 128;
    public const int Nodes = 8;
    public const int L3s = 16;

    private const int Packages = 2;

    /// <summary>Writes proc and sys below a folder.</summary>
    public static void Write(string folder)
    {
        Put(folder, "proc/version", "Linux version 6.12.0");
        Put(folder, "proc/cpuinfo", string.Join("\n\n", Enumerable.Range(0, Cpus).Select(cpu => $"processor\t: {cpu}\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9554")));
        Put(folder, "proc/self/status", $"Cpus_allowed_list:\t0-{Cpus - 1}\nMems_allowed_list:\t0-{Nodes - 1}");
        foreach (string set in (string[])["online", "present", "possible"])
        {
            Put(folder, $"sys/devices/system/cpu/{set}", $"0-{Cpus - 1}");
        }

        Put(folder, "sys/devices/system/node/online", $"0-{Nodes - 1}");
        for (int node = 0; node < Nodes; node++)
        {
            WriteNode(folder, node);
        }

        for (int cpu = 0; cpu < Cpus; cpu++)
        {
            WriteCpu(folder, cpu);
        }
    }

    private static void WriteNode(string folder, int node)
    {
        string path = $"sys/devices/system/node/node{node}";
        bool IsHere(int cpu) => cpu % Cores / (Cores / Nodes) == node;
        Put(folder, $"{path}/cpumap", Mask(IsHere));
        Put(folder, $"{path}/cpulist", Range(IsHere));
        Put(folder, $"{path}/distance", string.Join(' ', Enumerable.Range(0, Nodes).Select(other => other == node ? 10 : other / 4 == node / 4 ? 12 : 32)));
        Put(folder, $"{path}/meminfo", $"Node {node} MemTotal:       67108864 kB\nNode {node} MemFree:        60000000 kB");
    }

    private static void WriteCpu(string folder, int cpu)
    {
        int core = cpu % Cores;
        int package = core / (Cores / Packages);
        string path = $"sys/devices/system/cpu/cpu{cpu}";
        Put(folder, $"{path}/online", "1");
        Put(folder, $"{path}/topology/core_id", $"{core % (Cores / Packages)}");
        Put(folder, $"{path}/topology/physical_package_id", $"{package}");
        Put(folder, $"{path}/topology/die_id", "0");
        Sets(folder, path, "core_cpus", other => other % Cores == core);
        Sets(folder, path, "die_cpus", other => other % Cores / (Cores / Packages) == package);
        Sets(folder, path, "package_cpus", other => other % Cores / (Cores / Packages) == package);
        Cache(folder, path, 0, 1, "Data", "32K", other => other % Cores == core);
        Cache(folder, path, 1, 1, "Instruction", "32K", other => other % Cores == core);
        Cache(folder, path, 2, 2, "Unified", "1024K", other => other % Cores == core);
        Cache(folder, path, 3, 3, "Unified", "32768K", other => other % Cores / (Cores / L3s) == core / (Cores / L3s));
    }

    private static void Sets(string folder, string path, string name, Func<int, bool> isIn)
    {
        Put(folder, $"{path}/topology/{name}", Mask(isIn));
        Put(folder, $"{path}/topology/{name}_list", Range(isIn));
    }

    private static void Cache(string folder, string path, int index, int level, string type, string size, Func<int, bool> isIn)
    {
        string cache = $"{path}/cache/index{index}";
        Put(folder, $"{cache}/level", $"{level}");
        Put(folder, $"{cache}/type", type);
        Put(folder, $"{cache}/size", size);
        Put(folder, $"{cache}/coherency_line_size", "64");
        Put(folder, $"{cache}/shared_cpu_map", Mask(isIn));
        Put(folder, $"{cache}/shared_cpu_list", Range(isIn));
    }

    private static string Mask(Func<int, bool> isIn)
    {
        uint[] words = new uint[Cpus / 32];
        foreach (int cpu in Enumerable.Range(0, Cpus).Where(isIn))
        {
            words[cpu / 32] |= 1u << (cpu % 32);
        }

        return string.Join(',', words.Reverse().Select(word => word.ToString("x8", CultureInfo.InvariantCulture)));
    }

    private static string Range(Func<int, bool> isIn) => ZeptAdmin.Linux.CpuList.Of(Enumerable.Range(0, Cpus).Where(isIn)).ToString();

    private static void Put(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
    }
}
