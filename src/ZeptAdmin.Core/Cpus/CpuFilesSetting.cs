using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>A setting that is one file of /sys for each CPU.</summary>
public abstract class CpuFilesSetting : CpuPlacesSetting
{
    /// <summary>Where the file of a CPU is; null when it has none.</summary>
    private protected abstract string? PathOf(FileTree files, string target, int cpu);

    /// <summary>What an error number means for this file; null when the number says it all.</summary>
    private protected virtual string? Explain(Errno errno) => null;

    /// <inheritdoc/>
    private protected override IEnumerable<int> CpusOf(Sensor sensor, string target) =>
        CpuFolders.Cpus(sensor.Files).Where(cpu => PathOf(sensor.Files, target, cpu) is not null);

    /// <inheritdoc/>
    private protected override Answer<string> ReadOne(Sensor sensor, string target, int cpu)
    {
        string path = PathOf(sensor.Files, target, cpu)!;
        FileAnswer answer = sensor.Files.Read(path);
        return answer.IsKnown ? Encoding.UTF8.GetString(answer.Bytes.Span).TrimEnd('\n', '\0', ' ') : new Refusal(answer.Errno, $"read the {Noun}", path);
    }

    /// <inheritdoc/>
    private protected override Refusal? WriteOne(Sensor sensor, string target, int cpu, string text)
    {
        string path = PathOf(sensor.Files, target, cpu) ?? string.Create(CultureInfo.InvariantCulture, $"CPU {cpu}");
        Errno errno = sensor.Files.Write(path, Encoding.UTF8.GetBytes(text + "\n"));
        return errno == Errno.None ? null : new Refusal(errno, $"set the {Noun} to '{text}'", path) { Capability = "root", Detail = Explain(errno) };
    }
}
