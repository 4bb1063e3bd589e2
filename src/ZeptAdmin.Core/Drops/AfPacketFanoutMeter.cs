using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Drops;

/// <summary>Watches a fanout group by queue mapping at work, and tells which of its members gets the packets of each queue.</summary>
/// <remarks>
/// <para>
/// What each queue brings is counted by packet sockets of this measurement's own, which keep nothing (<see cref="PacketFanout"/>). What each
/// member gets is counted by the headers of its ring, which its owner has mapped (<see cref="PacketRingCount"/>); for a socket without a ring,
/// or one that could not be followed, the program's own statistics may tell it (<see cref="FanoutLogged"/>). Which thread reads a socket is seen by what the thread waits for (<see cref="FanoutThreads"/>).
/// </para>
/// <para>Owners lose nothing: no ring is taken from, no counter is reset, no process is stopped.</para>
/// </remarks>
public sealed class AfPacketFanoutMeter : IDisposable
{
    private const string Operation = "watch the fanout group";
    private const int SmallestBuffer = 1;
    private const int MostKept = 600;
    private static readonly TimeSpan ThreadStep = TimeSpan.FromMilliseconds(50);

    private readonly Sensor _sensor;
    private readonly AfPacketFanout _group;
    private readonly PacketFanout _queues;
    private readonly PacketRingCount?[] _rings;
    private readonly FanoutThreads _threads;
    private readonly FanoutSightings _sightings;
    private readonly long[] _counts;
    private readonly TimeSpan _step;
    private DateTime _kept;
    private DateTime _lookedAtThreads;

    private AfPacketFanoutMeter(Sensor sensor, AfPacketFanout group, PacketFanout queues, TimeSpan interval)
    {
        _sensor = sensor;
        _group = group;
        _queues = queues;
        _counts = new long[queues.Members];
        _rings = Array.ConvertAll(group.Sockets, socket => socket is { ProcessId: int process, RingVersion: int version, RingBytes: long bytes, BlockBytes: long block, FrameBytes: long frame }
            ? PacketRingCount.Open(sensor.Files, process, socket.Inode, new PacketRingShape(version, bytes, block, frame))
            : null);
        _threads = new FanoutThreads(sensor.Files, group.Sockets);

        // All CPUs that may be sending or taking packets: Environment.ProcessorCount tells those of a shell that isolcpus= keeps off most of them.
        _sightings = new FanoutSightings(group.Members, sensor.Files.ReadCpuList("/sys/devices/system/cpu/online")?.Count ?? Environment.ProcessorCount);
        _step = interval / MostKept;
    }

    /// <summary>How many sockets have had their reading thread seen so far.</summary>
    public int ReadersSeen => _group.Sockets.Count(socket => _threads[socket.Inode] is not null);

    /// <summary>How many packets came to the group's interface so far, as of the last look.</summary>
    public long PacketsSeen => _counts.Sum();

    /// <summary>Begins to watch a group.</summary>
    /// <param name="sensor">This machine.</param>
    /// <param name="group">The group, as <see cref="AfPacketFanouts.Test"/> tells it.</param>
    /// <param name="interval">How long it will be watched, about.</param>
    /// <returns>EOPNOTSUPP for a snapshot and for a group that does not go by queue; EPERM without CAP_NET_RAW.</returns>
    public static Answer<AfPacketFanoutMeter> Open(Sensor sensor, AfPacketFanout group, TimeSpan interval)
    {
        string name = group.InterfaceName ?? "";
        string? problem = !sensor.IsLive ? "A snapshot has no packets: run it on the sensor."
            : group.Mode != AfPacketFanoutMode.QueueMapping ? $"It shares packets out by {group.Mode}: no member has a queue of its own."
            : group.InterfaceName is null || group.Queues == 0 ? "It listens to all interfaces."
            : group.Queues >= PacketFanout.MostMembers ? $"It has {group.Queues} receive queues; at most {PacketFanout.MostMembers - 1} can be told apart."
            : null;
        if (problem is not null || sensor.Files.ReadInt32($"/sys/class/net/{name}/ifindex") is not int index)
        {
            return new Refusal(Errno.EOPNOTSUPP, Operation, name) { Detail = problem };
        }

        Answer<PacketFanout> opened = PacketFanout.Open(name, index, group.Queues + 1, isPromiscuous: false, SmallestBuffer);
        if (!opened.Try(out PacketFanout? queues))
        {
            return opened.Refusal!;
        }

        AfPacketFanoutMeter meter = new(sensor, group, queues, interval);
        Errno errno = queues.Start();
        if (errno != Errno.None)
        {
            meter.Dispose();
            return new Refusal(errno, Operation, name);
        }

        meter.Look();
        return meter;
    }

    /// <summary>Looks once; to be called some fifty times a second, so that no ring goes round between two looks.</summary>
    public void Look() => Look(isKept: false);

    /// <summary>Looks once more, and tells what was seen so far; the watch may go on.</summary>
    /// <param name="logs">
    /// What workers counted in their programs' own logs wholly between two instants (UTC); asked only when the rings have not decided all. Null when there is none.
    /// </param>
    /// <returns>The group as it was, with links as they were measured.</returns>
    public AfPacketFanout Tell(Func<DateTime, DateTime, IReadOnlyList<WorkerDrops>>? logs = null)
    {
        Look(isKept: true);
        bool isSame = AfPacketFanouts.Test(_sensor).Try(out AfPacketFanout[]? now)
            && Array.Exists(now, other => other.FanoutId == _group.FanoutId && other.InterfaceName == _group.InterfaceName
                && other.Sockets.Select(socket => socket.Inode).Order().SequenceEqual(_group.Sockets.Select(socket => socket.Inode).Order()));
        _sightings.Take([]);
        AfPacketFanout told = Tell(isSame);
        if (logs is null || !isSame || Array.TrueForAll(told.Links, IsMeasured))
        {
            return told;
        }

        _sightings.Take(FanoutLogged.Match(_sensor.Files, _group, logs(_sightings.Start, _sightings.End), inode => _threads[inode]));
        AfPacketFanout better = Tell(isSame);

        // Figures that fit no arrangement are of another program or another time: then the rings' word stands.
        return better.Links.Count(IsMeasured) > told.Links.Count(IsMeasured) ? better : told;

        static bool IsMeasured(AfPacketFanoutLink link) => link.Confidence == AfPacketFanoutConfidence.Measured;
    }

    /// <inheritdoc/>
    public void Dispose() => _queues.Dispose();

    private AfPacketFanout Tell(bool isSame) =>
        FanoutVerdicts.Tell(_group, AfPacketFanouts.RecordsQueue(EthtoolDriverInfo.NameOf(_sensor.Ethtool, _group.InterfaceName!)), _sightings, inode => _threads[inode], isSame);

    private void Look(bool isKept)
    {
        DateTime now = DateTime.UtcNow;
        long[] before = Count();
        foreach (PacketRingCount? ring in _rings)
        {
            ring?.Look();
        }

        if (isKept || now - _kept >= _step || now < _kept)
        {
            long?[] got = Array.ConvertAll(_rings, ring => ring is { IsLost: false } ? ring.Packets : (long?)null);
            _sightings.Add(new FanoutSighting(now, before, got, Count()));
            _kept = now;
        }

        if (isKept || now - _lookedAtThreads >= ThreadStep || now < _lookedAtThreads)
        {
            _lookedAtThreads = now;
            _threads.Look();
        }
    }

    // The kernel's counts start again with each question.
    private long[] Count()
    {
        for (int member = 0; member < _counts.Length; member++)
        {
            _counts[member] += _queues.TakeStatistics(member).Packets;
        }

        return [.. _counts];
    }
}
