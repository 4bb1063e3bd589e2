using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Drops;

/// <summary>Reads what Get-PacketDrops counts by.</summary>
/// <remarks>
/// Made once for a run over several interfaces: the softirq, the sockets with their owners, for which all processes are looked through, and the
/// boot are the machine's, and are read once.
/// </remarks>
public sealed class DropReadings
{
    // What a card without counters of its own is judged by; rx_dropped is not one of them (field.md K11).
    private static readonly string[] LinkCounters =
        ["rx_crc_errors", "rx_length_errors", "rx_frame_errors", "rx_missed_errors"];

    private readonly Sensor _sensor;
    private readonly SoftnetStat[] _softnet;
    private readonly AfPacketSocket[]? _sockets;
    private readonly string? _bootId;
    private readonly long? _bootTime;

    /// <summary>Reads what all interfaces share.</summary>
    public DropReadings(Sensor sensor)
    {
        _sensor = sensor;
        _softnet = SoftnetStats.Get(sensor).Try(out SoftnetStat[]? softnet) ? softnet : [];
        _sockets = AfPacketSockets.Get(sensor).Try(out AfPacketSocket[]? sockets) ? sockets : null;
        _bootId = sensor.Files.ReadText("/proc/sys/kernel/random/boot_id")?.Trim();
        _bootTime = sensor.Files.ReadLines("/proc/stat").FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal)) is string line
            && long.TryParse(line.AsSpan(6), out long seconds) ? seconds : null;
    }

    /// <summary>Reads one interface.</summary>
    /// <returns>The reading; ENODEV when there is no such interface.</returns>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public Answer<DropReading> Get(string interfaceName) =>
        _sensor.HasInterface(interfaceName) ? Read(interfaceName) : new Refusal(Errno.ENODEV, "read the drops", interfaceName);

    private DropReading Read(string interfaceName)
    {
        string statistics = $"/sys/class/net/{interfaceName}/statistics";
        string? driver = EthtoolDriverInfo.NameOf(_sensor.Ethtool, interfaceName);
        NicCounter[] counters = NicCounters.Get(_sensor, interfaceName).Try(out NicCounter[]? told) ? told : [];
        if (!Array.Exists(counters, counter => counter is { IsLoss: true, Layer: Drivers.CounterLayer.Mac or Drivers.CounterLayer.Fifo }))
        {
            string[] names = Array.FindAll(LinkCounters, name => _sensor.Files.ReadInt64($"{statistics}/{name}") is not null);
            ulong[] values = Array.ConvertAll(names, name => (ulong)(_sensor.Files.ReadInt64($"{statistics}/{name}") ?? 0));
            counters = [.. counters, .. NicCounters.Tell(interfaceName, null, new EthtoolCounters(names, values))];
        }

        return new DropReading
        {
            InterfaceName = interfaceName,
            Driver = driver,
            InterfaceIndex = _sensor.Files.ReadInt32($"/sys/class/net/{interfaceName}/ifindex"),
            BootId = _bootId,
            BootTime = _bootTime,
            Time = _sensor.Time.UtcDateTime,
            ReceivedPackets = _sensor.Files.ReadInt64($"{statistics}/rx_packets"),
            Counters = counters,
            Sockets = _sockets is null ? null : Array.FindAll(_sockets, socket => socket.IsReceiving && (socket.InterfaceName is null || socket.InterfaceName == interfaceName)),
            HasRps = !new QueueCpus(_sensor.Files, interfaceName).AllRps().IsEmpty,
            Softnet = _softnet,
        };
    }
}
