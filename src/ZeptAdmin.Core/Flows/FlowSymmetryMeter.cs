using System.Diagnostics;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Flows;

/// <summary>Looks at the headers of what an interface of this machine receives, and on which queue each arrives.</summary>
public sealed class FlowSymmetryMeter : IDisposable
{
    private const string KernelKey = "/proc/sys/net/core/netdev_rss_key";
    private const string Operation = "look at packets";
    private const int ARPHRD_ETHER = 1;
    private const int ARPHRD_LOOPBACK = 772;
    private const uint IFF_UP = 1;
    private const uint IFF_PROMISC = 0x100;

    private readonly Sensor _sensor;
    private readonly string _interface;
    private readonly PacketFanout _fanout;
    private readonly QueueSightings _sightings;
    private readonly long[] _packets;
    private readonly int _queues;
    private readonly bool _isPromiscuous;
    private long _missed;
    private long _start;
    private TimeSpan _elapsed;

    private FlowSymmetryMeter(Sensor sensor, string interfaceName, PacketFanout fanout, int queues, bool isPromiscuous)
    {
        _sensor = sensor;
        _interface = interfaceName;
        _fanout = fanout;
        _queues = queues;
        _isPromiscuous = isPromiscuous;
        _sightings = new QueueSightings(fanout.Members);
        _packets = new long[fanout.Members];
    }

    /// <summary>Packets looked at so far.</summary>
    public long Packets => _sightings.Packets;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => _elapsed != default ? _elapsed : Stopwatch.GetElapsedTime(_start);

    /// <summary>Number of the fanout group that looks; the kernel chose it.</summary>
    internal int GroupId => _fanout.GroupId;

    /// <summary>Opens the sockets, and begins.</summary>
    /// <param name="sensor">This machine.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="isPromiscuous">True asks the card for frames that are addressed to others, while it lasts.</param>
    /// <returns>
    /// EPERM without CAP_NET_RAW; ENODEV for an interface that is not there; ENETDOWN for one that is down; EOPNOTSUPP for a snapshot, for what
    /// has no Ethernet header, and for more than 255 queues.
    /// </returns>
    public static Answer<FlowSymmetryMeter> Open(Sensor sensor, string interfaceName, bool isPromiscuous = false)
    {
        string folder = $"/sys/class/net/{interfaceName}";
        if (!sensor.HasInterface(interfaceName) || sensor.Files.ReadInt32(folder + "/ifindex") is not int index)
        {
            return new Refusal(Errno.ENODEV, Operation, interfaceName);
        }

        int queues = Math.Max(1, new QueueCpus(sensor.Files, interfaceName).RxCount);
        string? problem = !sensor.IsLive ? "A snapshot has no packets: run it on the sensor."
            : sensor.Files.ReadInt32(folder + "/type") is not (ARPHRD_ETHER or ARPHRD_LOOPBACK) ? "Its frames have no Ethernet header."
            : queues >= PacketFanout.MostMembers ? $"It has {queues} receive queues; at most {PacketFanout.MostMembers - 1} can be told apart."
            : null;
        if (problem is not null)
        {
            return new Refusal(Errno.EOPNOTSUPP, Operation, interfaceName) { Detail = problem };
        }

        if ((Flags(sensor, interfaceName) & IFF_UP) == 0)
        {
            return new Refusal(Errno.ENETDOWN, Operation, interfaceName) { Detail = "It is down." };
        }

        Answer<PacketFanout> opened = PacketFanout.Open(interfaceName, index, queues + 1, isPromiscuous);
        if (!opened.Try(out PacketFanout? fanout))
        {
            return opened.Refusal!;
        }

        FlowSymmetryMeter meter = new(sensor, interfaceName, fanout, queues, isPromiscuous) { _start = Stopwatch.GetTimestamp() };
        Errno errno = fanout.Start();
        if (errno == Errno.None)
        {
            return meter;
        }

        meter.Dispose();
        return new Refusal(errno, Operation, interfaceName);
    }

    /// <summary>Looks at packets for a while.</summary>
    /// <param name="most">How long.</param>
    /// <param name="mostPackets">Ends earlier when so many packets have been looked at in all.</param>
    public void Look(TimeSpan most, long mostPackets = long.MaxValue)
    {
        long start = Stopwatch.GetTimestamp();
        for (TimeSpan left = most; left > TimeSpan.Zero && Packets < mostPackets; left = most - Stopwatch.GetElapsedTime(start))
        {
            if (_fanout.Wait(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds))))
            {
                for (int member = 0; member < _fanout.Members; member++)
                {
                    Take(member);
                }
            }
        }
    }

    /// <summary>Ends the measurement, and tells.</summary>
    /// <exception cref="KernelFormatException">An answer of the driver cannot be understood.</exception>
    public NicFlowSymmetry Finish()
    {
        _elapsed = Stopwatch.GetElapsedTime(_start);
        for (int member = 0; member < _fanout.Members; member++)
        {
            (long packets, long dropped) = _fanout.TakeStatistics(member);
            _packets[member] += packets;
            _missed += dropped;
        }

        _ = NicRssReader.Get(_sensor, _interface).Try(out NicRss? rss);
        string? driver = rss?.Driver ?? EthtoolDriverInfo.NameOf(_sensor.Ethtool, _interface);
        return new SymmetryReport(_interface, driver, rss, _queues, _sightings)
        {
            KernelKey = RssKey.TryParse(_sensor.Files.ReadText(KernelKey), out RssKey? key) ? key : null,
            Kernel = KernelVersion.Of(_sensor.Files),
            Elapsed = _elapsed,
            Received = _packets,
            Missed = _missed,
            HasGoneDown = _fanout.HasGoneDown,
            IsDeaf = !_isPromiscuous && (Flags(_sensor, _interface) & IFF_PROMISC) == 0,
            HasSteering = NicFlowRules.Get(_sensor, _interface).Try(out NicFlowRule[]? rules) && rules.Length > 0,
        }.Make();
    }

    /// <inheritdoc/>
    public void Dispose() => _fanout.Dispose();

    private void Take(int member)
    {
        if (!_fanout.IsReady(member))
        {
            return;
        }

        int count = _fanout.Receive(member);
        for (int i = 0; i < count; i++)
        {
            _sightings.Add(_fanout.Frame(i), member);
        }
    }

    private static uint Flags(Sensor sensor, string interfaceName) =>
        sensor.Files.ReadText($"/sys/class/net/{interfaceName}/flags") is { Length: > 2 } text
        && uint.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out uint flags)
            ? flags
            : 0;
}
