using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>Reads which interrupt serves which queue, and where it goes.</summary>
/// <remarks>
/// Made once for a run over several interfaces: /proc/interrupts is read once, so that all records show the counts of one instant.
/// An interface's interrupts are those of its PCI function (msi_irqs), since the names of handlers keep an interface's old name after a
/// renaming and some drivers put none in them; only for devices without such a list are they found by name.
/// </remarks>
public sealed class IrqAffinities
{
    private readonly Sensor _sensor;
    private readonly IrqFiles _irqs;

    /// <summary>Reads what all interfaces share.</summary>
    public IrqAffinities(Sensor sensor)
    {
        _sensor = sensor;
        _irqs = new IrqFiles(sensor.Files);
    }

    /// <summary>Queues and interrupts of one interface, those without a queue last.</summary>
    /// <returns>
    /// ENODEV for an unknown interface; EOPNOTSUPP for one that has no interrupts: a virtual one, or one that is down.
    /// </returns>
    public Answer<IrqAffinity[]> Get(string interfaceName)
    {
        FileTree files = _sensor.Files;
        string folder = "/sys/class/net/" + interfaceName;
        if (!_sensor.HasInterface(interfaceName))
        {
            return new Refusal(Errno.ENODEV, "find the interrupts", interfaceName);
        }

        if (files.Resolve(folder + "/device") is not string device)
        {
            return Without(interfaceName, "It is a virtual interface: no device of its own interrupts for it.");
        }

        IrqQueueMap map = new(_sensor, _irqs, interfaceName, device);
        IrqAffinity[] records = [.. map.Records().Order(ByQueue)];
        return records.Length > 0
            ? records
            : Without(interfaceName, IsDown(folder)
                ? "It is down: most drivers ask for their interrupts only when it comes up."
                : "Its device has no interrupts that the kernel lists.");
    }

    /// <summary>Records of one interrupt, of whatever device: one for each queue that it serves, or one without queue.</summary>
    /// <returns>ENOENT when the machine has no such interrupt.</returns>
    public Answer<IrqAffinity[]> Get(int irq)
    {
        string target = irq.ToString(CultureInfo.InvariantCulture);
        if (irq < 0 || !_irqs.Exists(irq))
        {
            return new Refusal(Errno.ENOENT, "find the interrupt", target);
        }

        foreach (string interfaceName in _sensor.InterfaceNames)
        {
            if (Get(interfaceName).Try(out IrqAffinity[]? records) && Array.Exists(records, record => record.Irq == irq))
            {
                return Array.FindAll(records, record => record.Irq == irq);
            }
        }

        return new[] { _irqs.Read(irq, _irqs.Actions(irq) is { Length: > 0 } actions ? string.Join(", ", actions) : null) };
    }

    private static Comparer<IrqAffinity> ByQueue { get; } = Comparer<IrqAffinity>.Create((left, right) =>
        (left.Queue ?? int.MaxValue, left.Direction, left.Irq).CompareTo((right.Queue ?? int.MaxValue, right.Direction, right.Irq)));

    private static Refusal Without(string interfaceName, string detail) =>
        new(Errno.EOPNOTSUPP, "find the interrupts", interfaceName) { Detail = detail };

    // IFF_UP is bit 0 of the flags (linux/if.h).
    private bool IsDown(string folder) =>
        _sensor.Files.ReadText(folder + "/flags") is string text
        && text.StartsWith("0x", StringComparison.Ordinal)
        && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint flags)
        && (flags & 1) == 0;
}
