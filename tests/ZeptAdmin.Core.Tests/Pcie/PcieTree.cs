using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Pcie;

/// <summary>A machine of PCI devices, nested as sysfs nests them.</summary>
internal sealed class PcieTree : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PcieTree() => _ = _folder.Write("proc/version", "Linux");

    /// <summary>Puts a device under another; gives its path.</summary>
    public string Device(string parent, string address, string vendor, string device, string? current, int? width, string? max, int? maxWidth)
    {
        string path = $"{parent}/{address}";
        (string Name, string? Text)[] files =
        [
            ("vendor", "0x" + vendor), ("device", "0x" + device), ("current_link_speed", current), ("current_link_width", $"{width}"),
            ("max_link_speed", max), ("max_link_width", $"{maxWidth}"),
        ];
        foreach ((string name, string? text) in files.Where(file => file.Text is { Length: > 0 }))
        {
            _ = _folder.Write($"{path}/{name}", text + "\n");
        }

        return path;
    }

    /// <summary>Gives a device an interface with a speed in Mbit/s.</summary>
    public void Interface(string device, string name, int speed)
    {
        _ = _folder.Write($"{device}/net/{name}/ifindex", "2");
        _ = _folder.Write($"{device}/net/{name}/speed", $"{speed}\n");
        string path = Path.Combine(_folder.Path, device.TrimStart('/'), "net", name);
        _ = File.CreateSymbolicLink(Path.Combine(path, "device"), "../..");
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, "sys/class/net"));
        _ = File.CreateSymbolicLink(Path.Combine(_folder.Path, "sys/class/net", name), $"../..{device[4..]}/net/{name}");
    }

    /// <summary>Writes a file of a device.</summary>
    public void Write(string path, string text) => _ = _folder.Write(path, text);

    public Sensor Open() => Sensor.Open(_folder.Path);

    public void Dispose() => _folder.Dispose();
}
