using System.Globalization;
using System.IO.Compression;

namespace ZeptAdmin.Tests.Zeek;

/// <summary>The talk's sensor (examples/sensors/talk.zip), with the interrupts of its first card on the four CPUs of the talk's other slide.</summary>
public sealed class TalkMachine : IDisposable
{
    private const int FirstIrq = 80;
    private const int Queues = 24;
    private const int IrqCpus = 4;

    private readonly TemporaryFolder _folder = new();

    public TalkMachine()
    {
        string path = Path.Combine(_folder.Path, "talk.zip");
        File.Copy(Path.Combine(Repository.Root, "examples", "sensors", "talk.zip"), path);
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            for (int queue = 0; queue < Queues; queue++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"proc/irq/{FirstIrq + queue}/effective_affinity_list");
                archive.GetEntry(name)!.Delete();
                using StreamWriter writer = new(archive.CreateEntry(name).Open());
                writer.Write(queue % IrqCpus);
            }
        }

        Sensor = ZeptAdmin.Sensors.Sensor.Open(path);
    }

    public ZeptAdmin.Sensors.Sensor Sensor { get; }

    public void Dispose()
    {
        Sensor.Dispose();
        _folder.Dispose();
    }
}
