using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>A machine: this one, or one that was captured. The only way by which the rest of the module reads anything.</summary>
public abstract class Sensor : IDisposable
{
    /// <summary>Name of the machine: its host name, or the file name of the snapshot.</summary>
    public abstract string Name { get; }

    /// <summary>True for this machine, false for a capture.</summary>
    public abstract bool IsLive { get; }

    /// <summary>Its files: /proc, /sys, /etc, /boot.</summary>
    public abstract FileTree Files { get; }

    /// <summary>Its network drivers (<c>SIOCETHTOOL</c>).</summary>
    public abstract IEthtoolChannel Ethtool { get; }

    /// <summary>Its generic netlink families.</summary>
    public abstract INetlinkChannel Netlink { get; }

    /// <summary>Registers of its processors; a machine that cannot be asked for them knows none.</summary>
    public virtual IMsrChannel Msr { get; } = new RecordedMsr("", "none");

    /// <summary>Counters of its processors; a machine that cannot count has none.</summary>
    public virtual IPerfCounters Perf { get; } = new NoPerfCounters();

    /// <summary>The CPUs of its threads, to be set; those of a capture cannot be.</summary>
    public virtual IThreadAffinity Threads { get; } = new NoThreadAffinity();

    /// <summary>When its state is, or was, read.</summary>
    public abstract DateTimeOffset Time { get; }

    /// <summary>The same machine a moment later, for rates: a snapshot keeps counters at two instants. Null where there is no second one.</summary>
    public virtual Sensor? Later => null;

    /// <summary>Names of its network interfaces, in ordinal order.</summary>
    /// <remarks>From /sys/class/net, where bonding_masters and its like are files, not interfaces.</remarks>
    public IReadOnlyList<string> InterfaceNames =>
        [.. Files.List("/sys/class/net").Where(name => Files.ReadLink($"/sys/class/net/{name}") is not null || Files.Exists($"/sys/class/net/{name}/ifindex"))];

    /// <summary>True when it has an interface of that name; false for what cannot be a name, before it becomes part of a path.</summary>
    public bool HasInterface(string name) => InterfaceName.IsPossible(name) && Files.Exists($"/sys/class/net/{name}");

    /// <summary>Opens this machine, or a capture of one.</summary>
    /// <param name="snapshot">Path of a snapshot; null for this machine.</param>
    /// <param name="stop">Ends the reading of a large archive.</param>
    /// <exception cref="KernelFormatException">The snapshot cannot be read; nothing was touched.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static Sensor Open(string? snapshot, CancellationToken stop = default) =>
        snapshot is null ? new LiveSensor() : SnapshotSensor.Open(snapshot, stop);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of sockets and files.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
